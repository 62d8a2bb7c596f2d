"""Body of mod_label: the text areas of courses."""

from coursewire.contracts import mod_label as c
from coursewire.contracts.activity_parts import InCourses
from coursewire.domain import listed_activities
from coursewire.domain.call import Call
from coursewire.domain.listed_activities import Listed
from coursewire.functions.binding import Bound


def get_labels_by_courses(call: Call, params: InCourses) -> c.Labels:
    """List the text areas of the courses that the caller may enter."""
    entered = listed_activities.enter(call, params.courseids)
    found = listed_activities.find(call, entered.courses, "label")
    return c.Labels(labels=[_label(call, each) for each in found], warnings=entered.warnings)


def _label(call: Call, listed: Listed) -> c.Label:
    return c.Label(
        **listed_activities.described(call, listed), timemodified=listed.details.timemodified
    )


FUNCTIONS = (Bound(c.get_labels_by_courses, get_labels_by_courses, long=True),)
