"""What functions let into a site does not keep it from being written as a site file."""

import re

import pytest
import yaml

from coursewire.contracts.core_course import courses as c
from coursewire.domain import (
    activities,
    cohorts,
    courses,
    enrolments,
    grade_updates,
    new_users,
    user_updates,
)
from coursewire.domain.cohorts import NewCohort
from coursewire.domain.courses import NewCourse
from coursewire.domain.new_users import NewUser
from coursewire.domain.user_updates import UserUpdate
from coursewire.functions.core_course import changes as bodies
from coursewire.sitefile.export import export
from coursewire.sitefile.problems import BadSiteFile
from coursewire.store import courses as course_rows
from coursewire.store import preferences, users
from tests.support import making
from tests.support.sitefiles import apply, lines
from tests.support.sites import TestSite


def test_large_limits_and_many_sections_are_written(site: TestSite) -> None:
    """Two gigabytes is a limit that Moodle's own menu offers."""
    new = NewCourse(
        category=1, fullname="Big", shortname="BIG", maxbytes=10 * 2**30, numsections=1_000
    )
    courses.create(site.call(), new)
    found = export(site.session)
    (course,) = yaml.safe_load(found.text)["courses"]
    assert (course["maxbytes"], course["numsections"]) == (10 * 2**30, 1_000)
    assert found.left_out == {}
    assert lines(site, found.text) == []


def test_a_cohort_without_an_id_number_is_written(site: TestSite) -> None:
    ann = making.user(site, "ann")
    cohort_id = cohorts.create(site.call(), NewCohort(idnumber="", name="All"))
    cohorts.add_members(site.call(), cohort_id, [ann])
    text = export(site.session).text
    assert yaml.safe_load(text)["cohorts"] == [{"idnumber": "", "name": "All", "members": ["ann"]}]
    assert lines(site, text) == []


def test_what_a_file_does_not_take_is_put_aside_and_counted(site: TestSite) -> None:
    making.user(site, "ann", maildisplay=7, city="Bern")
    making.course(site, "OLD", groupmode=7, startdate=-86_400, newsitems=3)
    found = export(site.session)
    sections = yaml.safe_load(found.text)
    (user,) = sections["users"]
    assert (user["username"], user["city"]) == ("ann", "Bern")
    assert "maildisplay" not in sections["users"][0]
    (course,) = sections["courses"]
    assert course["newsitems"] == 3
    assert not {"groupmode", "startdate"} & course.keys()
    assert found.left_out == {
        f"values of {field} that a site file does not take": 1
        for field in ("users.maildisplay", "courses.startdate", "courses.groupmode")
    }


@pytest.mark.parametrize("startdate", [1_800_000_000, 0, -86_400])
def test_a_course_that_was_moved_behind_its_end_is_written_without_it(
    site: TestSite, startdate: int
) -> None:
    """A call that sends the new start alone is taken, as a Moodle takes it."""
    moved = making.course(site, "MOVED", startdate=1_700_000_000, enddate=1_750_000_000)
    kept = making.course(site, "KEPT", startdate=1_700_000_000, enddate=1_750_000_000)
    params = c.UpdateCourses(courses=[c.CourseChange(id=moved, startdate=startdate)])
    assert bodies.update_courses(site.call(), params).warnings == []
    found = export(site.session)
    assert found.left_out["values of courses.enddate that a site file does not take"] == 1
    again = found.text.replace("MOVED", "AGAIN")
    apply(site, again)
    assert lines(site, again) == []
    courses_now = course_rows.every(site.session)
    ends = {course.shortname: course.enddate for course in courses_now.values()}
    assert ends["AGAIN"] == 0
    assert ends["KEPT"] == courses_now[kept].enddate == 1_750_000_000


def test_an_account_whose_password_is_to_be_made_is_written_and_read(site: TestSite) -> None:
    """So connectors create people; earlier versions noted more than a file takes."""
    new = NewUser(
        username="ann", firstname="A", lastname="A", email="ann@x.example", createpassword=True
    )
    made = new_users.create(site.call(), new)
    preferences.put(site.session, made.id, {"create_password": "1"})
    text = export(site.session).text
    assert lines(site, text) == []
    again = text.replace("ann", "ben")
    apply(site, again)
    assert lines(site, again) == []
    assert yaml.safe_load(export(site.session).text)["users"][1]["preferences"] == {
        "auth_forcepasswordchange": "1",
    }


@pytest.mark.parametrize(
    "values",
    [{"firstname": "", "lastname": " "}, {"auth": "webservice"}, {"lang": ""}],
    ids=["blank names", "auth", "lang"],
)
def test_what_a_change_left_of_an_account_is_written_and_read(
    site: TestSite, values: dict[str, str]
) -> None:
    """Nobody is created like this; functions change people so, as a Moodle lets them."""
    ann = making.user(site, "ann")
    user_updates.apply(site.call(), UserUpdate(id=ann, values=values), str)
    text = export(site.session).text
    assert lines(site, text) == []
    for again in (text.replace("ann", "ben"), text.replace("ann", "kim")):
        if "kim" in again:
            making.user(site, "kim")
        apply(site, again)
        assert lines(site, again) == []
    for name in ("ben", "kim"):
        held = users.by_username(site.session, name)
        assert held is not None
        assert {field: getattr(held, field) for field in values} == values


def test_an_account_of_another_site_is_not_made(site: TestSite) -> None:
    file = (
        "users: [{username: ann, firstname: A, lastname: A, email: a@x.example, auth: %s,"
        " lang: %s}]"
    )
    for auth, lang in (("mnet", "en"), ("manual", "xx"), ("nosuch", "en")):
        with pytest.raises(BadSiteFile):
            apply(site, file % (auth, lang))


def test_what_a_course_shows_comes_back(site: TestSite) -> None:
    new = NewCourse(
        category=1,
        fullname="Plain",
        shortname="PLAIN",
        showreports=1,
        completionnotify=1,
        showactivitydates=1,
        showcompletionconditions=0,
    )
    courses.create(site.call(), new)
    text = export(site.session).text
    assert lines(site, text) == []
    again = text.replace("PLAIN", "AGAIN").replace("showreports: true, ", "")
    apply(site, again)
    assert lines(site, again) == []
    apply(site, again.replace("showactivitydates: true", "showactivitydates: false"))
    first, second = yaml.safe_load(export(site.session).text)["courses"]
    shown = {"completionnotify": True, "showcompletionconditions": False}
    assert {**first, "shortname": ""} == {
        **second, "shortname": "", "showreports": True, "showactivitydates": True,
    }  # fmt: skip
    assert shown.items() <= second.items()


def test_what_a_file_does_not_say_of_a_course_stays(site: TestSite) -> None:
    new = NewCourse(category=1, fullname="Plain", shortname="PLAIN", showreports=1)
    courses.create(site.call(), new)
    text = export(site.session).text
    shown = "show(reports|activitydates|completionconditions)|completionnotify"
    silent = re.sub(rf",\s*({shown}): \w+", "", text)
    assert "show" not in silent
    assert "show" in text
    assert lines(site, silent) == []


def test_a_way_for_a_cohort_without_an_id_number_is_written_as_closed(site: TestSite) -> None:
    course = making.course(site, "C")
    cohort = cohorts.create(site.call(), NewCohort(idnumber="", name="All"))
    with (call := site.call()).transaction():
        enrolments.add_instance(call, course, "self", cohort_id=cohort)
    found = export(site.session)
    (way,) = yaml.safe_load(found.text)["self_enrolments"]
    assert way["new_enrolments"] is False
    assert list(found.left_out.values()) == [1]
    assert lines(site, found.text) == []


def test_texts_of_other_formats_and_choices_of_people_are_counted(site: TestSite) -> None:
    course = making.course(site, "C")
    making.group(site, course, "G", description="**b**", descriptionformat=4)
    making.group(site, course, "H", description="", descriptionformat=4)
    grouping = making.grouping(site, course, "GG", description="b", descriptionformat=2)
    with site.session.transaction():
        course_rows.change(site.session, course, {"defaultgroupingid": grouping})
    making.user(site, "ann", theme="classic", mailformat=0)
    assert export(site.session).left_out == {
        "descriptions of groups, in a format other than HTML": 1,
        "descriptions of groupings, in a format other than HTML": 1,
        "themes of users": 1,
        "users who want mail as plain text": 1,
        "default groupings of courses": 1,
    }


def test_grades_from_outside_are_written_with_the_maximum_of_their_item(site: TestSite) -> None:
    course = making.course(site, "MATH")
    module_id = making.activity(site, course, "page", name="Read")
    ann = making.user(site, "ann")
    activity = activities.require(site.session, module_id)
    grade_updates.update(site.call(), activity, 0, {"grademax": 12.5}, {ann: 9})
    grade_updates.update(site.call(), activity, 1, {}, {ann: 7})
    found = export(site.session)
    (written,) = yaml.safe_load(found.text)["activities"]
    assert (written["grade"], written["grades"]) == (13, {"ann": 9})
    assert found.left_out["grades in further items of activities"] == 1
    assert lines(site, found.text) == []


READING = """
users:
  - {username: ann, firstname: Ann, lastname: Doe, email: ann@example.com, auth: nologin}
courses:
  - {shortname: MATH, fullname: Mathematics}
activities:
  - {course: MATH, type: page, name: Read, intro: Soon}
"""


def test_the_file_that_made_a_site_takes_no_grades_away_that_came_since(site: TestSite) -> None:
    made = apply(site, READING).ids
    activity = activities.require(site.session, made["cm"]["MATH/Read"])
    ann = made["user"]["ann"]
    grade_updates.update(site.call(), activity, 0, {"grademax": 12.5}, {ann: 9})
    assert lines(site, READING) == []
    changed = READING.replace("Soon", "Now")
    assert lines(site, changed) == ["~ activities MATH/Read: intro Soon → Now"]
    apply(site, changed)
    (written,) = yaml.safe_load(export(site.session).text)["activities"]
    assert (written["intro"], written["grades"]) == ("Now", {"ann": 9})
    # One that grades it gives it the maximum of the file.
    apply(site, READING.replace("Soon", "Soon, grade: 20"))
    (written,) = yaml.safe_load(export(site.session).text)["activities"]
    assert (written["grade"], written["grades"]) == (20, {"ann": 9})
