"""Contract of mod_url: links of courses."""

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.activity_parts import InCourses, ListedActivity
from coursewire.contracts.fields import UNSET, Int, Raw, RawTrimmed, Unset
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CallWarning


class Link(ListedActivity, frozen=True, kw_only=True):
    """A link and where it leads."""

    externalurl: RawTrimmed
    display: Int
    displayoptions: Raw
    parameters: Raw
    timemodified: Int


class Links(Struct, frozen=True, kw_only=True):
    """The urls of the courses, and courses left out."""

    urls: list[Link]
    warnings: list[CallWarning] | Unset = UNSET


get_urls_by_courses: Function[InCourses, Links] = Function(
    name="mod_url_get_urls_by_courses",
    component="mod_url",
    params=InCourses,
    returns=Links,
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
    capabilities=("mod/url:view",),
    services=("moodle_mobile_app",),
    summary="List the links of courses.",
)
