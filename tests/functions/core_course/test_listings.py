"""Finding courses: three tiers of what is told, criteria, words, and pages."""

from typing import Any

import pytest

from coursewire.contracts.core_course import listings as c
from coursewire.contracts.errors import InvalidParameter, NoPermission
from coursewire.contracts.fields import UNSET
from coursewire.contracts.parts import CustomFieldValue
from coursewire.domain import contexts, custom_fields
from coursewire.domain.site import SITE_COURSE
from coursewire.functions.core_course import listings
from coursewire.store import sections
from tests.support import making
from tests.support.refusals import refused
from tests.support.school import UNKNOWN, Classroom, School

VIEW, UPDATE = "moodle/course:view", "moodle/course:update"
COURSE_LIST = "moodle/category:viewcourselist"
PROHIBIT = -1_000


def by_field(
    school: School, field: str = "", value: object = "", user: int | None = None
) -> c.CoursesByField:
    params = c.GetCoursesByField(field=field, value=str(value))
    return listings.get_courses_by_field(school.call(user), params)


def ids(answer: c.CoursesByField | c.FoundCourses) -> list[int]:
    return [course.id for course in answer.courses]


def search(school: School, text: str, user: int | None = None, **values: Any) -> c.FoundCourses:
    params = c.SearchCourses(**{"criterianame": "search", "criteriavalue": text, **values})
    return listings.search_courses(school.call(user), params)


def test_strangers_participants_and_editors_are_told_more_and_more(classroom: Classroom) -> None:
    school = classroom.school
    told = {
        user: by_field(school, "id", classroom.course, user).courses[0]
        for user in (classroom.stranger, classroom.ann, classroom.teacher)
    }
    stranger, learner, teacher = told.values()
    assert (stranger.format, stranger.idnumber) == (UNSET, UNSET)
    assert (learner.format, learner.idnumber) == ("topics", UNSET)
    assert (teacher.format, teacher.idnumber) == ("topics", "")
    for shown in told.values():
        assert [contact.id for contact in shown.contacts] == [classroom.teacher]
        assert shown.enrollmentmethods == ["manual"]
        assert shown.categoryname == "Category 1"


def test_each_field_finds_its_courses(classroom: Classroom) -> None:
    school, first = classroom.school, classroom.course
    science = school.category("SCI")
    second = school.course("BIO", science, idnumber="C-BIO")
    (section,) = sections.of_course(school.site.session, second)
    assert ids(by_field(school)) == [SITE_COURSE, first, second]
    assert ids(by_field(school, "shortname", "BIO")) == [second]
    assert ids(by_field(school, "idnumber", "C-BIO")) == [second]
    assert ids(by_field(school, "category", science)) == [second]
    assert ids(by_field(school, "sectionid", section.id)) == [second]
    assert ids(by_field(school, "id", "x")) == []
    assert ids(by_field(school, "ids", f"{second},{first}")) == [second, first]
    with refused(InvalidParameter):
        by_field(school, "fullname", "x")


def test_ids_that_cannot_be_entered_are_warnings(classroom: Classroom) -> None:
    school = classroom.school
    other = school.course("OTHER")
    asked = f"{other},{classroom.course},{UNKNOWN}"
    answer = by_field(school, "ids", asked, classroom.ann)
    assert ids(answer) == [other, classroom.course]
    assert isinstance(answer.warnings, list)
    warned = [(warning.itemid, warning.warningcode) for warning in answer.warnings]
    assert warned == [(other, "1"), (UNKNOWN, "1")]


def test_hidden_courses_are_kept_back(classroom: Classroom) -> None:
    school = classroom.school
    hidden = school.course("HID", visible=0)
    assert ids(by_field(school, "id", hidden, classroom.stranger)) == []
    assert ids(search(school, "HID", classroom.stranger)) == []
    assert ids(by_field(school, "id", hidden)) == [hidden]
    assert ids(search(school, "HID")) == [hidden]


def test_without_the_course_list_only_ones_own_courses_are_known(classroom: Classroom) -> None:
    school = classroom.school
    school.course("ALG2")
    making.override(school.site, "user", COURSE_LIST, PROHIBIT)
    assert ids(search(school, "ALG", classroom.ann)) == [classroom.course]
    assert ids(by_field(school, "shortname", "ALG2", classroom.ann)) == []


def test_the_name_of_a_hidden_category_is_kept_back(classroom: Classroom) -> None:
    school = classroom.school
    hidden = making.category(school.site, "Closed", visible=0)
    course = school.course("SHOWN", hidden)
    (shown,) = by_field(school, "id", course, classroom.ann).courses
    assert (shown.categoryid, shown.categoryname) == (hidden, "")
    assert by_field(school, "id", course).courses[0].categoryname == "Closed"


def test_contacts_take_part_and_hold_the_role_here_or_above(classroom: Classroom) -> None:
    school, course = classroom.school, classroom.course
    above = school.student("above", course)
    category = making.context(school.site, contexts.CATEGORY, 1)
    making.assign(school.site, "editingteacher", above, category)
    making.assign(school.site, "editingteacher", classroom.stranger, category)
    (shown,) = by_field(school, "id", course).courses
    assert {contact.id for contact in shown.contacts} == {classroom.teacher, above}


def test_completion_conditions_are_null_where_completion_is_off(school: School) -> None:
    on, off = school.course("ON"), school.course("OFF", enablecompletion=0)
    answer = by_field(school, "ids", f"{on},{off}")
    assert [course.showcompletionconditions for course in answer.courses] == [True, None]


def test_custom_fields_are_told(school: School) -> None:
    custom_fields.define(school.call(), "course", "level", "Level")
    fields = [CustomFieldValue(shortname="level", value="3 & 4")]
    course = school.course("ALG", customfields=fields)
    (shown,) = by_field(school, "id", course).courses
    assert shown.customfields is not UNSET
    assert [(each.valueraw, each.value) for each in shown.customfields] == [("3 & 4", "3 &amp; 4")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("zephyr", {"one", "two"}),
        ("ZEPH", {"one", "two"}),
        ("zephyr alpha", {"one"}),
        ("+zephyr -alpha", {"two"}),
        ("+zeph", set()),
        ("needle", {"one"}),
        ("z-idn", {"two"}),
        ("ünïc", {"two"}),
        ('"zephyr alpha"', set()),
        ("nothing", set()),
        ("-", {"two"}),
    ],
)
def test_words_are_found(school: School, text: str, found: set[str]) -> None:
    made = {
        "one": school.course("z1", fullname="Zephyr alpha", summary="<p>a needle</p>"),
        "two": school.course("z2", fullname="The Zephyr ÜNÏC", idnumber="z-idn"),
    }
    assert set(ids(search(school, text))) == {made[name] for name in found}


def test_pages_of_what_was_found(school: School) -> None:
    made = [school.course(f"z{number}") for number in range(3)]
    everything = ids(search(school, "z"))
    assert sorted(everything) == made
    second = search(school, "z", page=1, perpage=2)
    assert (second.total, ids(second)) == (3, everything[2:])
    assert ids(search(school, "z", page=1)) == everything
    with refused(InvalidParameter):
        search(school, "z", page=-1, perpage=2)


def test_what_was_found_can_be_narrowed(classroom: Classroom) -> None:
    school, course = classroom.school, classroom.course
    other = school.course("ALG2", enablecompletion=0)
    assert ids(search(school, "ALG", classroom.ann, limittoenrolled=True)) == [course]
    assert ids(search(school, "ALG", classroom.ann, onlywithcompletion=True)) == [course]
    allowed = search(school, "ALG", classroom.teacher, requiredcapabilities=[UPDATE])
    assert ids(allowed) == [course]
    assert set(ids(search(school, "ALG"))) == {course, other}


def test_other_criteria(classroom: Classroom) -> None:
    school, course = classroom.school, classroom.course
    school.activity(course)
    school.course("BARE")
    assert ids(search(school, "forum", criterianame="modulelist")) == [course]
    assert ids(search(school, "1", criterianame="blocklist")) == []
    assert ids(search(school, "1", classroom.ann, criterianame="tagid")) == []
    for kind in ("modulelist", "blocklist"):
        with refused(NoPermission):
            search(school, "forum", classroom.teacher, criterianame=kind)
    with refused(InvalidParameter):
        search(school, "x", criterianame="bogus")
    with refused(InvalidParameter):
        search(school, "x" * 1_001)


def test_in_8_at_most_255_characters_are_searched_for(school: School) -> None:
    assert ids(search(school, "x" * 255)) == []
    with refused(InvalidParameter):
        search(school, "x" * 256)
