"""Bodies of gradereport_overview: the course totals of a user."""

from coursewire.contracts import gradereport_overview as c
from coursewire.contracts.fields import UNSET
from coursewire.domain import course_grades, grade_display, users
from coursewire.domain.call import Call
from coursewire.domain.course_grades import VIEW_ALL, CourseTotal
from coursewire.domain.validation import validate_context
from coursewire.functions.binding import Bound


def get_course_grades(call: Call, params: c.GetCourseGrades) -> c.CourseGrades:
    """List a user's totals; other people's need the right to all grades of the whole site."""
    place = validate_context(call, call.site.system)
    user_id = params.userid or call.caller.id
    if user_id != call.caller.id:
        users.require_active(call, user_id)
        call.permissions.require(VIEW_ALL, place)
    totals = course_grades.of_user(call, user_id)
    return c.CourseGrades(grades=[_as_grade(total) for total in totals], warnings=[])


def _as_grade(total: CourseTotal) -> c.CourseGrade:
    return c.CourseGrade(
        courseid=total.course_id,
        grade=total.shown,
        rawgrade=grade_display.stored(total.value),
        rank=UNSET if total.rank is None else total.rank,
    )


FUNCTIONS = (Bound(c.get_course_grades, get_course_grades, long=True),)
