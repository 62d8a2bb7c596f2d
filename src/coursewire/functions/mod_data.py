"""Body of mod_data: the databases of courses."""

from msgspec.structs import replace

from coursewire.contracts import mod_data as c
from coursewire.contracts.activity_parts import InCourses, PlainFile
from coursewire.domain import listed_activities
from coursewire.domain.call import Call
from coursewire.domain.listed_activities import INTRO, Listed
from coursewire.functions.binding import Bound

VIEW = "mod/data:viewentry"
# What is the same in all: no fields, so every template is empty, and no limit is set.
_DATABASE = c.Database(
    id=0,
    course=0,
    name="",
    intro="",
    introformat=1,
    introfiles=[],
    timemodified=0,
    coursemodule=0,
    lang="",
    comments=False,
    timeavailablefrom=0,
    timeavailableto=0,
    timeviewfrom=0,
    timeviewto=0,
    requiredentries=0,
    requiredentriestoview=0,
    maxentries=0,
    rssarticles=0,
    singletemplate="",
    listtemplate="",
    listtemplateheader="",
    listtemplatefooter="",
    addtemplate="",
    rsstemplate="",
    rsstitletemplate="",
    csstemplate="",
    jstemplate="",
    asearchtemplate="",
    approval=False,
    manageapproved=False,
    defaultsort=0,
    defaultsortdir=0,
)


def get_databases_by_courses(call: Call, params: InCourses) -> c.Databases:
    """List the databases whose entries the caller may view, in courses they may enter."""
    entered = listed_activities.enter(call, params.courseids)
    found = listed_activities.find(call, entered.courses, "data", [VIEW])
    return c.Databases(
        databases=[_database(call, each) for each in found], warnings=entered.warnings
    )


def _database(call: Call, listed: Listed) -> c.Database:
    return replace(
        _DATABASE,
        id=listed.record.instance,
        course=listed.record.course_id,
        name=listed.name,
        intro=listed.intro,
        introformat=listed.introformat,
        timemodified=listed.details.timemodified,
        coursemodule=listed.record.id,
        introfiles=listed_activities.files_of(call, listed, INTRO, PlainFile),
    )


FUNCTIONS = (Bound(c.get_databases_by_courses, get_databases_by_courses, long=True),)
