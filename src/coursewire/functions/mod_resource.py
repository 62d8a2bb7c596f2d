"""Body of mod_resource: the file activities of courses."""

from msgspec.structs import replace

from coursewire.contracts import mod_resource as c
from coursewire.contracts.activity_parts import InCourses
from coursewire.contracts.parts import ExternalFile
from coursewire.domain import listed_activities
from coursewire.domain.call import Call
from coursewire.domain.listed_activities import CONTENT, Listed
from coursewire.functions.binding import Bound

# What is the same in all.
_RESOURCE = c.FileActivity(
    id=0,
    course=0,
    name="",
    intro="",
    introformat=1,
    coursemodule=0,
    introfiles=[],
    contentfiles=[],
    timemodified=0,
    tobemigrated=0,
    legacyfiles=0,
    legacyfileslast=None,
    display=0,
    displayoptions="",
    filterfiles=0,
    revision=1,
)


def get_resources_by_courses(call: Call, params: InCourses) -> c.FileActivities:
    """List the file activities of the courses that the caller may enter."""
    entered = listed_activities.enter(call, params.courseids)
    found = listed_activities.find(call, entered.courses, "resource")
    return c.FileActivities(
        resources=[_resource(call, each) for each in found], warnings=entered.warnings
    )


def _resource(call: Call, listed: Listed) -> c.FileActivity:
    return replace(
        _RESOURCE,
        **listed_activities.described(call, listed),
        contentfiles=listed_activities.files_of(call, listed, CONTENT, ExternalFile),
        timemodified=listed.details.timemodified,
    )


FUNCTIONS = (Bound(c.get_resources_by_courses, get_resources_by_courses, long=True),)
