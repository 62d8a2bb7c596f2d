"""Categories in the console: listed, created, moved, hidden; deleted with contents or without."""

import csv
import io

from coursewire.domain import cohorts
from coursewire.domain.cohorts import NewCohort
from coursewire.store import audit, categories, courses
from coursewire.store.categories import CategoryRecord
from tests.support import making
from tests.support.console import Browser, hidden, page_of, signed_in
from tests.support.sites import TestSite
from tests.support.web import Web

COURSES = "/console/courses"
PATH = f"{COURSES}/categories"


def actions(site: TestSite) -> list[str]:
    return [row.action for row in audit.records(site.session)]


def stored(site: TestSite, category_id: int) -> CategoryRecord:
    found = categories.get(site.session, category_id)
    assert found is not None
    return found


def fields(browser: Browser, site: TestSite, category_id: int, **changes: str) -> dict[str, str]:
    """The form of a category as it stands, with changes."""
    row = stored(site, category_id)
    return {
        **hidden(browser.get(f"{PATH}/{category_id}")),
        "name": row.name,
        "idnumber": row.idnumber or "",
        "description": row.description,
        "parent": str(row.parent),
        **({"visible": "1"} if row.visible else {}),
        **changes,
    }


def test_categories_are_listed_in_the_order_of_the_tree(site: TestSite, browser: Browser) -> None:
    science = making.category(site, "Science", idnumber="SCI")
    making.category(site, "Arts")
    biology = making.category(site, "Biology", science)
    making.course(site, "C1", category=biology)
    page = page_of(browser.get(PATH))
    assert page.index(">Science<") < page.index(">Biology<") < page.index(">Arts<")
    found = page_of(browser.get(f"{PATH}?q=biol"))
    assert "Science / Biology" in found
    assert ">Arts</a>" not in found
    rows = list(csv.DictReader(io.StringIO(page_of(browser.post(f"{PATH}/csv")))))
    assert [(row["path"], row["courses"]) for row in rows[1:]] == [
        ("Science", "0"),
        ("Science / Biology", "1"),
        ("Arts", "0"),
    ]


def test_a_category_is_created_inside_another(browser: Browser) -> None:
    browser.get(PATH)
    form = {"name": "Biology", "parent": "1", "idnumber": "BIO"}
    done = page_of(browser.follow(browser.post(PATH, form)))
    assert "The category Biology is created." in done
    assert "Edit category" in done
    told = page_of(browser.post(PATH, {**form, "name": "Other"}), 422)
    assert 'id="idnumber-error"' in told
    assert 'value="Other"' in told
    assert 'id="parent-error"' in page_of(browser.post(PATH, {"name": "X", "parent": "999"}), 422)
    assert 'id="name-error"' in page_of(browser.post(PATH, {"name": ""}), 422)
    assert 'id="name-error"' in page_of(browser.post(PATH, {"name": "x" * 256}), 422)


def test_a_category_is_changed_moved_and_hidden(site: TestSite, browser: Browser) -> None:
    science, arts = making.category(site, "Science"), making.category(site, "Arts")
    course = making.course(site, "C1", category=arts)
    form = fields(browser, site, arts, name="Fine arts", parent=str(science), idnumber="ART")
    del form["visible"]
    assert browser.post(f"{PATH}/{arts}", form).status == 303
    found = stored(site, arts)
    assert (found.name, found.idnumber, found.parent) == ("Fine arts", "ART", science)
    assert found.path == f"/{science}/{arts}"
    inside = courses.get(site.session, course)
    assert inside is not None
    assert (found.visible, inside.visible) == (0, 0)
    assert actions(site).count("category.update") == 1
    again = fields(browser, site, arts)
    assert browser.post(f"{PATH}/{arts}", again).status == 303
    assert actions(site).count("category.update") == 1


def test_a_category_is_not_moved_into_itself_or_shown_in_a_hidden_one(
    site: TestSite, browser: Browser
) -> None:
    science = making.category(site, "Science")
    biology = making.category(site, "Biology", science)
    page = page_of(browser.get(f"{PATH}/{science}"))
    assert f'<option value="{biology}"' not in page
    form = fields(browser, site, science, parent=str(biology))
    assert 'id="parent-error"' in page_of(browser.post(f"{PATH}/{science}", form), 422)
    assert stored(site, science).parent == 0
    shown = fields(browser, site, science)
    del shown["visible"]
    assert browser.post(f"{PATH}/{science}", shown).status == 303
    form = fields(browser, site, biology, visible="1")
    assert 'id="visible-error"' in page_of(browser.post(f"{PATH}/{biology}", form), 422)
    assert stored(site, biology).visible == 0


def test_another_change_meanwhile_is_told(site: TestSite, browser: Browser) -> None:
    arts = making.category(site, "Arts")
    mine = fields(browser, site, arts, name="Mine")
    rival = signed_in(browser.web)
    theirs = fields(rival, site, arts, name="Theirs")
    assert rival.post(f"{PATH}/{arts}", theirs).status == 303
    told = browser.post(f"{PATH}/{arts}", mine)
    assert "name “Theirs”" in page_of(told, 422)
    assert 'value="Mine"' in page_of(told, 422)
    assert stored(site, arts).name == "Theirs"


def test_an_empty_category_goes_after_its_name_was_typed(site: TestSite, browser: Browser) -> None:
    arts = making.category(site, "Arts")
    here = f"{PATH}/{arts}/delete"
    assert "Nothing stands in it" in page_of(browser.get(here))
    assert 'id="confirm-error"' in page_of(browser.post(here, {"confirm": "arts"}), 422)
    assert browser.post(here, {"confirm": "Arts"}).status == 303
    assert categories.get(site.session, arts) is None
    assert "category.delete" in actions(site)


def test_what_stands_in_it_is_said_first_and_moved(site: TestSite, browser: Browser) -> None:
    arts, science = making.category(site, "Arts"), making.category(site, "Science")
    below = making.category(site, "Drawing", arts)
    course = making.course(site, "C1", category=below)
    making.enrol(site, making.user(site, "anna"), course)
    cohorts.create(site.call(), NewCohort(name="Painters", category_id=arts))
    here = f"{PATH}/{arts}/delete"
    page = page_of(browser.get(here))
    for told in ("1 category below it", "1 course with 1 enrolment", "1 cohort", "Cohorts stay"):
        assert told in page
    assert f'<option value="{below}"' not in page
    form = {"confirm": "Arts", "contents": "move"}
    for wrong in (below, arts, 9999):
        told = page_of(browser.post(here, {**form, "target": str(wrong)}), 422)
        assert 'id="target-error"' in told, wrong
    assert 'id="contents"' in page_of(browser.post(here, {"confirm": "Arts"}), 422)
    assert stored(site, below).parent == arts
    assert browser.post(here, {**form, "target": str(science)}).status == 303
    assert categories.get(site.session, arts) is None
    assert stored(site, below).parent == science
    assert courses.get(site.session, course) is not None


def test_all_that_stands_in_it_is_deleted(site: TestSite, browser: Browser) -> None:
    arts = making.category(site, "Arts")
    below = making.category(site, "Drawing", arts)
    course = making.course(site, "C1", category=below)
    here = f"{PATH}/{arts}/delete"
    browser.get(here)
    assert browser.post(here, {"confirm": "Arts", "contents": "delete"}).status == 303
    assert categories.get(site.session, below) is None
    assert courses.get(site.session, course) is None
    assert {"category.delete", "course.delete"} <= set(actions(site))


def test_courses_that_must_stay_keep_the_category(site: TestSite, served: Web) -> None:
    arts = making.category(site, "Arts")
    course = making.course(site, "C1", category=arts)
    helper_id = making.user_with(site, "helper", "moodle/category:manage")
    helper = signed_in(served, helper_id, "operator")
    here = f"{PATH}/{arts}/delete"
    helper.get(here)
    told = page_of(helper.post(here, {"confirm": "Arts", "contents": "delete"}), 422)
    assert f"course {course} is to stay" in told
    assert categories.get(site.session, arts) is not None


def test_nobody_acts_without_the_right(site: TestSite, served: Web) -> None:
    arts = making.category(site, "Arts")
    viewer = signed_in(served, making.user(site, "looker"), "viewer")
    page = page_of(viewer.get(PATH))
    assert "Add a category" not in page
    assert f'{PATH}/{arts}"' not in page
    assert viewer.get(f"{PATH}/{arts}").status == 403
    helper = signed_in(served, making.user(site, "helper"), "operator")
    form = fields(helper, site, arts, name="Stolen")
    assert "moodle/category:manage" in page_of(helper.post(f"{PATH}/{arts}", form), 403)
    assert helper.post(PATH, {"name": "New"}).status == 403
    assert helper.post(f"{PATH}/{arts}/delete", {"confirm": "Arts"}).status == 403
    assert stored(site, arts).name == "Arts"
