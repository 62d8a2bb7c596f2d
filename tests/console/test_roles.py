"""Roles in the console: what they allow, whom they reach, and never above one's own rights."""

import pytest

from coursewire.domain import roles
from coursewire.domain.site import ADMIN_ID
from coursewire.store import audit
from coursewire.store import roles as rows
from tests.support import making
from tests.support.console import Browser, page_of, signed_in
from tests.support.sites import TestSite
from tests.support.web import Web

PATH = "/console/roles"
VIEW, DELETE = "moodle/course:view", "moodle/user:delete"


@pytest.fixture
def limited(site: TestSite, served: Web) -> Browser:
    """An owner of the console who may hardly do anything on the site."""
    return signed_in(served, making.user_with(site, "limited", VIEW), "owner")


def said(site: TestSite, role_id: int) -> dict[str, int]:
    return {row[1]: row[3] for row in rows.permissions(site.session) if row[0] == role_id}


def actions(site: TestSite) -> list[str]:
    return [row.action for row in audit.records(site.session)]


def test_roles_are_listed_with_their_reach(site: TestSite, browser: Browser) -> None:
    making.role(site, "api", [VIEW])
    making.assign(site, "api", ADMIN_ID)
    page = page_of(browser.get(PATH))
    assert "1 capability" in page
    assert "1 assignment" in page


def test_a_role_is_created_with_what_another_allows(site: TestSite, browser: Browser) -> None:
    source = making.role(site, "api", [VIEW])
    browser.get(f"{PATH}/new")
    form = {"shortname": "second", "name": "Second", "copy": str(source)}
    assert "is created" in page_of(browser.follow(browser.post(f"{PATH}/new", form)))
    made = roles.find(site.session, "second")
    assert made is not None
    assert said(site, made.id) == {VIEW: 1}
    assert "role.create" in actions(site)
    assert 'id="shortname-error"' in page_of(browser.post(f"{PATH}/new", form), 422)


def test_the_editor_writes_what_differs(site: TestSite, browser: Browser) -> None:
    role = making.role(site, "api", [VIEW])
    page = page_of(browser.get(f"{PATH}/{role}?q=course:view&area=moodle/course"))
    assert f'name="set.{VIEW}"' in page
    assert f'name="set.{DELETE}"' not in page
    browser.post(f"{PATH}/{role}", {f"set.{VIEW}": "0", f"set.{DELETE}": "-1"})
    assert said(site, role) == {DELETE: -1}
    before = len(actions(site))
    assert "Nothing had to be" in page_of(
        browser.follow(browser.post(f"{PATH}/{role}", {f"set.{DELETE}": "-1"}))
    )
    assert len(actions(site)) == before


def test_functions_and_risks_are_told(browser: Browser) -> None:
    page = page_of(browser.get(f"{PATH}/1?q=moodle/user:delete"))
    assert "core_user_delete_users" in page
    assert "can destroy much" in page


def test_no_capability_is_lost_by_its_spelling(browser: Browser) -> None:
    browser.get(f"{PATH}/1")
    page = page_of(browser.post(f"{PATH}/1", {"set.moodle/course:veiw": "1"}), 422)
    assert "did you mean" in page


def test_authz_8_nobody_allows_what_they_do_not_hold(site: TestSite, limited: Browser) -> None:
    role = making.role(site, "api")
    limited.get(f"{PATH}/{role}")
    assert "do not hold" in page_of(limited.post(f"{PATH}/{role}", {f"set.{DELETE}": "1"}), 422)
    assert said(site, role) == {}
    assert limited.post(f"{PATH}/{role}", {f"set.{VIEW}": "1"}).status == 303
    assert said(site, role) == {VIEW: 1}


def test_authz_8_nobody_lifts_a_prohibition_of_what_they_do_not_hold(
    site: TestSite, limited: Browser
) -> None:
    role = making.role(site, "api")
    making.override(site, "api", DELETE, -1000)
    limited.get(f"{PATH}/{role}")
    assert limited.post(f"{PATH}/{role}", {f"set.{DELETE}": "0"}).status == 422
    assert said(site, role) == {DELETE: -1000}


def test_authz_8_no_role_above_ones_own_is_made_or_made_givable(
    site: TestSite, limited: Browser
) -> None:
    great, small = making.role(site, "great", [DELETE]), making.role(site, "small", [VIEW])
    limited.get(f"{PATH}/new")
    copied = limited.post(f"{PATH}/new", {"shortname": "mine", "copy": str(great)})
    assert copied.status == 422
    assert roles.find(site.session, "mine") is None
    limited.get(f"{PATH}/{small}/reach")
    refused = limited.post(f"{PATH}/{small}/reach", {f"target.{great}": "1", "level.10": "1"})
    assert refused.status == 422
    assert (small, great) not in {tuple(row) for row in rows.may_assign(site.session)}


def test_levels_and_allow_assign_are_written(site: TestSite, browser: Browser) -> None:
    role, student = making.role(site, "api"), making.role_id(site, "student")
    browser.get(f"{PATH}/{role}/reach")
    form = {"name": "The API", "level.50": "1", f"target.{student}": "1"}
    assert "The API" in page_of(browser.follow(browser.post(f"{PATH}/{role}/reach", form)))
    assert (role, 50) in {tuple(row) for row in rows.levels(site.session)}
    assert (role, student) in {tuple(row) for row in rows.may_assign(site.session)}
    assert {"role.levels", "role.may_assign", "role.change"} <= set(actions(site))


def test_holders_are_shown_with_their_place(site: TestSite, browser: Browser) -> None:
    course, anna = making.course(site, "C1"), making.user(site, "anna")
    making.assign(site, "student", anna, making.course_context(site, course))
    page = page_of(browser.get(f"{PATH}/{making.role_id(site, 'student')}/holders"))
    assert "anna" in page
    assert "course C1" in page


def test_two_roles_are_compared(site: TestSite, browser: Browser) -> None:
    one, other = making.role(site, "one", [VIEW]), making.role(site, "other", [DELETE])
    page = page_of(browser.get(f"{PATH}/compare?a={one}&b={other}"))
    assert VIEW in page
    assert DELETE in page
    assert "say the same" in page_of(browser.get(f"{PATH}/compare?a={one}&b={one}"))


def test_a_role_is_removed_and_standard_ones_stay(site: TestSite, browser: Browser) -> None:
    role = making.role(site, "api")
    browser.get(f"{PATH}/{role}/delete")
    assert "is removed" in page_of(browser.follow(browser.post(f"{PATH}/{role}/delete")))
    assert roles.find(site.session, "api") is None
    assert browser.post(f"{PATH}/1/delete").status == 400


def test_operators_look_only(site: TestSite, served: Web) -> None:
    helper = signed_in(served, making.user(site, "helper"), "operator")
    assert "Save these rows" not in page_of(helper.get(f"{PATH}/1"))
    assert helper.post(f"{PATH}/1", {f"set.{VIEW}": "0"}).status == 403
