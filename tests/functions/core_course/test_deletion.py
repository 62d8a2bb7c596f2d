"""Deleting courses: warnings for what stays, an exception for what may not be entered."""

import pytest

from coursewire.contracts.core_course import courses as c
from coursewire.contracts.errors import RequireLogin
from coursewire.domain import contexts, courses
from coursewire.domain.courses import NewCourse
from coursewire.domain.site import SITE_COURSE
from coursewire.functions.core_course import courses as bodies
from coursewire.store import courses as rows
from tests.support import making
from tests.support.refusals import refused, unchanged
from tests.support.school import UNKNOWN, Classroom, School
from tests.support.sites import TestSite

VIEW, CREATE = "moodle/course:view", "moodle/course:create"
DELETE = "moodle/course:delete"
DAY = 86_400


def delete(school: School, *ids: int, user: int | None = None) -> list[tuple[object, str]]:
    """The warnings, each as id and code."""
    answer = bodies.delete_courses(school.call(user), c.DeleteCourses(courseids=list(ids)))
    assert isinstance(answer.warnings, list)
    return [(warning.itemid, warning.warningcode) for warning in answer.warnings]


def test_courses_go_with_what_is_in_them_and_bad_ones_are_warnings(school: School) -> None:
    one, two = school.course("ONE"), school.course("TWO")
    activity = school.activity(one)
    found = delete(school, one, UNKNOWN, two, one, SITE_COURSE)
    assert found == [
        (UNKNOWN, "unknowncourseidnumber"),
        (one, "unknowncourseidnumber"),
        (SITE_COURSE, "cannotdeletecategorycourse"),
    ]
    session = school.site.session
    assert set(rows.every(session)) == {SITE_COURSE}
    assert contexts.module(session, activity) is None


def test_who_may_not_delete_is_warned(classroom: Classroom) -> None:
    with unchanged(classroom.site.session):
        for user in (classroom.ann, classroom.teacher):
            found = delete(classroom.school, classroom.course, SITE_COURSE, user=user)
            assert found == [
                (classroom.course, "cannotdeletecourse"),
                (SITE_COURSE, "cannotdeletecourse"),
            ]


def test_who_may_not_enter_ends_the_call_after_what_went_before(classroom: Classroom) -> None:
    school = classroom.school
    mine, other = school.course("MINE"), school.course("OTHER")
    keeper = school.user("keeper")
    making.role(school.site, "remover", [VIEW, DELETE])
    making.assign(school.site, "remover", keeper, making.course_context(school.site, mine))
    with refused(RequireLogin):
        delete(school, mine, other, user=keeper)
    assert rows.get(school.site.session, mine) is None
    assert rows.get(school.site.session, other) is not None


@pytest.mark.parametrize(("age", "codes"), [(DAY - 1, []), (DAY, ["cannotdeletecourse"])])
def test_ones_own_course_can_be_taken_back_for_a_day(
    site: TestSite, age: int, codes: list[str]
) -> None:
    school = School(site)
    maker = school.holder("maker", VIEW, CREATE)
    call = site.call(maker)
    with call.transaction():
        made = courses.create(call, NewCourse(category=1, fullname="F", shortname="S")).id
    site.clock.pass_seconds(age)
    assert [code for _, code in delete(school, made, user=maker)] == codes
