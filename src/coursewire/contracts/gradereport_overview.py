"""Contracts of gradereport_overview: the course totals of a user."""

from msgspec import Struct

from coursewire.contracts.access import Access, Place
from coursewire.contracts.fields import UNSET, Int, Raw, Unset
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CallWarning


class GetCourseGrades(Struct, frozen=True, kw_only=True):
    """Parameters of get_course_grades; user 0 is the caller."""

    userid: Int = 0


class CourseGrade(Struct, frozen=True, kw_only=True):
    """A course total: as shown, and with five decimals, null where there is none."""

    courseid: Int
    grade: Raw
    rawgrade: Raw | None
    rank: Int | Unset = UNSET


class CourseGrades(Struct, frozen=True, kw_only=True):
    """Answer of get_course_grades."""

    grades: list[CourseGrade]
    warnings: list[CallWarning] | Unset = UNSET


get_course_grades: Function[GetCourseGrades, CourseGrades] = Function(
    name="gradereport_overview_get_course_grades",
    component="gradereport_overview",
    params=GetCourseGrades,
    returns=CourseGrades,
    kind="read",
    access=Access(
        at=(Place("user", "userid"),),
        asks=(
            "moodle/course:viewhiddencourses",
            "moodle/grade:view",
            "moodle/grade:viewall",
            "moodle/grade:viewhidden",
            "moodle/user:viewuseractivitiesreport",
        ),
    ),
    services=("moodle_mobile_app",),
    summary="List a user's total in each of their courses.",
)
