"""Pages that ask before something is done show no form that would be refused: they say why."""

import re

import pytest

from coursewire.domain import console_rights, contexts
from tests.support import making
from tests.support.console import Browser, page_of, signed_in
from tests.support.sites import TestSite
from tests.support.web import Web

USERS, COURSES, ROLES = "/console/users", "/console/courses", "/console/roles"


@pytest.fixture
def helper(site: TestSite, served: Web) -> Browser:
    """An operator of the console who may do nothing on the site."""
    return signed_in(served, making.user(site, "helper"), "operator")


def told(browser: Browser, path: str) -> str:
    """What the page says in the place of a form."""
    page = page_of(browser.get(path), 403)
    assert f'action="{path}"' not in page
    return " ".join(re.sub("<[^>]+>", " ", page).split())


def test_who_lacks_the_right_is_told_which_one_it_takes(site: TestSite, helper: Browser) -> None:
    anna, course = making.user(site, "anna"), making.course(site, "C1")
    making.enrol(site, anna, course)
    arts = making.category(site, "Arts")
    doors = {
        f"{USERS}/new": (
            "You may not add a user.",
            "It takes moodle/user:create in the whole site.",
        ),
        f"{COURSES}/new": (
            "You may not add a course.",
            "It takes moodle/course:create in the whole site.",
        ),
        f"{USERS}/{anna}/delete": (
            "You may not delete the account anna.",
            "It takes moodle/user:delete in the whole site.",
        ),
        f"{COURSES}/{course}/delete": (
            "You may not delete the course C1.",
            f"It takes moodle/course:delete in course {course}.",
        ),
        f"{COURSES}/{course}/unenrol": (
            "You may not unenrol people from the course C1.",
            f"It takes enrol/manual:unenrol in course {course}.",
        ),
        f"{COURSES}/categories/{arts}": (
            "You may not change the category Arts.",
            f"It takes moodle/category:manage in category {arts}.",
        ),
        f"{COURSES}/categories/{arts}/delete": (
            "You may not delete the category Arts.",
            f"It takes moodle/category:manage in category {arts}.",
        ),
    }
    for path, (sentence, remedy) in doors.items():
        page = told(helper, path + (f"?user={anna}" if path.endswith("unenrol") else ""))
        assert sentence in page
        assert remedy in page


def test_no_way_to_a_closed_door_is_offered(
    site: TestSite, helper: Browser, browser: Browser
) -> None:
    course, arts = making.course(site, "C1"), making.category(site, "Arts")
    ways = {
        f"{COURSES}/{course}": f"{COURSES}/{course}/delete",
        f"{COURSES}?category={arts}": f"{COURSES}/categories/{arts}/delete",
        f"{COURSES}/categories": f"{COURSES}/categories/{arts}/delete",
        USERS: f"{USERS}/new",
        COURSES: f"{COURSES}/new",
    }
    for page, way in ways.items():
        assert f'"{way}"' in page_of(browser.get(page))
        assert f'"{way}"' not in page_of(helper.get(page))


def test_forms_within_a_page_are_for_those_whose_change_is_taken(
    site: TestSite, helper: Browser, browser: Browser
) -> None:
    anna, course = making.user(site, "anna"), making.course(site, "C1")
    making.activity(site, course)
    forms = {
        f"{COURSES}/categories": "Create the category",
        f"{COURSES}/{course}/activities": 'name="groupmode"',
        f"{USERS}/{anna}": f'action="{USERS}/{anna}/assign"',
    }
    for page, form in forms.items():
        assert form in page_of(browser.get(page))
        assert form not in page_of(helper.get(page))
    assert "no groups" in page_of(helper.get(f"{COURSES}/{course}/activities"))
    assert "You may give no role" in page_of(helper.get(f"{USERS}/{anna}"))


def test_only_places_that_are_open_are_offered(site: TestSite, served: Web) -> None:
    arts, other = making.category(site, "Arts"), making.category(site, "Other")
    below = making.category(site, "Below", arts)
    making.role(site, "curator", ["moodle/course:create", "moodle/category:manage"])
    keeper = making.user(site, "keeper")
    making.assign(site, "curator", keeper, making.context(site, contexts.CATEGORY, arts))
    browser = signed_in(served, keeper, "operator")
    assert f'href="{COURSES}/new"' in page_of(browser.get(COURSES))
    chosen = {
        f"{COURSES}/new": {arts, below},
        f"{COURSES}/categories": {arts, below},
        # The category above stays where it is, and is no place to move to.
        f"{COURSES}/categories/{below}": {arts},
        f"{COURSES}/categories/{arts}": {0},
    }
    for page, places in chosen.items():
        shown = page_of(browser.get(page))
        (select,) = re.findall(r'<select id="(?:category|parent)".*?</select>', shown)
        assert {int(value) for value in re.findall(r'value="(\d+)"', select)} == places
    # Where another one was chosen before, none is chosen in its place.
    for page in (f"{COURSES}/new?category={other}", f"{COURSES}/categories/{below}/delete"):
        shown = page_of(browser.get(page))
        assert ('<option value="">choose one</option>' in shown) == ("category=" in page)
    form = {"category": "", "fullname": "F", "shortname": "S"}
    assert "Choose the category." in page_of(browser.post(f"{COURSES}/new", form), 422)
    page = page_of(browser.get(f"{COURSES}/categories"))
    assert f'href="{COURSES}/categories/{arts}"' in page
    assert f'href="{COURSES}/categories/{other}"' not in page


def test_who_may_only_look_is_told_who_may_change_it(site: TestSite, served: Web) -> None:
    service = making.service(site, "one")
    viewer = signed_in(served, making.user(site, "viewer"), "viewer")
    pages = {
        f"/console/services/{service}/settings": "An operator of the console may change these.",
        "/console/web-services": "An operator of the console may switch them.",
        f"{ROLES}/1": "An owner of the console may change these.",
        f"{ROLES}/1/reach": "An owner of the console may change these.",
    }
    for path, sentence in pages.items():
        assert sentence in page_of(viewer.get(path))


def test_roles_are_offered_that_may_be_given(site: TestSite, served: Web) -> None:
    making.role(site, "low")
    making.role(site, "giver", ["moodle/role:assign"], may_assign=["low"])
    anna, giver = making.user(site, "anna"), making.user(site, "giver")
    making.assign(site, "giver", giver)
    browser = signed_in(served, giver, "operator")
    page = page_of(browser.get(f"{USERS}/{anna}"))
    (select,) = re.findall(r'<select id="role".*?</select>', page)
    assert re.findall(r'value="(\d+)"', select) == [str(making.role_id(site, "low"))]


def test_what_nobody_deletes_is_said_with_the_reason(
    site: TestSite, served: Web, browser: Browser
) -> None:
    assert "An administrator's account cannot be deleted." in told(
        browser, f"{USERS}/2/delete"
    ).replace("&#39;", "'")
    assert "The site course cannot be deleted." in told(browser, f"{COURSES}/1/delete")
    manager = making.role_id(site, "manager")
    assert "is one of the standard roles; keep it" in told(browser, f"{ROLES}/{manager}/delete")
    colleague = making.user(site, "colleague")
    console_rights.grant(site.call(), colleague, "viewer")
    deleter = making.user_with(site, "deleter", "moodle/user:delete")
    other = signed_in(served, deleter, "operator")
    assert "changes the account of who may use it" in told(other, f"{USERS}/{colleague}/delete")
    assert "Nobody deletes their own account." in told(other, f"{USERS}/{deleter}/delete")


def test_a_form_with_another_name_typed_shows_no_form_again_either(
    site: TestSite, helper: Browser
) -> None:
    anna, course = making.user(site, "anna"), making.course(site, "C1")
    helper.get("/console/")
    for path in (f"{USERS}/{anna}/delete", f"{COURSES}/{course}/delete"):
        assert f'action="{path}"' not in page_of(helper.post(path, {"confirm": "x"}), 403)


def test_what_is_not_there_is_not_found(browser: Browser) -> None:
    for path in (f"{USERS}/99/delete", f"{COURSES}/99/delete", f"{ROLES}/99/delete"):
        assert browser.get(path).status == 404
