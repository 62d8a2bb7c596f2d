"""Contract of mod_page: pages of courses."""

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.activity_parts import InCourses, ListedActivity
from coursewire.contracts.fields import UNSET, Int, Raw, Unset
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CallWarning, ExternalFile


class Page(ListedActivity, frozen=True, kw_only=True):
    """A page with its text."""

    content: Raw
    contentformat: Int
    contentfiles: list[ExternalFile]
    legacyfiles: Int
    legacyfileslast: Int | None
    display: Int
    displayoptions: Raw
    revision: Int
    timemodified: Int


class Pages(Struct, frozen=True, kw_only=True):
    """The pages of the courses, and courses left out."""

    pages: list[Page]
    warnings: list[CallWarning] | Unset = UNSET


get_pages_by_courses: Function[InCourses, Pages] = Function(
    name="mod_page_get_pages_by_courses",
    component="mod_page",
    params=InCourses,
    returns=Pages,
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
    capabilities=("mod/page:view",),
    services=("moodle_mobile_app",),
    summary="List the pages of courses, with their texts.",
)
