"""Body of mod_quiz: the quizzes of courses."""

from coursewire.contracts import mod_quiz as c
from coursewire.contracts.activity_parts import InCourses
from coursewire.domain import listed_activities
from coursewire.domain.call import Call
from coursewire.domain.listed_activities import Listed
from coursewire.functions.binding import Bound


def get_quizzes_by_courses(call: Call, params: InCourses) -> c.Quizzes:
    """List the quizzes of the courses that the caller may enter."""
    entered = listed_activities.enter(call, params.courseids)
    found = listed_activities.find(call, entered.courses, "quiz")
    return c.Quizzes(quizzes=[_quiz(call, each) for each in found], warnings=entered.warnings)


def _quiz(call: Call, listed: Listed) -> c.Quiz:
    """Return what is held of a quiz: no questions, so neither attempts nor rules for them."""
    return c.Quiz(
        **listed_activities.described(call, listed),
        grade=listed.details.grade,
        timecreated=listed.record.added,
        timemodified=listed.details.timemodified,
        hasfeedback=0,
        hasquestions=0,
    )


FUNCTIONS = (Bound(c.get_quizzes_by_courses, get_quizzes_by_courses, long=True),)
