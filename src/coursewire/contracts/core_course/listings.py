"""Contracts of core_course for finding courses: by a field, and by search."""

from typing import Annotated

from msgspec import Struct

from coursewire.contracts.access import SITE, VIEW_COURSE, Access, Place
from coursewire.contracts.fields import (
    UNSET,
    Alpha,
    Bool,
    Capability,
    Int,
    NoTags,
    Plugin,
    Raw,
    SafeDir,
    Text,
    Unset,
    Url,
    Written,
)
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CallWarning, CustomField, ExternalFile, NameValue


class GetCoursesByField(Struct, frozen=True, kw_only=True):
    """Parameters of get_courses_by_field; no field means all courses."""

    field: Alpha = ""
    value: Raw = ""


class SearchCourses(Struct, frozen=True, kw_only=True):
    """Parameters of search_courses; pages count from 0, `perpage` 0 means no paging."""

    criterianame: Alpha
    criteriavalue: Raw
    page: Int = 0
    perpage: Int = 0
    requiredcapabilities: list[Capability] = []
    limittoenrolled: Annotated[Bool, Written(0)] = False
    onlywithcompletion: Annotated[Bool, Written(0)] = False


class CourseContact(Struct, frozen=True, kw_only=True):
    """Somebody who answers for a course."""

    id: Int
    fullname: NoTags


class CourseFilter(Struct, frozen=True, kw_only=True):
    """A text filter of a course and whether it is on."""

    filter: Plugin
    localstate: Int
    inheritedstate: Int


class PublicCourse(Struct, frozen=True, kw_only=True):
    """What everybody may know of a course that is advertised."""

    id: Int
    fullname: Raw
    displayname: Raw
    shortname: Raw
    courseimage: Url | Unset = UNSET
    categoryid: Int
    categoryname: Raw
    sortorder: Int | Unset = UNSET
    summary: Raw
    summaryformat: Int
    summaryfiles: list[ExternalFile] | Unset = UNSET
    overviewfiles: list[ExternalFile]
    showactivitydates: Bool
    showcompletionconditions: Bool | None
    contacts: list[CourseContact]
    enrollmentmethods: list[Plugin]
    customfields: list[CustomField] | Unset = UNSET


class DetailedCourse(PublicCourse, frozen=True, kw_only=True):
    """A course with what participants may know, and what those who may change it may."""

    idnumber: Raw | Unset = UNSET
    format: Plugin | Unset = UNSET
    showgrades: Int | Unset = UNSET
    newsitems: Int | Unset = UNSET
    startdate: Int | Unset = UNSET
    enddate: Int | Unset = UNSET
    maxbytes: Int | Unset = UNSET
    showreports: Int | Unset = UNSET
    visible: Int | Unset = UNSET
    groupmode: Int | Unset = UNSET
    groupmodeforce: Int | Unset = UNSET
    defaultgroupingid: Int | Unset = UNSET
    enablecompletion: Int | Unset = UNSET
    completionnotify: Int | Unset = UNSET
    lang: SafeDir | Unset = UNSET
    theme: Plugin | Unset = UNSET
    marker: Int | Unset = UNSET
    legacyfiles: Int | Unset = UNSET
    calendartype: Plugin | Unset = UNSET
    timecreated: Int | Unset = UNSET
    timemodified: Int | Unset = UNSET
    requested: Int | Unset = UNSET
    cacherev: Int | Unset = UNSET
    filters: list[CourseFilter] | Unset = UNSET
    courseformatoptions: list[NameValue] | Unset = UNSET
    communicationroomname: Text | Unset = UNSET
    communicationroomurl: Raw | Unset = UNSET


class CoursesByField(Struct, frozen=True, kw_only=True):
    """Answer of get_courses_by_field."""

    courses: list[DetailedCourse]
    warnings: list[CallWarning] | Unset = UNSET


class FoundCourses(Struct, frozen=True, kw_only=True):
    """Answer of search_courses; `total` counts the courses of all pages."""

    total: Int
    courses: list[PublicCourse]
    warnings: list[CallWarning] | Unset = UNSET


get_courses_by_field: Function[GetCoursesByField, CoursesByField] = Function(
    name="core_course_get_courses_by_field",
    params=GetCoursesByField,
    returns=CoursesByField,
    kind="read",
    access=Access(
        at=(Place("course", "value"),),
        asks=(
            "moodle/category:viewhiddencategories",
            "moodle/category:viewcourselist",
            "moodle/course:update",
            *VIEW_COURSE,
        ),
    ),
    services=("moodle_mobile_app",),
    summary="Read the courses of which a field has the value, as far as the caller may see.",
)

search_courses: Function[SearchCourses, FoundCourses] = Function(
    name="core_course_search_courses",
    params=SearchCourses,
    returns=FoundCourses,
    kind="read",
    access=Access(
        at=(SITE,),
        asks=(
            "moodle/category:viewcourselist",
            "moodle/course:update",
            "moodle/site:config",
            *VIEW_COURSE,
        ),
    ),
    ajax=True,
    services=("moodle_mobile_app",),
    summary="Find courses by words, and page through what was found.",
)
