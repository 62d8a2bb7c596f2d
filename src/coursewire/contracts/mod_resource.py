"""Contract of mod_resource: file activities of courses."""

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.activity_parts import InCourses, ListedActivity
from coursewire.contracts.fields import UNSET, Int, Raw, Unset
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CallWarning, ExternalFile


class FileActivity(ListedActivity, frozen=True, kw_only=True):
    """A file activity with its files."""

    contentfiles: list[ExternalFile]
    tobemigrated: Int
    legacyfiles: Int
    legacyfileslast: Int | None
    display: Int
    displayoptions: Raw
    filterfiles: Int
    revision: Int
    timemodified: Int


class FileActivities(Struct, frozen=True, kw_only=True):
    """The resources of the courses, and courses left out."""

    resources: list[FileActivity]
    warnings: list[CallWarning] | Unset = UNSET


get_resources_by_courses: Function[InCourses, FileActivities] = Function(
    name="mod_resource_get_resources_by_courses",
    component="mod_resource",
    params=InCourses,
    returns=FileActivities,
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
    capabilities=("mod/resource:view",),
    services=("moodle_mobile_app",),
    summary="List the file activities of courses, with their files.",
)
