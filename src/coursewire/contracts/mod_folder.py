"""Contract of mod_folder: folders of courses."""

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.activity_parts import InCourses, ListedActivity
from coursewire.contracts.fields import UNSET, Int, Unset
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CallWarning


class Folder(ListedActivity, frozen=True, kw_only=True):
    """A folder; what it holds is told by core_course_get_contents."""

    revision: Int
    timemodified: Int
    display: Int
    showexpanded: Int
    showdownloadfolder: Int
    forcedownload: Int


class Folders(Struct, frozen=True, kw_only=True):
    """The folders of the courses, and courses left out."""

    folders: list[Folder]
    warnings: list[CallWarning] | Unset = UNSET


get_folders_by_courses: Function[InCourses, Folders] = Function(
    name="mod_folder_get_folders_by_courses",
    component="mod_folder",
    params=InCourses,
    returns=Folders,
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
    capabilities=("mod/folder:view",),
    services=("moodle_mobile_app",),
    summary="List the folders of courses.",
)
