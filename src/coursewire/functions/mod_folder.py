"""Body of mod_folder: the folders of courses."""

from coursewire.contracts import mod_folder as c
from coursewire.contracts.activity_parts import InCourses
from coursewire.domain import listed_activities
from coursewire.domain.call import Call
from coursewire.domain.listed_activities import Listed
from coursewire.functions.binding import Bound


def get_folders_by_courses(call: Call, params: InCourses) -> c.Folders:
    """List the folders of the courses that the caller may enter."""
    entered = listed_activities.enter(call, params.courseids)
    found = listed_activities.find(call, entered.courses, "folder")
    return c.Folders(folders=[_folder(call, each) for each in found], warnings=entered.warnings)


def _folder(call: Call, listed: Listed) -> c.Folder:
    return c.Folder(
        **listed_activities.described(call, listed),
        revision=1,
        timemodified=listed.details.timemodified,
        display=0,
        showexpanded=1,
        # Folders are fetched file by file here.
        showdownloadfolder=0,
        forcedownload=1,
    )


FUNCTIONS = (Bound(c.get_folders_by_courses, get_folders_by_courses, long=True),)
