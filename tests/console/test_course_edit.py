"""The form that changes a course: what it writes, what it refuses, and what it never loses."""

from datetime import UTC, datetime

import pytest

from coursewire.domain import course_care, course_rights
from coursewire.store import audit, courses
from coursewire.store.courses import CourseRecord
from tests.support import making
from tests.support.console import Browser, hidden, page_of, signed_in
from tests.support.sites import TestSite
from tests.support.web import Web

PATH = "/console/courses"
START = 1_735_700_000  # Not the first second of a day.


def actions(site: TestSite) -> list[str]:
    return [row.action for row in audit.records(site.session)]


class Edited:
    """A course and the fields of its form as they stand."""

    def __init__(self, site: TestSite, **values: int) -> None:
        self.site = site
        self.id = making.course(site, "C1", manual=True, idnumber="N-1", startdate=START, **values)
        self.path = f"{PATH}/{self.id}/edit"

    def fields(self, browser: Browser, **changes: str) -> dict[str, str]:
        return {
            **hidden(browser.get(self.path)),
            "fullname": "Course C1",
            "shortname": "C1",
            "idnumber": "N-1",
            "category": "1",
            "visible": "1",
            "startdate": "2025-01-01",
            "enddate": "",
            "format": "topics",
            "groupmode": "0",
            "grouping": "0",
            "summary": "",
            **changes,
        }

    def stored(self) -> CourseRecord:
        found = courses.get(self.site.session, self.id)
        assert found is not None
        return found


def test_everything_of_a_course_is_changed(site: TestSite, browser: Browser) -> None:
    course, arts = Edited(site), making.category(site, "Arts")
    teams = making.grouping(site, course.id, "Teams")
    fields = course.fields(
        browser,
        fullname="Drawing",
        shortname="DRAW",
        idnumber="N-2",
        category=str(arts),
        startdate="2026-02-01",
        enddate="2026-02-28",
        groupmode="2",
        groupmodeforce="1",
        grouping=str(teams),
        summary="<p>one\r\ntwo</p>",
    )
    del fields["visible"]
    done = page_of(browser.follow(browser.post(course.path, fields)))
    assert "is changed" in done
    found = course.stored()
    assert (found.fullname, found.shortname, found.idnumber) == ("Drawing", "DRAW", "N-2")
    assert (found.category, found.visible, found.format) == (arts, 0, "topics")
    assert (found.groupmode, found.groupmodeforce) == (2, 1)
    assert (found.defaultgroupingid, found.summary) == (teams, "<p>one\ntwo</p>")
    assert found.startdate == int(datetime(2026, 2, 1, tzinfo=UTC).timestamp())
    assert found.enddate == int(datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC).timestamp())
    assert actions(site).count("course.update") == 1


def test_a_form_that_changes_nothing_writes_nothing(site: TestSite, browser: Browser) -> None:
    course = Edited(site)
    before = course.stored()
    assert browser.post(course.path, course.fields(browser)).status == 303
    # The exact second of the start stays, though the form shows the day alone.
    assert course.stored() == before
    assert "course.update" not in actions(site)


def test_weeks_give_the_end_unless_somebody_chooses(site: TestSite, browser: Browser) -> None:
    course = Edited(site, numsections=4)
    weekly = course.fields(browser, format="weeks", automaticenddate="1", enddate="2030-01-01")
    assert browser.post(course.path, weekly).status == 303
    assert course.stored().enddate == START + 4 * 604_800
    chosen = course.fields(browser, format="weeks", enddate="2030-01-01")
    assert browser.post(course.path, chosen).status == 303
    assert course.stored().enddate == int(datetime(2030, 1, 1, 23, 59, 59, tzinfo=UTC).timestamp())
    page = page_of(browser.get(course.path))
    assert 'name="automaticenddate" value="1">' in page


@pytest.mark.parametrize(
    ("field", "value", "blamed"),
    [
        ("fullname", " ", "fullname"),
        ("shortname", "", "shortname"),
        ("shortname", "OTHER", "shortname"),
        ("idnumber", "N-9", "idnumber"),
        ("idnumber", "x" * 101, "idnumber"),
        ("category", "9999", "category"),
        ("enddate", "2001-01-01", "enddate"),
        ("enddate", "soon", "enddate"),
        ("startdate", "", "enddate"),
        ("format", "<b>", "format"),
        ("groupmode", "7", "groupmode"),
        ("grouping", "9999", "grouping"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(
    site: TestSite, browser: Browser, field: str, value: str, blamed: str
) -> None:
    course = Edited(site)
    making.course(site, "OTHER", idnumber="N-9")
    before = course.stored()
    end = {} if field == "enddate" else {"enddate": "2026-01-01"}
    fields = course.fields(browser, summary="kept", **end, **{field: value})
    page = page_of(browser.post(course.path, fields), 422)
    assert f'id="{blamed}-error"' in page
    assert "kept</textarea>" in page
    assert course.stored() == before


def test_a_grouping_of_another_course_is_refused(site: TestSite, browser: Browser) -> None:
    course, other = Edited(site), making.course(site, "C2")
    foreign = making.grouping(site, other, "Foreign")
    page = page_of(browser.post(course.path, course.fields(browser, grouping=str(foreign))), 422)
    assert 'id="grouping-error"' in page
    assert "Foreign" not in page


def test_another_change_meanwhile_is_told(site: TestSite, browser: Browser) -> None:
    course = Edited(site)
    mine = course.fields(browser, fullname="Mine")
    theirs = course.fields(signed_in(browser.web), fullname="Theirs")
    rival = signed_in(browser.web)
    rival.get(course.path)
    assert rival.post(course.path, theirs | {"csrf": rival.csrf}).status == 303
    told = browser.post(course.path, mine)
    assert "full name “Theirs”" in page_of(told, 422)
    assert 'value="Mine"' in page_of(told, 422)
    assert course.stored().fullname == "Theirs"
    assert browser.post(course.path, {**mine, **hidden(told)}).status == 303
    assert course.stored().fullname == "Mine"


def test_some_fields_ask_for_a_right_of_their_own(site: TestSite, served: Web) -> None:
    course = Edited(site)
    helper_id = making.user_with(site, "helper", course_rights.UPDATE)
    helper = signed_in(served, helper_id, "operator")
    allowed = course.fields(helper, groupmode="1")
    assert helper.post(course.path, allowed).status == 303
    assert course.stored().groupmode == 1
    for field, value in {"fullname": "New", "shortname": "New", "idnumber": "New"}.items():
        fields = course.fields(helper, groupmode="1", **{field: value})
        assert f"moodle/course:change{field}" in page_of(helper.post(course.path, fields), 403)
    assert course.stored().shortname == "C1"


def test_what_of_it_is_not_theirs_to_change_is_said_beside_the_field(
    site: TestSite, served: Web, browser: Browser
) -> None:
    course = Edited(site)
    editor = making.user_with(site, "editor", course_rights.UPDATE, course_rights.NEEDS["summary"])
    page = page_of(signed_in(served, editor, "operator").get(course.path))
    for name in ("fullname", "shortname", "idnumber", "category", "visible"):
        assert f"You may not change it: it takes {course_rights.NEEDS[name]}." in page
    assert course_rights.NEEDS["summary"] not in page
    assert "You may not" not in page_of(browser.get(course.path))


def test_no_form_is_shown_of_a_course_that_stays_as_it_is(
    site: TestSite, served: Web, browser: Browser
) -> None:
    course = Edited(site)
    helper = signed_in(served, making.user(site, "helper"), "operator")
    page = page_of(helper.get(course.path), 403)
    assert "You may not change the course C1." in page
    assert f'action="{course.path}"' not in page
    assert "change the settings of the site" in page_of(browser.get(f"{PATH}/1/edit"), 403)


def test_nobody_changes_it_without_the_right(site: TestSite, served: Web) -> None:
    course = Edited(site)
    viewer = signed_in(served, making.user(site, "looker"), "viewer")
    assert viewer.get(course.path).status == 403
    assert f'{course.path}"' not in page_of(viewer.get(f"{PATH}/{course.id}"))
    helper = signed_in(served, making.user(site, "helper"), "operator")
    fields = course.fields(helper, fullname="New")
    assert course_rights.UPDATE in page_of(helper.post(course.path, fields), 403)
    assert course.stored().fullname == "Course C1"


def test_the_course_of_the_site_is_not_changed_here(site: TestSite, browser: Browser) -> None:
    course = Edited(site)
    fields = course.fields(browser)
    page = page_of(browser.post(f"{PATH}/1/edit", {**fields, "seen": ""}), 403)
    assert "settings of the site" in page
    assert set(course_care.FIELDS) <= set(CourseRecord.__struct_fields__)


def test_in_a_large_tree_the_category_is_typed(site: TestSite, browser: Browser) -> None:
    for number in range(310):
        last = making.category(site, f"Category {number:03}")
    course = Edited(site)
    page = page_of(browser.get(course.path))
    assert '<select id="category"' not in page
    assert browser.post(course.path, course.fields(browser, category=str(last))).status == 303
    assert course.stored().category == last
