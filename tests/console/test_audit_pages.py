"""The audit pages and the explanations: filters, tail, permalinks, exports, causes."""

import json

import pytest
from sqlalchemy import select

from coursewire.domain import error_causes, explain, gate, services
from coursewire.domain import tokens as token_care
from coursewire.domain.services import Changes
from coursewire.store import audit, call_log, preferences
from coursewire.store import services as service_rows
from coursewire.store.schema.services import tokens
from tests.domain.gatehouse import facts
from tests.support import making
from tests.support.console import Browser, signed_in, text
from tests.support.web import Answer, Web

_HANDLE = select(tokens.c.handle)
SITE_INFO = "core_webservice_get_site_info"


@pytest.fixture
def browser(web: Web) -> Browser:
    return signed_in(web)


def refused(web: Web) -> tuple[str, str]:
    """A token without the protocol capability, and the id of a call that was refused for it."""
    holder = making.user(web.site, "svc")
    service = making.service(web.site, "health", SITE_INFO, users=[holder])
    token = making.token(web.site, holder, service)
    answer = web.call(SITE_INFO, token)
    assert answer.error[1] == "accessexception"
    web.server.runtime.calls.flush(web.site.session)
    return token, answer.header("coursewire-request")


def test_filters_narrow_both_lists_and_are_kept_between_them(web: Web, browser: Browser) -> None:
    _, request = refused(web)
    page = text(browser.get("/console/audit/calls?outcome=refused&check=protocol+capability"))
    assert request in page
    assert "outcome=refused" in page.split('aria-label="Parts of this page"')[1].split("</nav>")[0]
    for wrong in ("outcome=ok", "check=token+known", "action=core_user_", "actor=nobody"):
        assert request not in text(browser.get(f"/console/audit/calls?{wrong}")), wrong
    for right in (
        "actor=svc",
        "action=core_webservice_",
        f"action={SITE_INFO}",
        "target=127.0.0.1",
    ):
        assert request in text(browser.get(f"/console/audit/calls?{right}")), right
    assert "console.signin" in text(browser.get("/console/audit?action=console."))
    assert "console.signin" not in text(browser.get("/console/audit?action=token."))
    assert "console.signin" not in text(browser.get("/console/audit?until=2001-01-01T00:00"))


def test_a_time_that_cannot_be_read_is_said_at_its_field(browser: Browser) -> None:
    answer = browser.get("/console/audit?since=2027-02-31T00:00")
    assert answer.status == 422
    assert 'id="since-error"' in text(answer)


def test_every_entry_has_an_address_of_its_own(web: Web, browser: Browser) -> None:
    refused(web)
    page = text(browser.get("/console/audit/calls/1"))
    assert "protocol capability" in page
    assert "webservice/rest:use" in page
    assert "console." in text(browser.get("/console/audit?action=console."))
    newest = audit.records(web.site.session, limit=1)[0].id
    assert browser.get(f"/console/audit/changes/{newest}").status == 200
    assert browser.get(f"/console/audit/changes/{newest + 1000}").status == 404
    assert browser.get("/console/audit/calls/999").status == 404


def test_a_call_before_closed_doors_is_explained_without_a_token(
    web: Web, browser: Browser
) -> None:
    making.setting(web.site, "webserviceprotocols", value=())
    answer = web.call(SITE_INFO, "0" * 32)
    assert answer.status == 403
    web.server.runtime.calls.flush(web.site.session)
    place = f"/console/explain?request={answer.header('coursewire-request')}"
    page = text(browser.get(place))
    assert "REST on" in page
    assert "switched off for the site: every call is answered with status 403" in page
    assert 'href="/console/web-services">Switch it on' in page
    assert "Web services on" not in page
    viewer = signed_in(web, making.user(web.site, "looker"), "viewer")
    page = text(viewer.get(place))
    assert "Switch it on" not in page
    assert "oursewire protocol rest on" in page
    making.setting(web.site, "webserviceprotocols", value=("rest",))
    page = text(browser.get(place))
    assert "Web services or REST were switched off." in page
    assert "It passes now" in page


def test_older_entries_are_a_click_away(web: Web, browser: Browser) -> None:
    for number in range(60):
        making.user(web.site, f"u{number}")
    page = text(browser.get("/console/audit?action=user.create"))
    assert page.count("user.create") >= 50
    older = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    rest = text(browser.get(older))
    assert 10 <= rest.count('class="mono">user.create') < 50


def test_the_tail_answers_with_rows_alone_and_keeps_no_session_alive(
    web: Web, browser: Browser
) -> None:
    page = text(browser.get("/console/audit?live=1"))
    assert 'hx-trigger="every 3s"' in page
    assert "data-tail" in page
    web.site.clock.pass_seconds(60)
    rows = browser.get("/console/audit?live=1", hx_request="true")
    assert "<html" not in text(rows)
    assert "console.signin" in text(rows)
    web.site.clock.pass_seconds(29 * 60 + 30)
    assert browser.get("/console/audit?live=1", hx_request="true").header("hx-redirect")


@pytest.mark.parametrize("kind", ["changes", "calls"])
def test_an_export_is_recorded_and_runs_no_formula(web: Web, browser: Browser, kind: str) -> None:
    token, _ = refused(web)
    web.call("=cmd()", token)
    web.server.runtime.calls.flush(web.site.session)
    csv = browser.post("/console/audit/export", {"kind": kind, "format": "csv"})
    assert csv.header("content-type").startswith("text/csv")
    assert "attachment" in csv.header("content-disposition")
    assert ",=" not in csv.body.decode()
    assert ("'=cmd()" in csv.body.decode()) == (kind == "calls")
    lines = browser.post("/console/audit/export", {"kind": kind, "format": "ndjson"})
    entries = [json.loads(line) for line in lines.body.splitlines()]
    assert entries
    found = audit.records(web.site.session, action="audit.export")
    assert [record.target for record in found] == [kind, kind]
    assert f'"entries":{len(entries)}' in found[0].details


def test_the_search_looks_at_one_span_at_a_time(web: Web) -> None:
    refused(web)
    refused_again = call_log.WantedCalls(outcome="refused")
    for _ in range(3):
        web.call(SITE_INFO, "0" * 32)
    web.server.runtime.calls.flush(web.site.session)
    wanted = call_log.WantedCalls(failed_check="protocol capability")
    look = call_log.search(web.site.session, wanted, limit=10, span=2)
    assert (look.rows, look.next_id) == ([], 3)
    wanted = call_log.WantedCalls(failed_check="protocol capability", before_id=look.next_id)
    look = call_log.search(web.site.session, wanted, limit=10, span=2)
    assert len(look.rows) == 1
    assert look.next_id == 0
    assert len(call_log.search(web.site.session, refused_again, limit=2).rows) == 2


def test_a_request_id_leads_to_the_check_and_its_fix(web: Web, browser: Browser) -> None:
    _, request = refused(web)
    page = text(browser.get(f"/console/explain?request={request}"))
    assert "The cause" in page
    assert "lacks webservice/rest:use" in page
    assert "<button>Give svc a role of its own with webservice/rest:use</button>" in page
    assert page.count('class="check fail"') == 1


def test_what_was_mended_since_is_said(web: Web, browser: Browser) -> None:
    _, request = refused(web)
    making.role(web.site, "rest", ["webservice/rest:use"])
    making.assign(web.site, "rest", 3)
    page = text(browser.get(f"/console/explain?request={request}"))
    assert "has been mended since" in page


def caller(web: Web, *capabilities: str, functions: tuple[str, ...]) -> tuple[int, str, int]:
    """An account that may use REST and more, with a token: account, token, service."""
    holder = making.user_with(web.site, "svc", gate.REST_CAPABILITY, *capabilities)
    service = making.service(web.site, "health", *functions, users=[holder])
    return holder, making.token(web.site, holder, service), service


def explained(web: Web, browser: Browser, answer: Answer) -> str:
    """What the page says of a call that was just answered."""
    web.server.runtime.calls.flush(web.site.session)
    request = answer.header("coursewire-request")
    page = text(browser.get(f"/console/explain?request={request}"))
    return page.split('id="cause"')[1].split("</section>")[0]


def test_how_a_recorded_call_came_is_known(web: Web, browser: Browser) -> None:
    groups = "core_group_create_groups"
    _, token, service = caller(web, functions=(SITE_INFO, groups))
    changes = Changes(forbid_query_tokens=True, forbid_get_writes=True)
    services.edit(web.site.call(), service, changes)
    query = f"wstoken={token}&wsfunction={SITE_INFO}".encode()
    page = explained(web, browser, web.request("GET", query=query))
    assert "forbids tokens in the query string" in page
    assert "Send wstoken in the form body" in page
    assert page.count('class="check fail"') == 1
    services.edit(web.site.call(), service, Changes(forbid_query_tokens=False))
    page = explained(
        web, browser, web.request("GET", query=query.replace(SITE_INFO.encode(), groups.encode()))
    )
    assert f"forbids functions that write by GET: {groups}" in page
    assert "Send the call by POST" in page
    page = explained(web, browser, web.call("", token))
    assert "wsfunction is missing" in page
    assert "Send the field wsfunction" in page
    assert 'class="check unknown"' not in page


def test_a_recorded_call_that_the_gate_let_through_was_refused_by_the_function(
    web: Web, browser: Browser
) -> None:
    contents = "core_course_get_contents"
    _, token, _ = caller(web, "moodle/course:view", functions=(contents,))
    for params in ({"courseid": 999}, {"courseid": "x"}):
        page = explained(web, browser, web.call(contents, token, **params))
        assert ">The cause<" in page
        assert "The function itself" in page
        assert page.count("<li ") == 1
        assert "<button>" not in page


def test_an_account_that_can_enter_no_place_is_named_with_its_fix(
    web: Web, browser: Browser
) -> None:
    contents = "core_course_get_contents"
    holder, token, _ = caller(web, "moodle/course:view", functions=(contents,))
    course = making.course(web.site, "ALG")
    with web.site.session.transaction():
        preferences.put(web.site.session, holder, {"auth_forcepasswordchange": "1"})
    page = explained(web, browser, web.call(contents, token, courseid=course))
    assert "Account ready" in page
    assert "<button>Clear the forced password change</button>" in page
    assert page.count("<button>") == 1


def test_only_what_refuses_is_offered_to_be_mended(web: Web, browser: Browser) -> None:
    contents = "core_course_get_contents"
    _, token, _ = caller(web, functions=(contents,))
    course = making.course(web.site, "ALG")
    page = explained(web, browser, web.call(contents, token, courseid=course))
    assert "Add moodle/course:view to the role" in page
    assert "viewhiddenactivities" not in page


def test_the_capability_that_a_refusal_names_is_the_one_that_is_offered(
    web: Web, browser: Browser
) -> None:
    groups = "core_group_create_groups"
    _, token, _ = caller(web, "moodle/course:view", functions=(groups,))
    course = making.course(web.site, "ALG")
    making.course(web.site, "HID", visible=0)
    answer = web.call(groups, token, groups=[{"courseid": course, "name": "x", "description": ""}])
    assert answer.error[1] == "nopermissions"
    page = explained(web, browser, answer)
    assert "Add moodle/course:managegroups to the role" in page
    assert "hidden courses" not in page
    row = web.site.session.scalar(_HANDLE)
    form = {"error": answer.body.decode(), "token": row, "function": groups}
    assert "hidden courses" not in text(browser.post("/console/explain", form))


def test_a_need_without_a_button_says_what_to_do(web: Web, browser: Browser) -> None:
    enrol, groups = "enrol_manual_enrol_users", "core_group_create_groups"
    rights = ("moodle/course:view", "enrol/manual:enrol", "moodle/role:assign")
    holder, token, _ = caller(web, *rights, functions=(enrol, groups))
    course = making.course(web.site, "ALG")
    row = {"roleid": making.role_id(web.site, "student"), "userid": holder, "courseid": course}
    answer = web.call(enrol, token, enrolments=[row])
    assert answer.error[1] == "wsusercannotassign"
    assert "On the page of a role that the account has, let its" in explained(web, browser, answer)
    making.override(web.site, "user", "moodle/course:managegroups", -1000)
    answer = web.call(groups, token, groups=[{"courseid": course, "name": "x", "description": ""}])
    page = explained(web, browser, answer)
    assert "prohibited by the role user" in page
    assert "Take the prohibition out of the role user" in page
    assert "<button>" not in page


def test_a_function_outside_of_the_service_is_added_by_one_button(
    web: Web, browser: Browser
) -> None:
    groups = "core_group_get_groups"
    _, token, service = caller(web, functions=(SITE_INFO,))
    page = explained(web, browser, web.call(groups, token))
    assert f"<button>Add {groups} to health</button>" in page
    assert "lets all tokens of the service call it" in page
    change = {"kind": "function", "value.service": str(service), "value.function": groups}
    browser.post("/console/tokens/1/fix", {**change, "value.on": "1"})
    # The function itself is asked, and misses what nobody sent.
    assert web.call(groups, token).error[1] == "invalidparameter"
    browser.post("/console/tokens/1/fix", {**change, "value.on": "0"})
    assert web.call(groups, token).error[1] == "accessexception"
    page = explained(web, browser, web.call("core_badges_get_badge", token))
    assert "<button>" not in page
    assert "Do without core_badges_get_badge" in page


def test_a_built_in_service_is_offered_no_function(web: Web, browser: Browser) -> None:
    holder = making.user_with(web.site, "svc", gate.REST_CAPABILITY)
    service = making.service(web.site, "brought", SITE_INFO, users=[holder])
    token = making.token(web.site, holder, service)
    with web.site.session.transaction():
        service_rows.change(web.site.session, service, {"component": "local_brought"})
    page = explained(web, browser, web.call("core_group_get_groups", token))
    assert "is not in service" in page
    assert "<button>" not in page


def test_a_call_beyond_the_rate_is_told_in_words(web: Web, browser: Browser) -> None:
    _, token, _ = caller(web, functions=(SITE_INFO,))
    row = web.site.session.scalar(select(tokens.c.id))
    token_care.edit(web.site.call(), row, token_care.Changes(rate=1, burst=1))
    web.call(SITE_INFO, token)
    page = explained(web, browser, web.call(SITE_INFO, token))
    assert "more calls than its rate allows" in page
    assert "needs" not in page


def test_a_function_that_is_not_here_is_one_that_moodle_has(web: Web, browser: Browser) -> None:
    badge = "core_badges_get_badge"
    _, token, _ = caller(web, functions=(badge,))
    page = explained(web, browser, web.call(badge, token))
    assert "not implemented here" in page
    assert "there is no function" not in page


def test_an_error_body_alone_gives_the_candidates(web: Web, browser: Browser) -> None:
    token, _ = refused(web)
    body = web.call(SITE_INFO, token).body.decode()
    page = text(browser.post("/console/explain", {"error": body}))
    assert "It may be one of these" in page
    assert page.count('class="check unknown"') == len(error_causes.of_code("accessexception"))


def test_with_a_token_the_answer_is_definite(web: Web, browser: Browser) -> None:
    holder = making.user_with(web.site, "svc", gate.REST_CAPABILITY)
    service = making.service(web.site, "health", SITE_INFO, users=[holder])
    token = making.token(web.site, holder, service)
    services.edit(web.site.call(), service, Changes(enabled=False))
    body = web.call(SITE_INFO, token, format_="xml").body.decode()
    row = web.site.session.scalar(_HANDLE)
    page = text(browser.post("/console/explain", {"error": body, "token": row}))
    assert "The cause" in page
    assert "is disabled" in page.split('class="check fail"')[1].split("</li>")[0]
    assert "Enable" in page


def test_what_is_no_error_is_said_at_the_field(browser: Browser) -> None:
    assert browser.post("/console/explain", {"error": ""}).status == 422
    assert browser.post("/console/explain", {"error": "something went wrong!"}).status == 422
    unknown = browser.post("/console/explain", {"error": "accessexception", "token": "zz"})
    assert "No token has the handle" in text(unknown)
    gone = browser.get("/console/explain?request=0123456789ab-1")
    assert "no request of this id" in text(gone)


def test_every_check_of_the_gate_is_a_cause_of_its_code(web: Web) -> None:
    """The causes are the gate's: each check stands under the code that it really answers with."""
    listed = {cause.check: code for code, causes in error_causes.CAUSES.items() for cause in causes}
    assert {check.name for check in gate.CHECKS} <= set(listed)
    unknown = explain.explain(facts(web.site, "nothing", function="nothing", known=False))
    found = {answer.name: answer.errorcode for answer in unknown if answer.state == "fail"}
    assert found
    for name, code in found.items():
        assert listed[name] == code
