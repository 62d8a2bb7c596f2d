"""Every refusal of the gate on the wire: exception, errorcode and the reason that is logged."""

import asyncio
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from coursewire.domain import authorised_users, contexts, services, tokens, user_deletion
from coursewire.domain.authorised_users import Limits
from coursewire.domain.services import Changes
from coursewire.domain.tokens import NewToken
from coursewire.store import users
from coursewire.store.schema.audit import calls
from tests.support import making
from tests.support.sites import TestSite
from tests.support.web import FORM, Answer, Web

MOODLE = "core\\exception\\moodle_exception"
ACCESS = "webservice_access_exception"
FUNCTION = "core_webservice_get_site_info"


class Setup:
    """A user with one restricted service of one function, and a token that works."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.site = web.site
        self.user_id = making.user_with(self.site, "health", "webservice/rest:use")
        self.service_id = making.service(self.site, "health", FUNCTION, users=[self.user_id])
        self.value, self.token_id = self.issue()
        self.fields: list[tuple[str, str]] = []
        self.address = "127.0.0.1"

    def issue(self, **limits: object) -> tuple[str, int]:
        new = NewToken(user_id=self.user_id, service_id=self.service_id, **limits)  # type: ignore[arg-type]
        issued = tokens.issue(self.site.call(), new)
        return issued.token, issued.id

    def send(self, format_: str, function: str | None = FUNCTION, method: str = "POST") -> Answer:
        fields = [("wstoken", self.value), ("moodlewsrestformat", format_), *self.fields]
        if function is not None:
            fields.append(("wsfunction", function))
        body = urlencode([(k, v) for k, v in fields if v != "<none>"]).encode()
        return self.web.request(method, body=body, content_type=FORM, address=self.address)


class Row(NamedTuple):
    """A row of the table: how the site is put into the state, and what must come of it."""

    number: str
    name: str
    break_it: Callable[[Setup], None]
    exception: str
    errorcode: str
    reason: str
    function: str | None = FUNCTION


def _user(**values: object) -> Callable[[Setup], None]:
    def change(setup: Setup) -> None:
        with setup.site.session.transaction():
            users.change(setup.site.session, setup.user_id, values)

    return change


def _service(**values: object) -> Callable[[Setup], None]:
    def change(setup: Setup) -> None:
        services.edit(setup.site.call(), setup.service_id, Changes(**values))  # type: ignore[arg-type]

    return change


def _authorised(**values: object) -> Callable[[Setup], None]:
    def change(setup: Setup) -> None:
        call = setup.site.call()
        limits = Limits(**values)  # type: ignore[arg-type]
        authorised_users.change(call, setup.service_id, setup.user_id, limits)

    return change


def _token(value: str) -> Callable[[Setup], None]:
    def change(setup: Setup) -> None:
        setup.value = value

    return change


def _expired(setup: Setup) -> None:
    setup.value, _ = setup.issue(validuntil=setup.site.now + 10)
    setup.site.clock.pass_seconds(11)


def _elsewhere(setup: Setup) -> None:
    setup.value, _ = setup.issue(iprestriction="10.1.2.3")


def _setting_list(setup: Setup) -> None:
    setup.fields.append(("moodlewssettingraw[]", "1"))


def _maintenance(setup: Setup) -> None:
    making.setting(setup.site, "maintenance_enabled", value=True)


def _no_protocol(setup: Setup) -> None:
    making.override(setup.site, "health", "webservice/rest:use", 0)


def _deleted(setup: Setup) -> None:
    # The state alone: deleting a user for real takes the tokens away as well.
    _user(deleted=1)(setup)


def _not_listed(setup: Setup) -> None:
    authorised_users.deauthorise(setup.site.call(), setup.service_id, setup.user_id)


def _unchanged(_setup: Setup) -> None:
    pass


ROWS = [
    Row("4", "setting is a list", _setting_list, "core\\exception\\coding_exception",
        "codingerror", "array"),
    Row("5", "token missing", _token("<none>"), MOODLE, "invalidtoken", "token"),
    Row("5", "token empty", _token(""), MOODLE, "invalidtoken", "token"),
    Row("5", "token unknown", _token("0" * 32), MOODLE, "invalidtoken", "no token"),
    Row("6", "token expired", _expired, ACCESS, "accessexception", "valid until"),
    Row("8", "token elsewhere", _elsewhere, ACCESS, "accessexception", "10.1.2.3"),
    Row("9", "maintenance", _maintenance, MOODLE, "sitemaintenance", "maintenance"),
    Row("10", "user deleted", _deleted, MOODLE, "wsaccessuserdeleted", "deleted"),
    Row("11", "user unconfirmed", _user(confirmed=0), MOODLE, "wsaccessuserunconfirmed",
        "confirmed"),
    Row("12", "user suspended", _user(suspended=1), MOODLE, "wsaccessusersuspended", "suspended"),
    Row("14", "user nologin", _user(auth="nologin"), MOODLE, "wsaccessusernologin",
        "may not log in"),
    Row("15", "no protocol capability", _no_protocol, ACCESS, "accessexception",
        "webservice/rest:use"),
    Row("16", "no function", _unchanged, "core\\exception\\invalid_parameter_exception",
        "invalidparameter", "function", None),
    Row("16", "function 0", _unchanged, "core\\exception\\invalid_parameter_exception",
        "invalidparameter", "function", "0"),
    Row("17", "unknown function", _unchanged, "dml_missing_record_exception",
        "invalidrecordunknown", "core_no_such_function", "core_no_such_function"),
    Row("19", "service disabled", _service(enabled=False), ACCESS, "accessexception", "disabled"),
    Row("19", "function not in service", _unchanged, ACCESS, "accessexception",
        "core_group_get_groups", "core_group_get_groups"),
    Row("19", "required capability", _service(requiredcapability="moodle/user:create"), ACCESS,
        "accessexception", "moodle/user:create"),
    Row("19", "user not listed", _not_listed, ACCESS, "accessexception", "authorised"),
    Row("19", "authorisation ended", _authorised(validuntil=1), ACCESS, "accessexception",
        "1970"),
    Row("19", "authorised elsewhere", _authorised(iprestriction="10.1.2.3"), ACCESS,
        "accessexception", "10.1.2.3"),
]  # fmt: skip


@pytest.fixture
def setup(web: Web) -> Setup:
    return Setup(web)


def test_the_token_of_the_table_works(setup: Setup) -> None:
    assert [f["name"] for f in setup.send("json").json["functions"]] == [FUNCTION]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.number} {row.name}")
def test_each_refusal_of_the_gate(setup: Setup, row: Row) -> None:
    row.break_it(setup)
    first = setup.send("xml", row.function)
    root = ElementTree.fromstring(first.body)  # noqa: S314 - our own answer
    assert (root.tag, root.get("class")) == ("EXCEPTION", row.exception)
    assert root.findtext("ERRORCODE") == row.errorcode
    assert row.reason in _logged(setup, first)
    if row.number in ("4", "6"):  # always XML; and an expired token is told so once
        return
    second = setup.send("json", row.function)
    assert second.status == 200
    assert list(second.json) == ["exception", "errorcode", "message"]
    assert second.error == (row.exception, row.errorcode)
    assert row.reason in _logged(setup, second)


def _logged(setup: Setup, answer: Answer) -> str:
    """The reason that the call log holds for the request named in the answer's header."""
    request_id = answer.header("coursewire-request")
    asyncio.run(setup.web.server.flush())
    wanted = select(calls.c.reason).where(calls.c.request_id == request_id)
    return str(setup.site.session.scalar(wanted))


def test_d_12_an_expired_token_is_told_so_once(setup: Setup) -> None:
    _expired(setup)
    assert setup.send("json").error == (ACCESS, "accessexception")
    assert setup.send("json").error == (MOODLE, "invalidtoken")


def test_an_expired_token_is_told_so_in_json(setup: Setup) -> None:
    _expired(setup)
    assert setup.send("json").error == (ACCESS, "accessexception")


def test_a_deleted_user_has_no_tokens_left(setup: Setup) -> None:
    call = setup.site.call()
    with call.transaction():
        user_deletion.delete(call, setup.user_id)
    assert setup.send("json").error == (MOODLE, "invalidtoken")


def test_a_function_of_moodle_that_is_not_here_is_named_so(setup: Setup, site: TestSite) -> None:
    name = "mod_quiz_get_user_attempts"
    service = making.service(site, "quiz", name, FUNCTION, users=[setup.user_id])
    issued = tokens.issue(site.call(), NewToken(user_id=setup.user_id, service_id=service))
    setup.value = issued.token
    assert setup.send("json", name).error == (MOODLE, "functionnotimplemented")
    assert [f["name"] for f in setup.send("json").json["functions"]] == [FUNCTION]


@pytest.mark.parametrize(
    ("earlier", "later", "errorcode"),
    [
        (_token("1" * 32), _maintenance, "invalidtoken"),
        (_maintenance, _user(suspended=1), "sitemaintenance"),
        (_user(deleted=1), _user(confirmed=0), "wsaccessuserdeleted"),
        (_user(confirmed=0), _user(suspended=1), "wsaccessuserunconfirmed"),
        (_user(suspended=1), _user(auth="nologin"), "wsaccessusersuspended"),
    ],
)
def test_an_earlier_check_hides_a_later_one(
    setup: Setup,
    earlier: Callable[[Setup], None],
    later: Callable[[Setup], None],
    errorcode: str,
) -> None:
    later(setup)
    earlier(setup)
    assert setup.send("json").error[1] == errorcode


def test_the_missing_protocol_hides_an_unknown_function(setup: Setup) -> None:
    _no_protocol(setup)
    assert setup.send("json", "core_no_such_function").error == (ACCESS, "accessexception")


def test_an_unknown_function_hides_a_disabled_service(setup: Setup) -> None:
    _service(enabled=False)(setup)
    assert setup.send("json", "core_no_such_function").error[1] == "invalidrecordunknown"


def test_a_function_outside_the_service_hides_bad_parameters(setup: Setup) -> None:
    setup.fields.append(("groupids", "x"))
    assert setup.send("json", "core_group_get_groups").error == (ACCESS, "accessexception")


@pytest.mark.parametrize("name", ["enablewebservices", "webserviceprotocols"])
def test_closed_doors_answer_403_without_a_word(setup: Setup, name: str) -> None:
    making.setting(setup.site, name, value=() if name == "webserviceprotocols" else False)
    answer = setup.send("json")
    assert (answer.status, answer.body) == (403, b"")
    assert answer.header("content-type") == "text/html; charset=utf-8"
    assert answer.header("access-control-allow-origin") == ""


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_net_9_other_methods_are_not_allowed(setup: Setup, method: str) -> None:
    assert setup.send("json", method=method).status == 405


def test_d_17_options_answers_the_preflight_and_runs_nothing(setup: Setup) -> None:
    answer = setup.web.request("OPTIONS", query=b"wstoken=" + setup.value.encode())
    assert (answer.status, answer.body) == (204, b"")
    assert answer.header("access-control-allow-methods") == "GET, POST, HEAD, OPTIONS"


def test_d_17_head_runs_no_write(web: Web, site: TestSite) -> None:
    token = web.token()
    course = making.course(site, "ALG")
    fields = {
        "wstoken": token,
        "wsfunction": "core_group_create_groups",
        "groups[0][courseid]": str(course),
        "groups[0][name]": "Red",
        "groups[0][description]": "",
    }
    query = urlencode(fields).encode()
    assert web.request("HEAD", query=query)[::2] == (200, b"")
    assert web.call("core_group_get_course_groups", token, courseid=course).json == []
    assert web.request("GET", query=query).status == 200
    assert len(web.call("core_group_get_course_groups", token, courseid=course).json) == 1


def test_the_refusal_header_is_for_development_only(site: TestSite, setup: Setup) -> None:
    _no_protocol(setup)
    assert setup.send("json").header("coursewire-refusal") == ""
    developing = Web(site, development=True)
    setup.web = developing
    assert setup.send("json").header("coursewire-refusal") == "protocol capability"
    developing.close()


def test_bare_names_suit_clients_of_older_versions(site: TestSite, setup: Setup) -> None:
    setup.web = Web(site, bare_names=True)
    setup.value = "0" * 32
    assert setup.send("json").error == ("moodle_exception", "invalidtoken")
    setup.web.close()


def test_a_token_confined_to_a_context_reaches_nothing_outside(web: Web, site: TestSite) -> None:
    inside, outside = making.course(site, "IN"), making.course(site, "OUT")
    place = contexts.get(site.session, contexts.COURSE, inside)
    token = web.token(context_id=place.id)
    listed = web.call("core_group_get_course_groups", token, courseid=inside)
    assert listed.json == []
    refused = web.call("core_group_get_course_groups", token, courseid=outside)
    assert refused.error == (MOODLE, "errorcoursecontextnotvalid")


def test_what_passed_before_does_not_pass_after_its_end(setup: Setup) -> None:
    """The gate remembers who passes; an end that comes without any change still counts."""
    setup.value, _ = setup.issue(validuntil=setup.site.now + 10)
    for _ in range(2):
        assert "exception" not in setup.send("json").json
    setup.site.clock.pass_seconds(10)
    assert "exception" not in setup.send("json").json
    setup.site.clock.pass_seconds(1)
    assert setup.send("json").error == (ACCESS, "accessexception")


def test_an_authorisation_that_ends_is_not_remembered_longer(setup: Setup) -> None:
    _authorised(validuntil=setup.site.now + 10)(setup)
    for _ in range(2):
        assert "exception" not in setup.send("json").json
    setup.site.clock.pass_seconds(11)
    assert setup.send("json").error == (ACCESS, "accessexception")
    # Nor is another address, method or function let in because one is.
    assert "exception" in setup.send("json", function="core_group_get_groups").json
