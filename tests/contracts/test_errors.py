"""The refusals: the names and codes that go out, and the reasons that stay inside."""

import pytest

from coursewire.contracts.errors import (
    AccessDenied,
    CodingError,
    DatabaseWrite,
    InvalidParameter,
    InvalidResponse,
    MissingRecord,
    MoodleError,
    NoPermission,
    Refusal,
    RequireLogin,
    RestrictedContext,
)


@pytest.mark.parametrize(
    ("refusal", "exception", "errorcode"),
    [
        (
            MoodleError("idnumbertaken", "Taken"),
            r"core\exception\moodle_exception",
            "idnumbertaken",
        ),
        (
            InvalidParameter("name is blank"),
            r"core\exception\invalid_parameter_exception",
            "invalidparameter",
        ),
        (
            InvalidResponse("lang"),
            r"core\exception\invalid_response_exception",
            "invalidresponse",
        ),
        (
            NoPermission("moodle/user:create", "the system"),
            r"core\exception\required_capability_exception",
            "nopermissions",
        ),
        (
            RequireLogin("the course is hidden"),
            r"core\exception\require_login_exception",
            "requireloginerror",
        ),
        (CodingError("unknown field"), r"core\exception\coding_exception", "codingerror"),
        (MissingRecord("group", 7), "dml_missing_record_exception", "invalidrecordunknown"),
        (DatabaseWrite("name too long"), "dml_write_exception", "dmlwriteexception"),
        (AccessDenied("the service is off"), "webservice_access_exception", "accessexception"),
        (
            RestrictedContext("course 3"),
            r"core_external\restricted_context_exception",
            "restrictedcontextexception",
        ),
    ],
)
def test_a_refusal_goes_out_under_moodles_names(
    refusal: Refusal, exception: str, errorcode: str
) -> None:
    assert (refusal.exception, refusal.errorcode) == (exception, errorcode)
    assert str(refusal) == refusal.message


def test_what_exactly_was_wrong_stays_out_of_the_message() -> None:
    refusal = InvalidParameter("the name 'Red' is taken", remedy="choose another name")
    assert "Red" not in refusal.message
    assert (refusal.reason, refusal.remedy) == (
        "the name 'Red' is taken",
        "choose another name",
    )


def test_a_missing_permission_names_the_smallest_remedy() -> None:
    refusal = NoPermission("moodle/user:create", "the system")
    assert refusal.capability == "moodle/user:create"
    assert "moodle/user:create" in refusal.reason
    assert "allow moodle/user:create" in refusal.remedy


def test_without_a_reason_the_message_is_the_reason() -> None:
    assert MoodleError("usernotconfirmed", "Not confirmed").reason == "Not confirmed"


def test_a_code_can_be_given_for_one_refusal() -> None:
    assert Refusal("Odd", errorcode="odd").errorcode == "odd"
    assert Refusal("Odd").errorcode is None
