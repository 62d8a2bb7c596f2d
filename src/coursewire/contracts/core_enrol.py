"""Contracts of core_enrol: who is in a course, which courses a user is in, and the ways in."""

from msgspec import Struct

from coursewire.contracts.access import SEE_PEOPLE, VIEW_COURSE, Access, Place
from coursewire.contracts.core_user.profiles import User
from coursewire.contracts.fields import (
    UNSET,
    Alpha,
    AlphanumExt,
    Bool,
    Capability,
    Float,
    Int,
    Lang,
    NoTags,
    Plugin,
    Raw,
    RawValue,
    Text,
    Unset,
    Url,
)
from coursewire.contracts.function import Function
from coursewire.contracts.parts import (
    CourseId,
    ExternalFile,
    NamedOption,
    NameValue,
    UserCourse,
    UserCourseGroup,
    UserRole,
)


class GetEnrolledUsers(Struct, frozen=True, kw_only=True):
    """Parameters of get_enrolled_users."""

    courseid: Int
    options: list[NamedOption] = []


class EnrolledUserField(Struct, frozen=True, kw_only=True):
    """A custom profile field; unlike elsewhere only its value as it is stored."""

    type: AlphanumExt
    value: Raw
    name: Raw
    shortname: Raw


class EnrolledUser(Struct, frozen=True, kw_only=True):
    """A participant of a course; a key is absent where the caller may not see it."""

    id: Int
    username: Raw | Unset = UNSET
    firstname: NoTags | Unset = UNSET
    lastname: NoTags | Unset = UNSET
    fullname: NoTags
    email: Text | Unset = UNSET
    address: Text | Unset = UNSET
    phone1: NoTags | Unset = UNSET
    phone2: NoTags | Unset = UNSET
    department: Text | Unset = UNSET
    institution: Text | Unset = UNSET
    idnumber: Raw | Unset = UNSET
    interests: Text | Unset = UNSET
    firstaccess: Int | Unset = UNSET
    lastaccess: Int | Unset = UNSET
    lastcourseaccess: Int | Unset = UNSET
    description: Raw | Unset = UNSET
    descriptionformat: Int | Unset = UNSET
    city: NoTags | Unset = UNSET
    country: Alpha | Unset = UNSET
    profileimageurlsmall: Url | Unset = UNSET
    profileimageurl: Url | Unset = UNSET
    customfields: list[EnrolledUserField] | Unset = UNSET
    groups: list[UserCourseGroup] | Unset = UNSET
    roles: list[UserRole] | Unset = UNSET
    preferences: list[NameValue] | Unset = UNSET
    enrolledcourses: list[UserCourse] | Unset = UNSET


class CourseCapabilities(Struct, frozen=True, kw_only=True):
    """A course, and what its people shall be able to do there; "" is nothing at all."""

    courseid: Int
    capabilities: list[Capability]


class GetEnrolledUsersWithCapability(Struct, frozen=True, kw_only=True):
    """Parameters of get_enrolled_users_with_capability."""

    coursecapabilities: list[CourseCapabilities]
    options: list[NamedOption] = []


class CapableUserGroup(Struct, frozen=True, kw_only=True):
    """A group of a user; unlike elsewhere without the format of its description."""

    id: Int
    name: Raw
    description: Raw


class CapableUser(Struct, frozen=True, kw_only=True):
    """A participant of a course; a key is absent where the caller may not see it."""

    id: Int
    username: Raw | Unset = UNSET
    firstname: NoTags | Unset = UNSET
    lastname: NoTags | Unset = UNSET
    fullname: NoTags
    email: Text | Unset = UNSET
    address: Text | Unset = UNSET
    phone1: NoTags | Unset = UNSET
    phone2: NoTags | Unset = UNSET
    department: Text | Unset = UNSET
    institution: Text | Unset = UNSET
    interests: Text | Unset = UNSET
    firstaccess: Int | Unset = UNSET
    lastaccess: Int | Unset = UNSET
    lastcourseaccess: Int | Unset = UNSET
    description: Raw | Unset = UNSET
    descriptionformat: Int | Unset = UNSET
    city: NoTags | Unset = UNSET
    country: Alpha | Unset = UNSET
    profileimageurlsmall: Url | Unset = UNSET
    profileimageurl: Url | Unset = UNSET
    customfields: list[EnrolledUserField] | Unset = UNSET
    groups: list[CapableUserGroup] | Unset = UNSET
    roles: list[UserRole] | Unset = UNSET
    preferences: list[NameValue] | Unset = UNSET
    enrolledcourses: list[UserCourse] | Unset = UNSET


class UsersWithCapability(Struct, frozen=True, kw_only=True):
    """Those participants of a course who have a capability there."""

    courseid: Int
    capability: Capability
    users: list[CapableUser]


class SearchUsers(Struct, frozen=True, kw_only=True):
    """Parameters of search_users; `contextid` is that of the course or of an activity in it."""

    courseid: Int
    search: Raw
    searchanywhere: Bool
    page: Int
    perpage: Int
    contextid: Int | None = None


class GetPotentialUsers(Struct, frozen=True, kw_only=True):
    """Parameters of get_potential_users; `enrolid` is a way into the course."""

    courseid: Int
    enrolid: Int
    search: Raw
    searchanywhere: Bool
    page: Int
    perpage: Int


class GetUsersCourses(Struct, frozen=True, kw_only=True):
    """Parameters of get_users_courses."""

    userid: Int
    returnusercount: Bool = True


class EnrolledCourse(Struct, frozen=True, kw_only=True):
    """A course of a user, with what the user has done in it."""

    id: Int
    shortname: Raw
    fullname: Raw
    displayname: Raw | Unset = UNSET
    enrolledusercount: Int | Unset = UNSET
    idnumber: Raw
    visible: Int
    summary: Raw | Unset = UNSET
    summaryformat: Int | Unset = UNSET
    format: Plugin | Unset = UNSET
    courseimage: Url | Unset = UNSET
    showgrades: Bool | Unset = UNSET
    lang: Lang | Unset = UNSET
    enablecompletion: Bool | Unset = UNSET
    completionhascriteria: Bool | Unset = UNSET
    completionusertracked: Bool | Unset = UNSET
    category: Int | Unset = UNSET
    progress: Float | Unset | None = UNSET
    completed: Bool | Unset | None = UNSET
    startdate: Int | Unset = UNSET
    enddate: Int | Unset = UNSET
    marker: Int | Unset = UNSET
    lastaccess: Int | Unset | None = UNSET
    isfavourite: Bool | Unset = UNSET
    hidden: Bool | Unset = UNSET
    overviewfiles: list[ExternalFile] | Unset = UNSET
    showactivitydates: Bool
    showcompletionconditions: Bool | None
    timemodified: Int | Unset = UNSET


class EnrolmentMethod(Struct, frozen=True, kw_only=True):
    """A way into a course; the status is true, or tells why it is closed."""

    id: Int
    courseid: Int
    type: Plugin
    name: Raw
    status: RawValue
    wsfunction: AlphanumExt | Unset = UNSET


get_enrolled_users: Function[GetEnrolledUsers, list[EnrolledUser]] = Function(
    name="core_enrol_get_enrolled_users",
    params=GetEnrolledUsers,
    returns=list[EnrolledUser],
    kind="read",
    access=Access(
        at=(Place("course", "courseid"),),
        asks=(
            "moodle/course:enrolreview",
            "moodle/course:view",
            "moodle/course:viewparticipants",
            "moodle/role:review",
            "moodle/site:viewparticipants",
            *SEE_PEOPLE,
        ),
    ),
    capabilities=(
        "moodle/user:viewdetails",
        "moodle/user:viewhiddendetails",
        "moodle/course:useremail",
        "moodle/user:update",
        "moodle/site:accessallgroups",
    ),
    services=("moodle_mobile_app",),
    summary="List the participants of a course that the caller may see.",
)

get_enrolled_users_with_capability: Function[
    GetEnrolledUsersWithCapability, list[UsersWithCapability]
] = Function(
    name="core_enrol_get_enrolled_users_with_capability",
    params=GetEnrolledUsersWithCapability,
    returns=list[UsersWithCapability],
    kind="read",
    access=Access(
        at=(Place("course", "coursecapabilities[].courseid"),),
        asks=(
            "moodle/course:enrolreview",
            "moodle/course:view",
            "moodle/course:viewparticipants",
            "moodle/role:review",
            "moodle/site:viewparticipants",
            *SEE_PEOPLE,
        ),
    ),
    summary="List the participants of courses who have given capabilities there.",
)

search_users: Function[SearchUsers, list[User]] = Function(
    name="core_enrol_search_users",
    params=SearchUsers,
    returns=list[User],
    kind="read",
    ajax=True,
    access=Access(
        at=(Place("course", "courseid"), Place("named", "contextid")),
        asks=(
            "moodle/course:enrolreview",
            "moodle/course:view",
            "moodle/course:viewparticipants",
            *SEE_PEOPLE,
        ),
    ),
    capabilities=("moodle/course:viewparticipants",),
    services=("moodle_mobile_app",),
    summary="Search the participants of a course by name or by what identifies them.",
)

get_potential_users: Function[GetPotentialUsers, list[User]] = Function(
    name="core_enrol_get_potential_users",
    params=GetPotentialUsers,
    returns=list[User],
    kind="read",
    ajax=True,
    readonlysession=True,
    access=Access(
        at=(Place("course", "courseid"), Place("instance", "enrolid")),
        asks=("moodle/course:enrolreview", "moodle/course:view", *SEE_PEOPLE),
    ),
    capabilities=("moodle/course:enrolreview",),
    summary="Search for people who do not use a way into a course yet.",
)

get_users_courses: Function[GetUsersCourses, list[EnrolledCourse]] = Function(
    name="core_enrol_get_users_courses",
    params=GetUsersCourses,
    returns=list[EnrolledCourse],
    kind="read",
    access=Access(
        at=(Place("user", "userid"),),
        asks=(
            "moodle/course:isincompletionreports",
            "moodle/course:view",
            "moodle/course:viewparticipants",
            "moodle/user:viewuseractivitiesreport",
            "report/completion:view",
            *SEE_PEOPLE,
        ),
    ),
    capabilities=("moodle/course:viewparticipants",),
    services=("moodle_mobile_app",),
    summary="List the courses in which a user is enrolled.",
)

get_course_enrolment_methods: Function[CourseId, list[EnrolmentMethod]] = Function(
    name="core_enrol_get_course_enrolment_methods",
    params=CourseId,
    returns=list[EnrolmentMethod],
    kind="read",
    access=Access(
        at=(Place("course", "courseid"),),
        asks=("enrol/self:enrolself", "moodle/category:viewcourselist", *VIEW_COURSE),
    ),
    services=("moodle_mobile_app",),
    summary="List the ways into a course that publish themselves.",
)
