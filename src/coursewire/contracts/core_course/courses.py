"""Contracts of core_course for reading courses by id."""

from msgspec import Struct, field

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
    Unset,
)
from coursewire.contracts.function import Function


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


get_courses: Function[GetCourses, list[Course]] = Function(
    name="core_course_get_courses",
    params=GetCourses,
    returns=list[Course],
    kind="read",
    capabilities=(
        "moodle/course:view",
        "moodle/course:update",
        "moodle/course:viewhiddencourses",
    ),
    ajax=True,
    services=("moodle_mobile_app",),
    summary="Read courses by id, or all courses.",
)
