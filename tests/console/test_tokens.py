"""The pages of tokens without a browser: issue, look, mend, change, and what they never show."""

import json
import re
import threading

import pytest

from coursewire.console.views import token_issue
from coursewire.contracts import registry
from coursewire.domain import (
    authorised_users,
    contexts,
    gate_refusals,
    role_assignments,
    role_care,
    roles,
    services,
    tokens,
)
from coursewire.domain.tokens import NewToken
from coursewire.store import audit
from coursewire.store import services as service_rows
from coursewire.store import tokens as token_rows
from coursewire.store import users as user_rows
from tests.support import making
from tests.support.console import PASSWORD, Browser, page_of, query_of, signed_in, text
from tests.support.sites import TestSite
from tests.support.web import Web

NEW = "/console/tokens/new"
HEALTH = {"what": "health-check", "who": "new", "new_user": "svc-health", "end": "90"}
VALUE = re.compile(r'id="token" readonly[^>]*value="([0-9a-f]{32})"')


def issued(browser: Browser, **changes: str) -> str:
    """The value of a token that was issued with the form."""
    browser.get(NEW)
    answer = browser.post(NEW, {**HEALTH, **changes})
    assert answer.status == 200, answer.body.decode()
    found = VALUE.search(answer.body.decode())
    assert found is not None
    return found[1]


def newest(site: TestSite) -> token_rows.TokenRecord:
    return max(token_rows.listed(site.session, ended=True), key=lambda token: token.id)


def test_the_form_makes_a_token_that_works(browser: Browser, served: Web) -> None:
    value = issued(browser)
    info = served.call("core_webservice_get_site_info", value).json
    assert info["username"] == "svc-health"


def test_a_token_is_shown_once_and_nowhere_else(browser: Browser, site: TestSite) -> None:
    value = issued(browser)
    assert browser.get(NEW).status == 200
    for path in ("/console/tokens", f"/console/tokens/{newest(site).id}", NEW, "/console/"):
        answer = browser.get(path)
        assert answer.status == 200, path
        assert value not in answer.body.decode()
        assert answer.header("cache-control") == "no-store"
    written = json.dumps([str(row) for row in audit.records(site.session, limit=1000)])
    assert value not in written
    assert "token.issue" in written


def newest_id(site: TestSite) -> int:
    return max((token.id for token in token_rows.listed(site.session, ended=True)), default=0)


def keyed(page: str) -> dict[str, str]:
    """The fields of a form as its page sends them, its one-time key among them."""
    found = re.search(r'name="once" value="([^"]+)"', page)
    assert found is not None
    return {**HEALTH, "once": found[1]}


def test_a_form_that_is_sent_twice_issues_one_token(browser: Browser, site: TestSite) -> None:
    form = keyed(browser.get(NEW).body.decode())
    first = browser.post(NEW, form)
    assert VALUE.search(first.body.decode())
    issued = newest(site).id
    again = browser.post(NEW, form)
    assert again.status == 409
    page = again.body.decode()
    assert "The token was issued already" in page
    assert f'href="/console/tokens/{issued}"' in page
    assert not VALUE.search(page)
    assert newest(site).id == issued
    fragment = browser.post(NEW, form, hx_request="true")
    assert (fragment.status, "issued already" in fragment.body.decode()) == (200, True)
    assert newest(site).id == issued


def test_a_double_click_issues_one_token(browser: Browser, site: TestSite) -> None:
    form = keyed(browser.get(NEW).body.decode())
    before = newest_id(site)
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(browser.post(NEW, form).status))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409, 409]
    assert newest_id(site) == before + 1


def test_a_form_that_was_refused_may_be_sent_again(browser: Browser, site: TestSite) -> None:
    form = keyed(browser.get(NEW).body.decode())
    refused = browser.post(NEW, {**form, "end": "date", "date": "never ever"})
    assert refused.status == 422
    assert browser.post(NEW, form).status == 200
    # Each showing is a form of its own.
    assert keyed(refused.body.decode()) != form
    another = {**keyed(browser.get(NEW).body.decode()), "new_user": "svc-other"}
    assert browser.post(NEW, another).status == 200
    assert newest(site).username == "svc-other"


def test_one_person_does_not_use_up_the_form_of_another(
    browser: Browser, served: Web, site: TestSite
) -> None:
    form = keyed(browser.get(NEW).body.decode())
    assert browser.post(NEW, form).status == 200
    kim = making.user_with(site, "kim", "webservice/rest:use")
    other = signed_in(served, kim, right="operator")
    other.get(NEW)
    assert other.post(NEW, {**form, "new_user": "svc-other"}).status == 200


def test_the_question_for_the_password_keeps_the_key_of_the_form(
    served: Web, site: TestSite
) -> None:
    browser = signed_in(served, password=PASSWORD)
    form = keyed(browser.get(NEW).body.decode())
    site.clock.pass_seconds(601)
    assert f'name="once" value="{form["once"]}"' in browser.post(NEW, form).body.decode()
    assert browser.post(NEW, {**form, "confirm_password": PASSWORD}).status == 200
    assert browser.post(NEW, form).status == 409


def test_an_old_session_is_asked_for_the_password_and_keeps_what_was_typed(
    served: Web, site: TestSite
) -> None:
    browser = signed_in(served, password=PASSWORD)
    site.clock.pass_seconds(601)
    assert 'hx-post="/console/tokens/new"' not in browser.get(NEW).body.decode()
    answer = browser.post(NEW, HEALTH)
    assert 'name="new_user" value="svc-health"' in answer.body.decode()
    assert user_rows.by_username(site.session, "svc-health") is None


def test_a_form_that_was_open_for_too_long_keeps_what_was_typed(
    served: Web, site: TestSite
) -> None:
    browser = signed_in(served, password=PASSWORD)
    assert 'hx-post="/console/tokens/new"' in browser.get(NEW).body.decode()
    site.clock.pass_seconds(601)
    answer = browser.post(NEW, HEALTH, hx_request="true")
    assert 'name="new_user" value="svc-health"' in page_of(answer)
    assert 'name="confirm_password"' in page_of(answer)
    # The dialogs stand outside of #main, and the script goes on holding them.
    assert answer.header("hx-retarget") == answer.header("hx-reselect") == "#main"
    assert answer.header("hx-reswap") == "outerHTML show:window:top"
    main = page_of(answer).partition('<main id="main"')[2].partition("</main>")[0]
    assert 'name="confirm_password"' in main
    assert "<h1>Confirm that it is you</h1>" in main
    assert "<dialog" not in main
    assert user_rows.by_username(site.session, "svc-health") is None
    assert VALUE.search(page_of(browser.post(NEW, {**HEALTH, "confirm_password": PASSWORD})))


def test_the_real_call_is_shown(browser: Browser) -> None:
    browser.get(NEW)
    page = browser.post(NEW, HEALTH).body.decode()
    assert "A real call" in page
    assert "&#34;username&#34;: &#34;svc-health&#34;" in page
    assert "curl https://moodle.example.com/webservice/rest/server.php" in page


def test_without_site_info_nothing_is_called(browser: Browser) -> None:
    browser.get(NEW)
    page = browser.post(NEW, {**HEALTH, "what": "cyclr"}).body.decode()
    assert "Looked at without calling" in page
    assert "would work" in page


def test_everything_wrong_is_shown_and_nothing_typed_is_lost(browser: Browser) -> None:
    browser.get(NEW)
    answer = browser.post(
        NEW,
        {
            "what": "custom",
            "functions": "core_group_get_group, core_group_get_groups",
            "who": "existing",
            "user": "nobody",
            "end": "date",
            "date": "2001-02-03",
            "iprestriction": "not-an-ip",
            "scope": "chosen",
            "places": "Nowhere",
        },
    )
    page = answer.body.decode()
    assert answer.status == 422
    for field in ("functions", "service_name", "user", "validuntil", "iprestriction", "places"):
        assert f'href="#{field}"' in page, field
    assert 'value="not-an-ip"' in page
    assert "Nowhere" in page


def test_the_summary_keeps_nothing(browser: Browser, site: TestSite) -> None:
    browser.get(NEW)
    answer = browser.post(f"{NEW}/summary", {**HEALTH, "what": "cyclr"}, hx_request="true")
    assert answer.status == 200
    assert "may call 23 functions" in answer.body.decode()
    assert "role cyclr with 20 capabilities" in answer.body.decode()
    assert user_rows.by_username(site.session, "svc-health") is None
    wrong = browser.post(f"{NEW}/summary", {**HEALTH, "iprestriction": "x"}, hx_request="true")
    assert "Still to mend" in wrong.body.decode()


def test_an_unticked_capability_is_not_given(browser: Browser, site: TestSite) -> None:
    browser.get(NEW)
    offered = {"offered": "moodle/role:assign", "what": "cyclr"}
    answer = browser.post(f"{NEW}/summary", {**HEALTH, **offered}, hx_request="true")
    assert "enrol_manual_enrol_users" in answer.body.decode()
    issued(browser, **offered)
    user = user_rows.by_username(site.session, "svc-health")
    assert user is not None
    assert not site.call(user.id).permissions.may("moodle/role:assign", site.load().system)


def test_what_was_unticked_stays_so_when_something_else_was_wrong(
    browser: Browser, site: TestSite
) -> None:
    browser.get(NEW)
    names = ("moodle/role:assign", "moodle/user:create")
    form = {**HEALTH, "what": "cyclr", "iprestriction": "banana"}
    ticks = [*(("offered", name) for name in names), ("keep", "moodle/user:create")]
    for htmx in ("", "true"):
        wrong = browser.post(NEW, [*form.items(), *ticks], hx_request=htmx)
        page = page_of(wrong, 422)
        assert 'name="offered" value="moodle/role:assign"' in page
        assert 'value="moodle/user:create"' not in page
    seen = browser.post(f"{NEW}/summary", [*form.items(), *ticks], hx_request="true")
    assert page_of(seen).count('name="offered"') == 1
    kept = dict(re.findall(r'name="(offered)" value="([^"]+)"', page_of(seen)))
    issued(browser, what="cyclr", **kept)
    role = roles.find(site.session, "cyclr")
    assert role is not None
    assert "moodle/role:assign" not in role_care.allowed(site.call(), role.id)


def test_people_are_offered_by_a_part_of_their_names(browser: Browser, site: TestSite) -> None:
    making.user(site, "miriam")
    answer = browser.get(f"{NEW}/people?user=miri", hx_request="true")
    assert 'value="miriam"' in answer.body.decode()


def test_missing_rest_use_is_mended_by_one_form(browser: Browser, site: TestSite) -> None:
    value = issued(browser)
    making.override(site, "health_check", "webservice/rest:use", 0)
    token = newest(site)
    page = browser.get(f"/console/tokens/{token.id}").body.decode()
    assert "Refused: protocol capability" in page
    fields = dict(re.findall(r'name="(kind|value\.\w+)" value="([^"]*)"', page))
    done = browser.post(f"/console/tokens/{token.id}/fix", fields)
    assert done.status == 303
    assert browser.web.call("core_webservice_get_site_info", value).json["username"]
    page = browser.follow(done).body.decode()
    assert "Undo the last change" in page
    undo = dict(re.findall(r'name="(undoing|kind|value\.\w+)" value="([^"]*)"', page))
    browser.post(f"/console/tokens/{token.id}/fix", undo)
    assert browser.web.call("core_webservice_get_site_info", value).error[1] == "accessexception"


def test_remedies_keep_the_letters_of_names(browser: Browser, served: Web, site: TestSite) -> None:
    issued(browser)
    making.override(site, "health_check", "webservice/rest:use", 0)
    user_rows.change(site.session, newest(site).user_id, {"username": "svc-McKay"})
    viewer = signed_in(served, making.user_with(site, "looker", tokens.MANAGE_ALL), "viewer")
    page = page_of(viewer.get(f"/console/tokens/{newest(site).id}"))
    assert "Allow webservice/rest:use in a role that svc-McKay holds" in page


def test_the_page_answers_for_a_course_and_a_role(browser: Browser, site: TestSite) -> None:
    issued(browser, what="cyclr")
    making.course(site, "ALG")
    path = f"/console/tokens/{newest(site).id}"
    manager = making.role_id(site, "manager")
    page = browser.get(f"{path}?course=ALG&role={manager}").body.decode()
    assert "svc-health may not give the role manager" in page
    assert "No course has the short name" in browser.get(f"{path}?course=NONE").body.decode()


def test_a_token_of_a_service_without_functions_does_not_work(
    browser: Browser, site: TestSite
) -> None:
    issued(browser)
    token = newest(site)
    held = service_rows.functions(site.session, token.service_id)
    services.remove_functions(site.call(), token.service_id, held)
    page = page_of(browser.get(f"/console/tokens/{token.id}"))
    assert "Refused: function in service" in page
    assert "may call no function of" in page
    assert "Add the functions that the token is for to the service" in page
    assert f'<a href="/console/services/{token.service_id}">' in page


def test_the_limits_of_the_authorised_user_are_told_with_those_of_the_token(
    browser: Browser, site: TestSite
) -> None:
    issued(browser)
    token = newest(site)
    page = f"/console/tokens/{token.id}"
    assert "from any address" in text(browser.get(page))
    end = site.now + 86_400
    limits = authorised_users.Limits(iprestriction="203.0.113.7", validuntil=end)
    authorised_users.change(site.call(), token.service_id, token.user_id, limits)
    shown = text(browser.get(page))
    assert f"from 203.0.113.7, until {gate_refusals.moment(end)}" in shown
    assert "Authorised until" in shown
    assert "Authorised from" in shown
    tokens.edit(site.call(), token.id, tokens.Changes(iprestriction="203.0.113.0/24"))
    both = "from 203.0.113.0/24, of these only from 203.0.113.7"
    assert both in text(browser.get(page))
    services.edit(site.call(), token.service_id, services.Changes(restrictedusers=False))
    assert "from 203.0.113.0/24, until" in text(browser.get(page))


def test_limits_are_changed_and_checked(browser: Browser, site: TestSite) -> None:
    issued(browser)
    path = f"/console/tokens/{newest(site).id}"
    browser.get(path)
    wrong = browser.post(
        f"{path}/edit",
        {"name": "n", "date": "2027-02-31", "iprestriction": "10.0.0.0/99", "note": "0" * 32},
    )
    assert wrong.status == 422
    for field in ("date", "iprestriction", "note"):
        assert f'id="{field}-error"' in wrong.body.decode()
    right = browser.post(
        f"{path}/edit",
        {"name": "monitor", "date": "30", "iprestriction": "10.0.0.0/8", "note": "x"},
    )
    assert right.status == 303
    token = newest(site)
    assert (token.name, token.iprestriction, token.note) == ("monitor", "10.0.0.0/8", "x")
    assert token.validuntil == site.now + 30 * 86_400


def test_a_limit_that_was_cleared_stays_so_when_something_else_was_wrong(
    browser: Browser, site: TestSite
) -> None:
    issued(browser, iprestriction="10.0.0.0/8")
    path = f"/console/tokens/{newest(site).id}"
    tokens.edit(site.call(), newest(site).id, tokens.Changes(note="of old"))
    assert 'name="iprestriction" type="text" value="10.0.0.0/8"' in page_of(browser.get(path))
    form = {"name": "", "date": "2027-02-31", "iprestriction": "", "note": ""}
    page = page_of(browser.post(f"{path}/edit", form), 422)
    for field in ("name", "iprestriction"):
        assert f'name="{field}" type="text" value=""' in page
    assert "of old" not in page


def test_disabling_is_taken_back_and_revoking_is_not(browser: Browser, site: TestSite) -> None:
    value = issued(browser)
    path, name = f"/console/tokens/{newest(site).id}", "core_webservice_get_site_info"
    browser.get(path)
    browser.post(f"{path}/disable")
    assert browser.web.call(name, value).error[1] == "invalidtoken"
    browser.post(f"{path}/enable")
    assert browser.web.call(name, value).json["username"]
    browser.get(f"{path}/revoke")
    browser.post(f"{path}/revoke")
    assert browser.web.call(name, value).error[1] == "invalidtoken"
    assert "Revoked" in browser.get(path).body.decode()


def test_a_successor_works_while_the_old_token_still_does(browser: Browser, site: TestSite) -> None:
    old = issued(browser)
    path, name = f"/console/tokens/{newest(site).id}", "core_webservice_get_site_info"
    browser.get(path)
    page = browser.post(f"{path}/rotate", {"overlap": "3600"}).body.decode()
    found = VALUE.search(page)
    assert found is not None
    assert browser.web.call(name, found[1]).json["username"]
    assert browser.web.call(name, old).json["username"]
    site.clock.pass_seconds(3601)
    assert browser.web.call(name, old).error[1] == "accessexception"


def test_a_rotation_that_is_sent_twice_makes_one_successor(
    browser: Browser, site: TestSite
) -> None:
    issued(browser)
    old = newest(site)
    page = browser.get(f"/console/tokens/{old.id}").body.decode()
    keys = set(re.findall(r'name="once" value="([^"]+)"', page))
    assert len(keys) == 1
    form = {"overlap": "3600", "once": keys.pop()}
    assert VALUE.search(browser.post(f"/console/tokens/{old.id}/rotate", form).body.decode())
    successor = newest_id(site)
    site.clock.pass_seconds(60)
    end = token_rows.get(site.session, old.id)
    again = browser.post(f"/console/tokens/{old.id}/rotate", form)
    assert again.status == 409
    assert f'href="/console/tokens/{successor}"' in again.body.decode()
    assert newest_id(site) == successor
    assert token_rows.get(site.session, old.id) == end


def test_a_leaked_token_stops_at_once(browser: Browser, site: TestSite) -> None:
    value = issued(browser)
    path = f"/console/tokens/{newest(site).id}"
    browser.get(path)
    browser.post(f"{path}/leaked")
    assert browser.web.call("core_webservice_get_site_info", value).error[1] == "invalidtoken"
    assert "token.leaked" in [row.action for row in audit.records(site.session)]


def test_the_list_is_filtered_by_its_address(browser: Browser) -> None:
    issued(browser)
    issued(browser, new_user="svc-never", end="never", token_name="forever")
    for query, there, missing in [
        ("q=forever", "forever", "…nothing"),
        ("flag=no%20limits", "forever", "svc-health"),
        ("state=revoked", "No token matches", "forever"),
        ("q=svc-health", "svc-health", "forever</a>"),
    ]:
        page = browser.get(f"/console/tokens?{query}").body.decode()
        assert there in page, query
        assert missing not in page.partition("<tbody>")[2], query


def test_the_list_says_what_it_is_when_empty(browser: Browser) -> None:
    assert "No tokens yet" in browser.get("/console/tokens").body.decode()


def test_a_thousand_tokens_come_fifty_a_page(browser: Browser, site: TestSite) -> None:
    call = site.call()
    service = making.service(site, "many")
    services.edit(call, service, services.Changes(restrictedusers=False))
    with call.transaction():
        for number in range(120):
            tokens.issue(call, NewToken(user_id=2, service_id=service, name=f"n{number:03}"))
    page = browser.get("/console/tokens?sort=name&page=2").body.decode()
    assert re.findall(r">(n\d{3})</a>", page) == [f"n{number:03}" for number in range(50, 100)]


def test_a_viewer_looks_and_changes_nothing(served: Web, site: TestSite) -> None:
    issued(signed_in(served))
    token = newest(site)
    viewer = signed_in(served, making.user(site, "vera"), right="viewer")
    assert viewer.get(NEW).status == 403
    for action in ("fix", "edit", "rotate", "disable", "enable", "leaked", "revoke"):
        assert viewer.post(f"/console/tokens/{token.id}/{action}").status == 403, action


def test_functions_of_a_custom_service_are_picked_and_pasted(
    browser: Browser, site: TestSite
) -> None:
    custom = {
        "what": "custom", "service_name": "Mine", "who": "new", "new_user": "svc-mine", "end": "90",
        "functions": "core_course_get_courses", "pick": "core_group_get_groups",
    }  # fmt: skip
    picked = "/console/tokens/new/functions?find=get+groups&pick=core_group_get_course_groups"
    page = browser.get(picked).body.decode()
    assert 'value="core_group_get_course_groups" checked' in page
    assert 'name="pick" value="core_group_get_groups">' in page
    assert "read · " in page
    assert "more function" in browser.get(f"{NEW}/functions?find=get").body.decode()
    assert browser.get(f"{NEW}/functions?find=").body.decode().strip() == ""
    browser.get(NEW)
    page = browser.post(NEW, {**custom, "pick": "core_group_get_group"}).body.decode()
    assert "did you mean core_group_get_groups" in page
    assert 'value="core_group_get_group" checked' in page
    page = browser.post(NEW, custom).body.decode()
    assert VALUE.search(page)
    held = service_rows.functions(site.session, newest(site).service_id)
    assert sorted(held) == ["core_course_get_courses", "core_group_get_groups"]


def helper(site: TestSite, served: Web, *capabilities: str) -> Browser:
    """An operator of the console who holds only these capabilities on the site."""
    return signed_in(served, making.user_with(site, "helper", *capabilities), "operator")


def test_authz_8_an_operator_gets_no_token_of_an_administrator(served: Web, site: TestSite) -> None:
    browser = helper(site, served, "webservice/rest:use")
    browser.get(NEW)
    given = {**HEALTH, "who": "existing", "user": "admin", "confirmed": "admin"}
    answer = browser.post(NEW, given)
    assert answer.status == 422
    assert "Only an administrator" in text(answer)
    assert "to confirm" not in text(browser.post(NEW, {**given, "confirmed": ""}))
    assert token_rows.listed(site.session) == []


def test_authz_8_an_operator_gets_no_token_of_who_may_do_more(served: Web, site: TestSite) -> None:
    course = making.course(site, "MATH")
    making.enrol(site, making.user(site, "tina"), course, "editingteacher")
    making.user_with(site, "sally", "moodle/user:viewdetails")
    browser = helper(site, served, "moodle/user:viewdetails", "webservice/rest:use")
    browser.get(NEW)
    given = {**HEALTH, "who": "existing", "user": "tina"}
    answer = browser.post(NEW, given)
    assert answer.status == 422
    assert "The account tina may do more than you: " in text(answer)
    assert token_rows.listed(site.session) == []
    assert browser.post(NEW, {**given, "user": "sally"}).status == 200
    assert newest(site).username == "sally"


def test_authz_8_an_operator_gives_no_new_account_a_role_that_may_do_more(
    browser: Browser, served: Web, site: TestSite
) -> None:
    issued(browser, what="cyclr", new_user="svc-first")
    other = helper(site, served, "webservice/rest:use")
    other.get(NEW)
    answer = other.post(NEW, {**HEALTH, "what": "cyclr", "new_user": "svc-second"})
    assert answer.status == 422
    assert newest(site).username == "svc-first"
    assert user_rows.by_username(site.session, "svc-second") is None


def test_authz_8_an_operator_rotates_no_token_of_an_administrator(
    served: Web, site: TestSite
) -> None:
    making.token(site, 2, making.service(site, "one", users=[2]))
    before = newest(site)
    answer = helper(site, served, tokens.MANAGE_ALL).post(
        f"/console/tokens/{before.id}/rotate", {"overlap": "86400"}
    )
    assert answer.status != 200
    assert newest(site) == before


def test_authz_8_an_operator_gives_themselves_no_role_of_a_preset_that_is_there(
    browser: Browser, served: Web, site: TestSite
) -> None:
    issued(browser, what="cyclr", new_user="svc-first")
    other = helper(site, served, "webservice/rest:use")
    other.get(NEW)
    own = {**HEALTH, "what": "cyclr", "who": "existing", "user": "helper"}
    answer = other.post(NEW, own)
    assert answer.status == 422
    assert "The caller lacks" in text(answer)
    assert newest(site).username == "svc-first"


def test_authz_8_tokens_of_who_may_do_more_are_offered_to_copy_for_others_only(
    browser: Browser, served: Web, site: TestSite
) -> None:
    sally = making.user_with(site, "sally", "webservice/rest:use")
    service = making.service(site, "one", users=[2, sally])
    making.token(site, 2, service, name="of-admin")
    making.token(site, sally, service, name="of-sally")
    of_admin, of_sally = sorted(token_rows.listed(site.session), key=lambda token: token.id)
    other = helper(site, served, tokens.MANAGE_ALL, "webservice/rest:use")
    page = page_of(other.get(NEW))
    whole, _, for_others = page.partition("<optgroup")
    for_others = for_others.partition("</optgroup>")[0]
    assert f'value="{of_sally.handle}"' in whole
    assert f'value="{of_admin.handle}"' not in whole
    assert f'value="{of_admin.handle}"' in for_others
    chosen = page_of(other.get(f"{NEW}?copy={of_admin.handle}"))
    assert f'value="{of_admin.handle}" selected' in chosen
    copy = {"what": "copy", "copy_of": of_admin.handle, "end": "90", "who": "existing"}
    answer = other.post(NEW, {**copy, "who": "new", "new_user": ""})
    assert "Only an administrator of the site gets tokens of one" in page_of(answer, 422)
    assert VALUE.search(text(other.post(NEW, {**copy, "user": "sally"})))
    assert "<optgroup" not in page_of(browser.get(NEW))
    assert "of-admin" not in page_of(signed_in(served, sally, "operator").get(NEW))


def test_authz_8_no_rotation_is_offered_that_would_be_refused(
    browser: Browser, served: Web, site: TestSite
) -> None:
    ends = {"validuntil": site.now + 86_400}
    making.token(site, 2, making.service(site, "one", users=[2]), **ends)
    token = newest(site)
    other = helper(site, served, tokens.MANAGE_ALL)
    path = f"/console/tokens/{token.id}"
    page = page_of(other.get(path))
    assert f"{path}/rotate" not in page
    assert "Its account may do what you may not" in page
    assert f"{path}/revoke" in page
    care = page_of(other.get("/console/tokens/care"))
    assert f"{path}/rotate" not in care
    assert "Look at the token" in care
    for shown in (path, "/console/tokens/care"):
        assert f"{path}/rotate" in page_of(browser.get(shown))


def test_no_rotation_is_offered_of_a_token_of_a_log_in(browser: Browser, site: TestSite) -> None:
    making.token(site, 2, making.service(site, "one", users=[2]))
    token = newest(site)
    with site.session.transaction():
        token_rows.change(site.session, token.id, {"origin": "login"})
    path = f"/console/tokens/{token.id}"
    page = page_of(browser.get(path))
    assert f"{path}/rotate" not in page
    assert "the next log-in gives a new one" in page


def test_what_no_list_holds_is_copied_by_its_handle(
    browser: Browser, site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_issue, "_MOST_COPIES", 1)
    service = making.service(site, "one", users=[2])
    for name in ("first", "second"):
        making.token(site, 2, service, name=name)
    _, last = token_rows.listed(site.session)
    # A list without it would send the first that it holds instead.
    page = page_of(browser.get(f"{NEW}?copy={last.handle}"))
    assert f'<input id="copy_of" name="copy_of" type="text" value="{last.handle}"' in page
    assert "Its handle, as its page tells it." in page
    copy = {"what": "copy", "copy_of": last.handle, "end": "90", "who": "existing", "user": "admin"}
    page = page_of(browser.post(NEW, {**copy, "confirmed": "admin", "copy_of": "nothing"}), 422)
    assert 'name="copy_of" type="text" value="nothing"' in page
    assert VALUE.search(text(browser.post(NEW, {**copy, "confirmed": "admin"})))


def test_many_functions_of_a_token_come_in_pages_those_that_are_refused_first(
    browser: Browser, site: TestSite
) -> None:
    known = sorted(registry.entries())[:300]
    making.token(site, 2, making.service(site, "large", *known, users=[2]))
    path = f"/console/tokens/{newest(site).id}"
    first = page_of(browser.get(path))
    assert "of 300 functions" in first
    assert len(re.findall("<[a-z]", first)) < 1500
    shown = [
        name
        for number in range(1, 7)
        for name in re.findall(
            r'<th scope="row"><span><span class="mono">(.*?)</span>',
            page_of(browser.get(f"{path}?page={number}")),
        )
    ]
    assert sorted(name.replace("<wbr>", "") for name in shown) == known
    assert "allowed" not in first.partition('id="functions"')[2].partition("</table>")[0]
    assert f'href="{path}?from=10.0.0.1&amp;page=2"' in page_of(
        browser.get(f"{path}?from=10.0.0.1")
    )
    # So do the pages of what a form shows that was refused.
    refused = page_of(browser.post(f"{path}/edit", {"name": "", "date": "2027-02-31"}), 422)
    assert f'href="{path}?page=2"' in refused
    # A fix leads back to the page where it was made.
    fix = {"kind": "disabled", "value.token": str(newest(site).id), "value.on": "1", "page": "2"}
    assert query_of(browser.post(f"{path}/fix", fix).header("location"))["page"] == "2"


def test_a_role_does_not_count_in_another_category_than_was_meant(
    browser: Browser, site: TestSite
) -> None:
    above = making.category(site, "Science")
    making.category(site, "First year")
    meant = making.category(site, "First year", above, idnumber="sci-1")
    form = {**HEALTH, "scope": "chosen", "places": "First year"}
    page = page_of(browser.post(NEW, form), 422)
    assert "2 categories are called &#39;First year&#39;: write the ID number of one." in page
    assert VALUE.search(text(browser.post(NEW, {**form, "places": "sci-1"})))
    place = making.context(site, contexts.CATEGORY, meant)
    holder = newest(site).user_id
    held = {it.context_id for it in role_assignments.of_user(site.session, holder)}
    # The right to use the protocol counts in the whole site.
    assert held == {place.id, site.load().system.id}
