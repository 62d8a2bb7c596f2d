"""Body of mod_workshop: the workshops of courses."""

from coursewire.contracts import mod_workshop as c
from coursewire.contracts.activity_parts import InCourses, PlainFile
from coursewire.domain import listed_activities
from coursewire.domain.call import Call
from coursewire.domain.listed_activities import INTRO, Listed
from coursewire.functions.binding import Bound


def get_workshops_by_courses(call: Call, params: InCourses) -> c.Workshops:
    """List the workshops of the courses that the caller may enter."""
    entered = listed_activities.enter(call, params.courseids)
    found = listed_activities.find(call, entered.courses, "workshop")
    return c.Workshops(
        workshops=[_workshop(call, each) for each in found], warnings=entered.warnings
    )


def _workshop(call: Call, listed: Listed) -> c.Workshop:
    return c.Workshop(
        id=listed.record.instance,
        course=listed.record.course_id,
        name=listed.name,
        intro=listed.intro,
        introformat=listed.introformat,
        coursemodule=listed.record.id,
        lang="",
        grade=listed.details.grade,
        timemodified=listed.details.timemodified,
        introfiles=listed_activities.files_of(call, listed, INTRO, PlainFile),
    )


FUNCTIONS = (Bound(c.get_workshops_by_courses, get_workshops_by_courses, long=True),)
