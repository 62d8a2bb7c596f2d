"""Which error a document of the site becomes."""

import json
from typing import Any

import pytest

from coursewire import client
from coursewire.client import MoodleError
from coursewire.client._exchange import Answer, Request
from coursewire.client._reading import result
from coursewire.client._secrets import Secret

SECRET = "5ec2e7/c0ffee+"
REQUEST = Request(
    url="https://moodle.example.org/webservice/rest/server.php",
    function="core_group_get_groups",
    control=(("wstoken", Secret(SECRET)),),
)

KINDS = {
    "InvalidToken": ["invalidtoken"],
    "AccessDenied": ["accessexception", "wsaccessusersuspended", "invalidlogin", "usernotallowed"],
    "InvalidParameter": ["invalidparameter", "missingparam", "limitexceeded"],
    "NotFound": ["invalidrecordunknown", "invalidcourseid", "filenotfound"],
    "NoPermission": ["nopermissions", "requireloginerror", "restrictedcontextexception"],
    "SiteUnavailable": ["sitemaintenance", "upgraderunning", "serverbusy", "toomanyrequests"],
    "MoodleError": ["idnumbertaken", "errorcoursecontextnotvalid", "codingerror"],
}


def refused(document: dict[str, Any], **options: Any) -> MoodleError:
    body = json.dumps(document).encode()
    answer = Answer(status=200, headers={"content-type": "application/json"}, body=body)
    with pytest.raises(MoodleError) as raised:
        result(REQUEST, answer, **options)
    return raised.value


@pytest.mark.parametrize(
    ("kind", "code"), [(kind, code) for kind, codes in KINDS.items() for code in codes]
)
def test_an_error_code_has_one_meaning(kind: str, code: str) -> None:
    rest = refused({"exception": "core\\exception\\x", "errorcode": code, "message": "No."})
    script = refused({"error": "No.", "errorcode": code, "stacktrace": None})
    for error in (rest, script):
        assert type(error) is getattr(client, kind)
        assert (error.errorcode, error.message) == (code, "No.")


@pytest.mark.parametrize(
    ("exception", "kind"),
    [
        ("invalid_parameter_exception", "InvalidParameter"),
        ("core\\exception\\required_capability_exception", "NoPermission"),
        ("webservice_access_exception", "AccessDenied"),
        ("dml_missing_record_exception", "NotFound"),
        ("TypeError", "MoodleError"),
    ],
)
def test_without_a_code_the_exception_tells(exception: str, kind: str) -> None:
    error = refused({"exception": exception, "message": "No."})
    assert type(error) is getattr(client, kind)
    assert (error.errorcode, error.exception) == ("", exception)
    assert str(error) == "core_group_get_groups: No."


def test_a_script_may_leave_out_everything_but_its_error() -> None:
    assert refused({"error": "No."}, scripts=True).message == "No."


@pytest.mark.parametrize("rest", [{}, {"message": None}, {"message": ["No."]}])
def test_an_exception_is_a_refusal_whatever_comes_with_it(rest: dict[str, Any]) -> None:
    error = refused({"exception": "x", "errorcode": "invalidtoken", **rest})
    assert type(error) is client.InvalidToken
    assert error.message == "the site refused without a word"


def test_a_result_that_only_resembles_an_error_is_a_result() -> None:
    body = b'{"error":"none","warnings":[]}'
    answer = Answer(status=200, headers={"content-type": "application/json"}, body=body)
    assert result(REQUEST, answer) == body


def test_a_secret_is_hidden_however_it_is_written() -> None:
    written = f"{SECRET} 5ec2e7%2Fc0ffee%2B {'x' * 2000}"
    error = refused({"exception": "x", "message": written, "debuginfo": written})
    assert error.message.startswith("[hidden] [hidden] xxx")
    assert len(error.message) <= 1000
    assert "c0ffee" not in repr(vars(error))
