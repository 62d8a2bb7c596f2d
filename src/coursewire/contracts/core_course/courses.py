"""Contracts of core_course for courses: create, read by id, update, delete."""

from typing import Annotated

from msgspec import Struct, field

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.fields import (
    UNSET,
    AlphanumExt,
    Bool,
    Component,
    Int,
    Plugin,
    Raw,
    RawValue,
    SafeDir,
    Text,
    Unset,
    Written,
)
from coursewire.contracts.function import Function
from coursewire.contracts.parts import HTML, CustomFieldValue, NamedOption, Warned


class CourseSelection(Struct, frozen=True, kw_only=True):
    """Which courses: those of the ids, or all of them when there are none."""

    ids: list[Int] | Unset = UNSET


class GetCourses(Struct, frozen=True, kw_only=True):
    """Parameters of get_courses."""

    options: CourseSelection = field(default_factory=CourseSelection)


class CourseFormatOption(Struct, frozen=True, kw_only=True):
    """An option of the course format, its value in its own type."""

    name: AlphanumExt
    value: RawValue


class CourseCustomField(Struct, frozen=True, kw_only=True):
    """A custom field of a course with its value, as stored and as shown."""

    name: Raw
    shortname: AlphanumExt
    type: Component
    valueraw: Raw
    value: Raw


class Course(Struct, frozen=True, kw_only=True):
    """A course; what may be absent is told to those who may change it."""

    id: Int
    shortname: Raw
    categoryid: Int
    categorysortorder: Int | Unset = UNSET
    fullname: Raw
    displayname: Raw
    idnumber: Raw | Unset = UNSET
    summary: Raw
    summaryformat: Int
    format: Plugin
    showgrades: Int | Unset = UNSET
    newsitems: Int | Unset = UNSET
    startdate: Int
    enddate: Int
    numsections: Int | Unset = UNSET
    maxbytes: Int | Unset = UNSET
    showreports: Int | Unset = UNSET
    visible: Int | Unset = UNSET
    hiddensections: Int | Unset = UNSET
    groupmode: Int | Unset = UNSET
    groupmodeforce: Int | Unset = UNSET
    defaultgroupingid: Int | Unset = UNSET
    timecreated: Int | Unset = UNSET
    timemodified: Int | Unset = UNSET
    enablecompletion: Int | Unset = UNSET
    completionnotify: Int | Unset = UNSET
    lang: SafeDir | Unset = UNSET
    forcetheme: Plugin | Unset = UNSET
    courseformatoptions: list[CourseFormatOption] | Unset = UNSET
    showactivitydates: Bool
    # Null for the site course.
    showcompletionconditions: Bool | None
    customfields: list[CourseCustomField] | Unset = UNSET


class NewCourse(Struct, frozen=True, kw_only=True):
    """A course to be created."""

    fullname: Text
    shortname: Text
    categoryid: Int
    idnumber: Raw | Unset = UNSET
    summary: Raw | Unset = UNSET
    summaryformat: Annotated[Int, Written("1")] = HTML
    format: Plugin = "topics"
    showgrades: Annotated[Int, Written("1")] = 1
    newsitems: Annotated[Int, Written("5")] = 5
    startdate: Int | Unset = UNSET
    enddate: Int | Unset = UNSET
    numsections: Int | Unset = UNSET
    maxbytes: Annotated[Int, Written("0")] = 0
    showreports: Annotated[Int, Written("0")] = 0
    visible: Annotated[Int, Written("1")] = 1
    hiddensections: Int | Unset = UNSET
    groupmode: Annotated[Int, Written("0")] = 0
    groupmodeforce: Annotated[Int, Written("0")] = 0
    defaultgroupingid: Int = 0
    enablecompletion: Int | Unset = UNSET
    completionnotify: Int | Unset = UNSET
    lang: SafeDir | Unset = UNSET
    forcetheme: Plugin | Unset = UNSET
    courseformatoptions: list[NamedOption] | Unset = UNSET
    customfields: list[CustomFieldValue] | Unset = UNSET


class CreateCourses(Struct, frozen=True, kw_only=True):
    """Parameters of create_courses."""

    courses: list[NewCourse]


class CreatedCourse(Struct, frozen=True, kw_only=True):
    """The id that a new course was given."""

    id: Int
    shortname: Raw


class CourseChange(Struct, frozen=True, kw_only=True):
    """What becomes of a course; what is absent stays."""

    id: Int
    fullname: Text | Unset = UNSET
    shortname: Text | Unset = UNSET
    categoryid: Int | Unset = UNSET
    idnumber: Raw | Unset = UNSET
    summary: Raw | Unset = UNSET
    summaryformat: Int | Unset = UNSET
    format: Plugin | Unset = UNSET
    showgrades: Int | Unset = UNSET
    newsitems: Int | Unset = UNSET
    startdate: Int | Unset = UNSET
    enddate: Int | Unset = UNSET
    numsections: Int | Unset = UNSET
    maxbytes: Int | Unset = UNSET
    showreports: Int | Unset = UNSET
    visible: Int | Unset = UNSET
    hiddensections: Int | Unset = UNSET
    groupmode: Int | Unset = UNSET
    groupmodeforce: Int | Unset = UNSET
    defaultgroupingid: Int | Unset = UNSET
    enablecompletion: Int | Unset = UNSET
    completionnotify: Int | Unset = UNSET
    lang: SafeDir | Unset = UNSET
    forcetheme: Plugin | Unset = UNSET
    courseformatoptions: list[NamedOption] | Unset = UNSET
    customfields: list[CustomFieldValue] | Unset = UNSET


class UpdateCourses(Struct, frozen=True, kw_only=True):
    """Parameters of update_courses."""

    courses: list[CourseChange]


class DeleteCourses(Struct, frozen=True, kw_only=True):
    """Parameters of delete_courses."""

    courseids: list[Int]


get_courses: Function[GetCourses, list[Course]] = Function(
    name="core_course_get_courses",
    params=GetCourses,
    returns=list[Course],
    kind="read",
    access=Access(
        at=(Place("course", "options.ids[]"),), asks=("moodle/course:update", *VIEW_COURSE)
    ),
    capabilities=(
        "moodle/course:view",
        "moodle/course:update",
        "moodle/course:viewhiddencourses",
    ),
    ajax=True,
    services=("moodle_mobile_app",),
    summary="Read courses by id, or all courses.",
)

create_courses: Function[CreateCourses, list[CreatedCourse]] = Function(
    name="core_course_create_courses",
    params=CreateCourses,
    returns=list[CreatedCourse],
    kind="write",
    access=Access(
        at=(Place("category", "courses[].categoryid"),),
        asks=(
            "moodle/course:create",
            "moodle/course:setforcedlanguage",
            "moodle/course:visibility",
            *VIEW_COURSE,
        ),
    ),
    capabilities=("moodle/course:create", "moodle/course:visibility"),
    summary="Create courses in categories: all of them or none.",
)

update_courses: Function[UpdateCourses, Warned] = Function(
    name="core_course_update_courses",
    params=UpdateCourses,
    returns=Warned,
    kind="write",
    access=Access(
        at=(Place("course", "courses[].id"),),
        asks=(
            "moodle/course:changecategory",
            "moodle/course:changefullname",
            "moodle/course:changeidnumber",
            "moodle/course:changeshortname",
            "moodle/course:changesummary",
            "moodle/course:setforcedlanguage",
            "moodle/course:update",
            "moodle/course:visibility",
            *VIEW_COURSE,
        ),
    ),
    capabilities=(
        "moodle/course:update",
        "moodle/course:changecategory",
        "moodle/course:changefullname",
        "moodle/course:changeshortname",
        "moodle/course:changeidnumber",
        "moodle/course:changesummary",
        "moodle/course:visibility",
    ),
    summary="Change courses, each by itself; a failure becomes a warning.",
)

delete_courses: Function[DeleteCourses, Warned] = Function(
    name="core_course_delete_courses",
    params=DeleteCourses,
    returns=Warned,
    kind="write",
    access=Access(
        at=(Place("course", "courseids[]"),),
        asks=("moodle/course:create", "moodle/course:delete", *VIEW_COURSE),
    ),
    capabilities=("moodle/course:delete",),
    summary="Delete courses with all they hold, each by itself; a failure becomes a warning.",
)
