"""Changing courses: each by itself, each field with its right, failures as warnings."""

from typing import Any

import msgspec
import pytest

from coursewire.contracts.core_course import courses as c
from coursewire.domain import contexts
from coursewire.domain.site import SITE_COURSE
from coursewire.functions.core_course import changes
from coursewire.store import courses as rows
from coursewire.store import sections
from coursewire.store.courses import CourseRecord
from tests.support import making
from tests.support.refusals import unchanged
from tests.support.school import UNKNOWN, Classroom, School

UPDATE = "moodle/course:update"
VIEW = "moodle/course:view"
START = 1_735_689_600


def update(
    school: School, *wanted: dict[str, Any], user: int | None = None
) -> list[tuple[object, str]]:
    """The warnings, each as id and code."""
    params = msgspec.convert({"courses": wanted}, c.UpdateCourses)
    warnings = changes.update_courses(school.call(user), params).warnings
    assert warnings is not msgspec.UNSET
    return [(warning.itemid, warning.warningcode) for warning in warnings]


def course(school: School, course_id: int) -> CourseRecord:
    found = rows.get(school.site.session, course_id)
    assert found is not None
    return found


def test_what_was_sent_is_written(school: School) -> None:
    other = school.category("other")
    made = school.course("ALG", numsections=1, startdate=START)
    wanted = {
        "fullname": "Algebra",
        "shortname": "ALG2",
        "idnumber": "C-1",
        "summary": "s",
        "summaryformat": 2,
        "categoryid": other,
        "visible": 0,
        "lang": "en",
        "groupmode": 2,
        "enddate": START + 5,
        "startdate": START,
        "numsections": 3,
        "courseformatoptions": [{"name": "coursedisplay", "value": "1"}],
        "hiddensections": 0,
    }
    assert update(school, {"id": made, **wanted}) == []
    found = course(school, made)
    assert (found.fullname, found.shortname, found.idnumber) == ("Algebra", "ALG2", "C-1")
    assert (found.category, found.visible, found.visibleold) == (other, 0, 0)
    assert (found.lang, found.groupmode, found.enddate) == ("en", 2, START + 5)
    assert len(sections.of_course(school.site.session, made)) == 4
    stored = rows.format_options(school.site.session, [made])[made, "topics"]
    assert stored == {"coursedisplay": "1", "hiddensections": "0"}
    around = making.context(school.site, contexts.CATEGORY, other)
    assert making.course_context(school.site, made).ids[:-1] == around.ids


def test_fewer_sections_leave_those_that_are_there(school: School) -> None:
    made = school.course("ALG", numsections=3)
    assert update(school, {"id": made, "numsections": 1}) == []
    assert len(sections.of_course(school.site.session, made)) == 4


def test_only_the_dates_that_are_sent_are_compared(school: School) -> None:
    made = school.course("ALG", startdate=START, enddate=START + 10)
    assert update(school, {"id": made, "startdate": START + 20}) == []
    assert update(school, {"id": made, "enddate": START + 30}) == [(made, "nostartdatenoenddate")]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"fullname": " "}, "errorinvalidparam"),
        ({"shortname": ""}, "errorinvalidparam"),
        ({"shortname": "OLD"}, "shortnametaken"),
        ({"idnumber": "C-OLD"}, "courseidnumbertaken"),
        ({"summaryformat": 7}, "formatnotsupported"),
        ({"lang": "xx"}, "errorinvalidparam"),
        ({"startdate": START, "enddate": START - 1}, "enddatebeforestartdate"),
        ({"enddate": START}, "nostartdatenoenddate"),
        ({"fullname": "f" * 1_334}, "dmlwriteexception"),
        ({"categoryid": UNKNOWN}, "invalidrecordunknown"),
        ({"numsections": 1_001}, "invalidparameter"),
    ],
)
def test_a_bad_change_is_a_warning_and_the_others_go_through(
    school: School, values: dict[str, Any], code: str
) -> None:
    school.course("OLD", idnumber="C-OLD")
    first, bad, last = (school.course(name) for name in ("A", "B", "C"))
    before = course(school, bad)
    found = update(
        school,
        {"id": first, "fullname": "one"},
        {"id": bad, "groupmode": 1, **values},
        {"id": last, "fullname": "three"},
    )
    assert found == [(bad, code)]
    assert course(school, bad) == before
    assert (course(school, first).fullname, course(school, last).fullname) == ("one", "three")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"fullname": " ", "shortname": "OLD", "lang": "xx"}, "errorinvalidparam"),
        ({"summaryformat": 7, "shortname": "OLD"}, "formatnotsupported"),
        ({"shortname": "OLD", "idnumber": "C-OLD", "enddate": 5}, "shortnametaken"),
        ({"idnumber": "C-OLD", "enddate": 5}, "courseidnumbertaken"),
        ({"enddate": 5, "shortname": "s" * 256}, "nostartdatenoenddate"),
    ],
)
def test_of_several_faults_the_first_is_told(
    school: School, values: dict[str, Any], code: str
) -> None:
    school.course("OLD", idnumber="C-OLD")
    made = school.course("ALG")
    with unchanged(school.site.session):
        assert update(school, {"id": made, **values}) == [(made, code)]


def test_a_field_is_looked_at_before_the_right_to_the_next(school: School) -> None:
    made = school.course("ALG")
    editor = school.holder("editor", VIEW, UPDATE, "moodle/course:changefullname")
    with unchanged(school.site.session):
        wanted = {"id": made, "fullname": " ", "shortname": "x"}
        assert update(school, wanted, user=editor) == [(made, "errorinvalidparam")]
        wanted = {"id": made, "fullname": "F", "shortname": ""}
        assert update(school, wanted, user=editor) == [(made, "nopermissions")]


@pytest.mark.parametrize("value", ["", "x", "1e5", "1,2", "9" * 40])
def test_an_option_that_is_no_number_is_none(school: School, value: str) -> None:
    made = school.course("W", format="weeks", startdate=START, numsections=2)
    options = [{"name": name, "value": value} for name in ("coursedisplay", "automaticenddate")]
    assert update(school, {"id": made, "courseformatoptions": options}) == []
    stored = rows.format_options(school.site.session, [made])[made, "weeks"]
    assert all(option.isdigit() for option in stored.values())


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"numsections": 2**63 - 1}, "invalidparameter"),
        ({"format": "weeks", "startdate": 2**63 - 1}, "dmlwriteexception"),
    ],
)
def test_what_no_calendar_holds_is_refused(
    school: School, values: dict[str, Any], code: str
) -> None:
    made = school.course("ALG")
    with unchanged(school.site.session):
        assert update(school, {"id": made, **values}) == [(made, code)]


def test_courses_that_cannot_be_changed_are_warnings(school: School) -> None:
    with unchanged(school.site.session):
        assert update(school, {"id": UNKNOWN}) == [(UNKNOWN, "invalidrecordunknown")]
        assert update(school, {"id": SITE_COURSE, "fullname": "x"}) == [
            (SITE_COURSE, "invalidcourse")
        ]


def test_who_may_not_enter_or_change_is_warned(classroom: Classroom) -> None:
    school, made = classroom.school, classroom.course
    with unchanged(classroom.site.session):
        wanted = {"id": made, "fullname": "x"}
        assert update(school, wanted, user=classroom.stranger) == [(made, "requireloginerror")]
        assert update(school, wanted, user=classroom.ann) == [(made, "nopermissions")]


@pytest.mark.parametrize(
    ("values", "capability"),
    [
        ({"fullname": "x"}, "moodle/course:changefullname"),
        ({"shortname": "x"}, "moodle/course:changeshortname"),
        ({"idnumber": "x"}, "moodle/course:changeidnumber"),
        ({"summary": "x"}, "moodle/course:changesummary"),
        ({"summaryformat": 2}, "moodle/course:changesummary"),
        ({"visible": 0}, "moodle/course:visibility"),
        ({"lang": "en"}, "moodle/course:setforcedlanguage"),
        ({"categoryid": "other"}, "moodle/course:changecategory"),
    ],
)
def test_each_field_needs_its_right(
    school: School, values: dict[str, Any], capability: str
) -> None:
    other = school.category("other")
    made = school.course("ALG")
    wanted = {"id": made, **{name: other if v == "other" else v for name, v in values.items()}}
    editor = school.holder("editor", VIEW, UPDATE)
    with unchanged(school.site.session):
        assert update(school, wanted, user=editor) == [(made, "nopermissions")]
    making.override(school.site, "editor", capability, 1)
    assert update(school, wanted, user=editor) == []


def test_sending_what_stands_there_needs_nothing(school: School) -> None:
    made = school.course("ALG", fullname="Algebra")
    editor = school.holder("editor", VIEW, UPDATE)
    same = {"id": made, "fullname": "Algebra", "categoryid": 1, "visible": 1, "lang": ""}
    assert update(school, {**same, "groupmode": 1}, user=editor) == []


def test_a_hidden_category_hides_what_is_moved_into_it(school: School) -> None:
    hidden = making.category(school.site, "H", visible=0)
    made = school.course("ALG")
    assert update(school, {"id": made, "categoryid": hidden}) == []
    assert course(school, made).visible == 0
