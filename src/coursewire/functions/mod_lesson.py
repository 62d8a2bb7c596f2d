"""Body of mod_lesson: the lessons of courses."""

from coursewire.contracts import mod_lesson as c
from coursewire.contracts.activity_parts import InCourses, PlainFile
from coursewire.domain import listed_activities
from coursewire.domain.call import Call
from coursewire.domain.listed_activities import INTRO, Listed
from coursewire.functions.binding import Bound


def get_lessons_by_courses(call: Call, params: InCourses) -> c.Lessons:
    """List the lessons of the courses that the caller may enter."""
    entered = listed_activities.enter(call, params.courseids)
    found = listed_activities.find(call, entered.courses, "lesson")
    return c.Lessons(lessons=[_lesson(call, each) for each in found], warnings=entered.warnings)


def _lesson(call: Call, listed: Listed) -> c.Lesson:
    return c.Lesson(
        id=listed.record.instance,
        course=listed.record.course_id,
        name=listed.name,
        intro=listed.intro,
        introformat=listed.introformat,
        coursemodule=listed.record.id,
        lang="",
        grade=listed.details.grade,
        timemodified=listed.details.timemodified,
        allowofflineattempts=False,
        introfiles=listed_activities.files_of(call, listed, INTRO, PlainFile),
    )


FUNCTIONS = (Bound(c.get_lessons_by_courses, get_lessons_by_courses, long=True),)
