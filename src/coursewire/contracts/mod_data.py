"""Contract of mod_data: databases of courses."""

from typing import Annotated

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.activity_parts import InCourses, PlainFile
from coursewire.contracts.fields import (
    NOT_NULL,
    OPTIONAL_ITEM,
    UNSET,
    Bool,
    Int,
    Lang,
    Raw,
    Unset,
    Written,
)
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CallWarning


class Database(Struct, frozen=True, kw_only=True):
    """A database."""

    id: Annotated[Int, NOT_NULL]
    course: Annotated[Int, NOT_NULL]
    name: Annotated[Raw, NOT_NULL]
    intro: Annotated[Raw, NOT_NULL]
    introformat: Annotated[Int, Written("0")] = 0
    lang: Lang
    comments: Annotated[Bool, NOT_NULL]
    timeavailablefrom: Annotated[Int, NOT_NULL]
    timeavailableto: Annotated[Int, NOT_NULL]
    timeviewfrom: Annotated[Int, NOT_NULL]
    timeviewto: Annotated[Int, NOT_NULL]
    requiredentries: Annotated[Int, NOT_NULL]
    requiredentriestoview: Annotated[Int, NOT_NULL]
    maxentries: Annotated[Int, NOT_NULL]
    rssarticles: Annotated[Int, NOT_NULL]
    singletemplate: Raw
    listtemplate: Raw
    listtemplateheader: Raw
    listtemplatefooter: Raw
    addtemplate: Raw
    rsstemplate: Raw
    rsstitletemplate: Raw
    csstemplate: Raw
    jstemplate: Raw
    asearchtemplate: Raw
    approval: Annotated[Bool, NOT_NULL]
    manageapproved: Annotated[Bool, NOT_NULL]
    scale: Annotated[Int, NOT_NULL] | Unset = UNSET
    assessed: Annotated[Int, NOT_NULL] | Unset = UNSET
    assesstimestart: Annotated[Int, NOT_NULL] | Unset = UNSET
    assesstimefinish: Annotated[Int, NOT_NULL] | Unset = UNSET
    defaultsort: Annotated[Int, NOT_NULL]
    defaultsortdir: Annotated[Int, NOT_NULL]
    editany: Annotated[Bool, NOT_NULL] | Unset = UNSET
    notification: Annotated[Int, NOT_NULL] | Unset = UNSET
    timemodified: Annotated[Int, NOT_NULL] | Unset = UNSET
    coursemodule: Annotated[Int, NOT_NULL]
    introfiles: list[Annotated[PlainFile, OPTIONAL_ITEM]] | Unset = UNSET


class Databases(Struct, frozen=True, kw_only=True):
    """The databases of the courses, and courses left out."""

    databases: list[Database]
    warnings: list[CallWarning] | Unset = UNSET


get_databases_by_courses: Function[InCourses, Databases] = Function(
    name="mod_data_get_databases_by_courses",
    component="mod_data",
    params=InCourses,
    returns=Databases,
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
    capabilities=("mod/data:viewentry",),
    services=("moodle_mobile_app",),
    summary="List the databases of courses.",
)
