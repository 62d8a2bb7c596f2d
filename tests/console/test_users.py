"""Users in the console: found, created, explained, changed, and never above one's own rights."""

import re
from urllib.parse import quote

import pytest

from coursewire.console.views import user_page
from coursewire.domain import console_rights, role_assignments, roles
from coursewire.domain.known_preferences import FORCE_PASSWORD_CHANGE
from coursewire.domain.user_fields import NOT_CACHED
from coursewire.store import audit, preferences
from coursewire.store import roles as role_rows
from coursewire.store import users as rows
from tests.support import making
from tests.support.console import Browser, page_of, signed_in
from tests.support.sites import TestSite
from tests.support.web import Answer, Web

PATH = "/console/users"
GOOD = "Quiet-river-27"


def names(answer: Answer) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/console/users/\d+">([^<]+)', page_of(answer))


def actions(site: TestSite) -> list[str]:
    return [row.action for row in audit.records(site.session)]


def operator(site: TestSite, served: Web, *capabilities: str) -> Browser:
    """An operator of the console who holds only these capabilities on the site."""
    user_id = making.user_with(site, "helper", *capabilities)
    return signed_in(served, user_id, "operator")


def changed(browser: Browser, path: str, fields: dict[str, str]) -> str:
    """What the page says after a form was sent."""
    browser.get(path.rsplit("/", 1)[0])
    return page_of(browser.follow(browser.post(path, fields)))


@pytest.mark.parametrize("words", ["anna", "BERGSTRÖM", "ab@example.org", "nr-77", "anna bergstr"])
def test_a_user_is_found_by_every_kind_of_name(
    site: TestSite, browser: Browser, words: str
) -> None:
    making.user(
        site,
        "anna",
        firstname="Anna",
        lastname="Bergström",
        email="ab@example.org",
        idnumber="NR-77",
    )
    making.user(site, "otto", firstname="Otto", lastname="Quist", email="oq@example.org")
    assert names(browser.get(f"{PATH}?q={quote(words)}")) == ["anna"]


def test_signs_of_patterns_stand_for_themselves(site: TestSite, browser: Browser) -> None:
    making.user(site, "anna")
    assert "No user matches" in page_of(browser.get(f"{PATH}?q=%25"))
    assert "No user matches" in page_of(browser.get(f"{PATH}?q=_nna"))


def test_service_accounts_are_marked_and_filtered(site: TestSite, browser: Browser) -> None:
    making.user(site, "anna")
    making.user(site, "robot", password_hash=NOT_CACHED)
    page = browser.get(f"{PATH}?kind=service")
    assert names(page) == ["robot"]
    assert "service account" in page_of(page)
    assert "robot" not in names(browser.get(f"{PATH}?kind=people"))


def test_fifty_rows_a_page_in_the_order_asked_for(site: TestSite, browser: Browser) -> None:
    for number in range(51):
        making.user(site, f"person{number:02}", lastname=f"z{99 - number}")
    first = names(browser.get(f"{PATH}?q=person"))
    assert first == [f"person{number:02}" for number in range(50)]
    assert names(browser.get(f"{PATH}?q=person&page=2")) == ["person50"]
    assert names(browser.get(f"{PATH}?q=person&sort=name"))[0] == "person50"


def test_the_file_holds_what_matches_and_no_formula(site: TestSite, browser: Browser) -> None:
    making.user(site, "anna", firstname="=1+1", lastname="B")
    making.user(site, "otto")
    page = page_of(browser.post(f"{PATH}/csv?q=anna"))
    assert "'=1+1" in page
    assert "otto" not in page


def test_aud_1_who_takes_the_list_along_is_recorded_with_what_matched(
    site: TestSite, browser: Browser
) -> None:
    making.user(site, "anna")
    browser.post(f"{PATH}/csv?q=anna&sort=")
    (record,) = audit.records(site.session, action="list.export")
    assert (record.target, record.outcome) == ("users", "ok")
    assert record.details == '{"filters":{"q":"anna"},"rows":1}'


def test_web_3_a_list_is_no_file_for_who_follows_a_link(site: TestSite, browser: Browser) -> None:
    answer = browser.get(f"{PATH}/csv")
    assert answer.status == 405
    assert "csv" not in answer.header("content-type")
    assert audit.records(site.session, action="list.export") == []


def test_a_person_is_created_with_a_password(site: TestSite, browser: Browser) -> None:
    browser.get(f"{PATH}/new")
    form = {"kind": "person", "username": "anna", "firstname": "A", "lastname": "B"}
    form |= {"email": "a@example.org", "password": GOOD}
    assert "is created" in page_of(browser.follow(browser.post(f"{PATH}/new", form)))
    made = rows.by_username(site.session, "anna")
    assert made is not None
    assert made.auth == "manual"
    assert site.call().passwords.check(GOOD, made.password).ok
    assert actions(site).count("user.create") == 1


def test_a_service_account_has_no_password(site: TestSite, browser: Browser) -> None:
    browser.get(f"{PATH}/new")
    form = {"kind": "service", "username": "robot", "firstname": "R", "lastname": "B"}
    form |= {"email": "r@example.org", "password": GOOD}
    assert "has no password" in page_of(browser.post(f"{PATH}/new", form), 422)
    form["password"] = ""
    assert "Service account" in page_of(browser.follow(browser.post(f"{PATH}/new", form)))
    made = rows.by_username(site.session, "robot")
    assert made is not None
    assert made.password == NOT_CACHED


def test_all_that_is_wrong_is_told_at_once_and_nothing_lost(browser: Browser) -> None:
    browser.get(f"{PATH}/new")
    page = page_of(browser.post(f"{PATH}/new", {"username": "anna", "password": "x"}), 422)
    assert "first name" in page
    assert "e-mail address" in page
    assert "at least 8 characters" in page
    assert 'value="anna"' in page


def test_what_others_have_and_what_does_not_fit_is_told_at_once_at_its_field(
    site: TestSite, browser: Browser
) -> None:
    making.user(site, "email-bot", email="o@example.org")
    browser.get(f"{PATH}/new")
    form = {"kind": "person", "username": "email-bot", "firstname": "F" * 101, "lastname": "<b>"}
    form |= {"email": "o@example.org", "password": "x"}
    page = page_of(browser.post(f"{PATH}/new", form), 422)
    for field in ("username", "firstname", "lastname", "email", "password"):
        assert f'id="{field}-error"' in page
    assert "First name has 101 characters" in page
    form |= {"firstname": "F", "lastname": "L", "email": "e@example.org", "password": GOOD}
    page = page_of(browser.post(f"{PATH}/new", form), 422)
    assert 'id="username-error"' in page
    assert 'id="email-error"' not in page


def test_a_taken_address_is_told_at_its_field(site: TestSite, browser: Browser) -> None:
    making.user(site, "otto", email="o@example.org")
    browser.get(f"{PATH}/new")
    form = {"kind": "service", "username": "robot", "firstname": "R", "lastname": "B"}
    page = page_of(browser.post(f"{PATH}/new", form | {"email": "o@example.org"}), 422)
    assert 'id="email-error"' in page


def test_suspending_and_back(site: TestSite, browser: Browser) -> None:
    anna = making.user(site, "anna")
    assert "Suspended" in changed(browser, f"{PATH}/{anna}/suspend", {})
    assert "Active" in changed(browser, f"{PATH}/{anna}/unsuspend", {})
    assert {"user.suspend", "user.unsuspend"} <= set(actions(site))


def test_a_new_password_keeps_to_the_rules(site: TestSite, browser: Browser) -> None:
    anna = making.user(site, "anna")
    browser.get(f"{PATH}/{anna}")
    for weak in ("short", "Password1!"):
        assert browser.post(f"{PATH}/{anna}/password", {"password": weak}).status == 422
    assert "changed" in changed(browser, f"{PATH}/{anna}/password", {"password": GOOD})
    stored = rows.get(site.session, anna)
    assert stored is not None
    assert site.call().passwords.check(GOOD, stored.password).ok
    assert "user.password" in actions(site)


def test_only_owners_set_passwords(site: TestSite, served: Web) -> None:
    anna = making.user(site, "anna")
    helper = operator(site, served, "moodle/user:update")
    helper.get(f"{PATH}/{anna}")
    assert helper.post(f"{PATH}/{anna}/password", {"password": GOOD}).status == 403


def test_a_password_change_is_asked_for_and_no_longer(site: TestSite, browser: Browser) -> None:
    anna = making.user(site, "anna")
    path = f"{PATH}/{anna}/force-password-change"
    assert "Must change the password" in changed(browser, path, {"on": "1"})
    assert preferences.value(site.session, anna, FORCE_PASSWORD_CHANGE) == "1"
    assert "Must change the password" not in changed(browser, path, {})
    assert actions(site).count("user.force_password_change") == 2


def test_deletion_names_what_goes_and_asks_for_the_name(site: TestSite, browser: Browser) -> None:
    anna, course = making.user(site, "anna"), making.course(site, "C1")
    making.enrol(site, anna, course)
    page = page_of(browser.get(f"{PATH}/{anna}/delete"))
    assert "1 course" in page
    assert browser.post(f"{PATH}/{anna}/delete", {"confirm": "otto"}).status == 422
    assert "is deleted" in changed(browser, f"{PATH}/{anna}/delete", {"confirm": "anna"})
    assert browser.get(f"{PATH}/{anna}").status == 404
    assert "user.delete" in actions(site)


@pytest.mark.parametrize("what", ["suspend", "force-password-change", "delete"])
def test_an_administrator_is_changed_by_administrators_only(
    site: TestSite, served: Web, what: str
) -> None:
    helper = operator(site, served, "moodle/user:update", "moodle/user:delete")
    helper.get(f"{PATH}/2")
    answer = helper.post(f"{PATH}/2/{what}", {"on": "1", "confirm": "admin"})
    assert answer.status == 400, answer.body.decode()
    admin = rows.get(site.session, 2)
    assert admin is not None
    assert not admin.suspended
    assert not admin.deleted


@pytest.mark.parametrize("what", ["suspend", "force-password-change", "delete"])
def test_without_the_right_nothing_is_changed(site: TestSite, served: Web, what: str) -> None:
    anna = making.user(site, "anna")
    helper = operator(site, served)
    helper.get(f"{PATH}/{anna}")
    answer = helper.post(f"{PATH}/{anna}/{what}", {"on": "1", "confirm": "anna"})
    assert answer.status == 403
    assert not rows.get(site.session, anna).suspended  # type: ignore[union-attr]


def test_a_role_is_given_and_taken(site: TestSite, browser: Browser) -> None:
    anna, course = making.user(site, "anna"), making.course(site, "C1")
    student = str(making.role_id(site, "student"))
    fields = {"role": student, "where": f"course {course}"}
    assert "course C1" in changed(browser, f"{PATH}/{anna}/assign", fields)
    assert [one.role_id for one in role_assignments.of_user(site.session, anna)] == [int(student)]
    assert "The role is taken" in changed(browser, f"{PATH}/{anna}/unassign", fields)
    assert role_assignments.of_user(site.session, anna) == []
    assert {"role.assign", "role.unassign"} <= set(actions(site))


def test_authz_8_nobody_gives_a_role_above_their_own(site: TestSite, served: Web) -> None:
    anna = making.user(site, "anna")
    small = making.role(site, "small", ["moodle/course:view"])
    great = making.role(site, "great", ["moodle/course:view", "moodle/user:delete"])
    own = ["moodle/role:assign", "moodle/course:view"]
    making.role(site, "giver", own, may_assign=["small", "great"])
    helper_id = making.user(site, "helper")
    making.assign(site, "giver", helper_id)
    helper = signed_in(served, helper_id, "operator")
    helper.get(f"{PATH}/{anna}")
    refused = helper.post(f"{PATH}/{anna}/assign", {"role": str(great), "where": "site"})
    assert "moodle/user:delete" in page_of(refused, 422)
    assert role_assignments.of_user(site.session, anna) == []
    allowed = helper.follow(
        helper.post(f"{PATH}/{anna}/assign", {"role": str(small), "where": "site"})
    )
    assert "The role is given" in page_of(allowed)


def test_what_a_stopped_plugin_brought_keeps_only_others_from_giving_a_role(
    site: TestSite, served: Web
) -> None:
    anna = making.user(site, "anna")
    role = making.role(site, "small", ["moodle/course:view"])
    with site.session.transaction():
        role_rows.set_permissions(site.session, role, site.load().system.id, {"local_x/y:z": 1})
    making.role(site, "giver", ["moodle/role:assign", "moodle/course:view"], may_assign=["small"])
    helper_id = making.user(site, "helper")
    making.assign(site, "giver", helper_id)
    fields = {"role": str(role), "where": "site"}
    helper = signed_in(served, helper_id, "operator")
    helper.get(f"{PATH}/{anna}")
    assert "local_x/y:z" in page_of(helper.post(f"{PATH}/{anna}/assign", fields), 422)
    assert role_assignments.of_user(site.session, anna) == []
    assert "The role is given" in changed(signed_in(served), f"{PATH}/{anna}/assign", fields)


def test_a_role_that_may_not_be_given_is_refused(site: TestSite, served: Web) -> None:
    anna = making.user(site, "anna")
    helper = operator(site, served, "moodle/role:assign")
    helper.get(f"{PATH}/{anna}")
    student = str(making.role_id(site, "student"))
    page = page_of(helper.post(f"{PATH}/{anna}/assign", {"role": student, "where": "site"}), 422)
    assert "moodle/role:assign" in page


def test_an_unknown_place_is_told_at_its_field(site: TestSite, browser: Browser) -> None:
    anna = making.user(site, "anna")
    browser.get(f"{PATH}/{anna}")
    page = page_of(browser.post(f"{PATH}/{anna}/assign", {"role": "5", "where": "course 999"}), 422)
    assert 'id="where-error"' in page


def test_the_answer_to_may_they_says_why(site: TestSite, browser: Browser) -> None:
    anna, course = making.user(site, "anna"), making.course(site, "C1")
    making.assign(site, "editingteacher", anna, making.course_context(site, course))
    asked = f"{PATH}/{anna}?capability=moodle/course:managegroups&in="
    yes = page_of(browser.get(f"{asked}course+{course}"))
    assert "a role allows it" in yes
    assert "editingteacher allows it in the whole site" in yes
    assert "no role that counts here allows it" in page_of(browser.get(f"{asked}site"))


def test_a_misspelt_capability_gets_the_nearest_one(browser: Browser) -> None:
    page = page_of(browser.get(f"{PATH}/2?capability=moodle/course:veiw"), 422)
    assert "did you mean" in page


def test_what_is_refused_for_an_account_is_not_offered_and_the_page_says_why(
    site: TestSite, served: Web
) -> None:
    colleague, other = making.user(site, "colleague"), making.user(site, "anna")
    for user_id in (colleague, 2, other):
        making.assign(site, "manager", user_id)
    console_rights.grant(site.call(), colleague, "viewer")
    helper = operator(
        site, served, "moodle/user:update", "moodle/user:delete", "moodle/role:assign"
    )
    with (call := site.call()).transaction():
        roles.set_may_assign(
            call, making.role_id(site, "helper"), {making.role_id(site, "manager")}
        )
    offers = ("/suspend", "/delete", "/unassign", "/force-password-change")
    whys = {colleague: "changes the account of who may use it", 2: "Only an administrator changes"}
    for user_id, why in whys.items():
        page = page_of(helper.get(f"{PATH}/{user_id}"))
        assert why in page
        assert [offer for offer in offers if f"/{user_id}{offer}" in page] == []
    page = page_of(helper.get(f"{PATH}/{other}"))
    assert all(f"/{other}{offer}" in page for offer in offers)
    assert not any(why in page for why in whys.values())


def test_a_role_is_offered_to_take_by_the_right_that_taking_asks_for(
    site: TestSite, served: Web
) -> None:
    anna, course = making.user(site, "anna"), making.course(site, "C1")
    student, teacher = making.role_id(site, "student"), making.role_id(site, "teacher")
    making.assign(site, "student", anna, making.course_context(site, course))
    making.assign(site, "teacher", anna, making.course_context(site, course))
    giver = making.user(site, "giver")
    making.role(site, "giver", ["moodle/role:assign"], may_assign=["student"])
    making.assign(site, "giver", giver)
    changer = making.user_with(site, "changer", "moodle/user:update")
    page = page_of(signed_in(served, changer, "operator").get(f"{PATH}/{anna}"))
    assert "/unassign" not in page
    assert f"/{anna}/suspend" in page
    browser = signed_in(served, giver, "operator")
    page = page_of(browser.get(f"{PATH}/{anna}"))
    assert page.count(f"/{anna}/unassign") == 1
    assert f'name="role" value="{student}"' in page
    for role, status in ((teacher, 422), (student, 303)):
        form = {"role": str(role), "where": f"course {course}"}
        assert browser.post(f"{PATH}/{anna}/unassign", form).status == status


def test_nobody_is_offered_to_suspend_or_delete_themselves(browser: Browser) -> None:
    page = page_of(browser.get(f"{PATH}/2"))
    assert "/2/suspend" not in page
    assert "/2/delete" not in page
    assert "/2/force-password-change" in page


def test_how_many_tokens_there_are_is_said_where_not_all_are_shown(
    site: TestSite, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = making.user(site, "anna")
    service = making.service(site, "one", users=[anna])
    for _ in range(3):
        making.token(site, anna, service)
    page = f"/console/users/{anna}"
    assert "The first" not in page_of(browser.get(page))
    monkeypatch.setattr(user_page, "_MOST", 2)
    assert "The first 2 of 3." in page_of(browser.get(page))
    assert 'href="/console/tokens?q=anna"' in page_of(browser.get(page))
