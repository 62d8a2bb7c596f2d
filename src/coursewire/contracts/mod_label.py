"""Contract of mod_label: text areas of courses."""

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.activity_parts import InCourses, ListedActivity
from coursewire.contracts.fields import UNSET, Int, Unset
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CallWarning


class Label(ListedActivity, frozen=True, kw_only=True):
    """A text area, which is nothing but its introduction."""

    timemodified: Int


class Labels(Struct, frozen=True, kw_only=True):
    """The labels of the courses, and courses left out."""

    labels: list[Label]
    warnings: list[CallWarning] | Unset = UNSET


get_labels_by_courses: Function[InCourses, Labels] = Function(
    name="mod_label_get_labels_by_courses",
    component="mod_label",
    params=InCourses,
    returns=Labels,
    kind="read",
    access=Access(
        at=(Place("course", "courseids[]"),),
        asks=(
            "mod/*:view",
            "moodle/course:manageactivities",
            "moodle/course:viewhiddenactivities",
            *VIEW_COURSE,
        ),
    ),
    capabilities=("mod/label:view",),
    services=("moodle_mobile_app",),
    summary="List the text areas of courses.",
)
