"""Contracts of core_user for finding users and reading what the caller may see of them."""

from msgspec import Struct

from coursewire.contracts.access import SEE_PEOPLE, Access, Place
from coursewire.contracts.fields import (
    UNSET,
    Alpha,
    AlphanumExt,
    Auth,
    Bool,
    Int,
    Lang,
    NoTags,
    Plugin,
    Raw,
    RawTrimmed,
    Text,
    Theme,
    Timezone,
    Unset,
    Url,
    Username,
)
from coursewire.contracts.function import Function
from coursewire.contracts.parts import (
    CallWarning,
    Criterion,
    NameValue,
    UserCourse,
    UserCourseGroup,
    UserRole,
)


class GetUsers(Struct, frozen=True, kw_only=True):
    """Parameters of get_users."""

    criteria: list[Criterion]


class GetUsersByField(Struct, frozen=True, kw_only=True):
    """Parameters of get_users_by_field; the field is id, idnumber, username or email."""

    field: Alpha
    values: list[Raw]


class CourseUser(Struct, frozen=True, kw_only=True):
    """A user, and the course through which they are looked at."""

    userid: Int
    courseid: Int


class GetCourseUserProfiles(Struct, frozen=True, kw_only=True):
    """Parameters of get_course_user_profiles."""

    userlist: list[CourseUser]


class ProfileField(Struct, frozen=True, kw_only=True):
    """A custom profile field with its value, as stored and as shown."""

    type: AlphanumExt
    value: Raw
    displayvalue: Raw | Unset = UNSET
    name: Raw
    shortname: Raw


class User(Struct, frozen=True, kw_only=True):
    """A user; a key is absent where the caller may not see it."""

    id: Int
    username: Username | Unset = UNSET
    firstname: NoTags | Unset = UNSET
    lastname: NoTags | Unset = UNSET
    fullname: NoTags
    email: RawTrimmed | Unset = UNSET
    address: Text | Unset = UNSET
    phone1: NoTags | Unset = UNSET
    phone2: NoTags | Unset = UNSET
    department: Text | Unset = UNSET
    institution: Text | Unset = UNSET
    idnumber: Raw | Unset = UNSET
    interests: Text | Unset = UNSET
    firstaccess: Int | Unset = UNSET
    lastaccess: Int | Unset = UNSET
    auth: Auth | Unset = UNSET
    suspended: Bool | Unset = UNSET
    confirmed: Bool | Unset = UNSET
    lang: Lang | Unset = UNSET
    calendartype: Plugin | Unset = UNSET
    theme: Theme | Unset = UNSET
    timezone: Timezone | Unset = UNSET
    mailformat: Int | Unset = UNSET
    trackforums: Int | Unset = UNSET
    description: Raw | Unset = UNSET
    descriptionformat: Int | Unset = UNSET
    city: Text | Unset = UNSET
    country: Alpha | Unset = UNSET
    profileimageurlsmall: Url
    profileimageurl: Url
    customfields: list[ProfileField] | Unset = UNSET
    preferences: list[NameValue] | Unset = UNSET


class UserProfile(User, frozen=True, kw_only=True):
    """A user as the participants of one course may see them."""

    groups: list[UserCourseGroup] | Unset = UNSET
    roles: list[UserRole] | Unset = UNSET
    enrolledcourses: list[UserCourse] | Unset = UNSET


class FoundUsers(Struct, frozen=True, kw_only=True):
    """Answer of get_users."""

    users: list[User]
    warnings: list[CallWarning] | Unset = UNSET


get_users: Function[GetUsers, FoundUsers] = Function(
    name="core_user_get_users",
    params=GetUsers,
    returns=FoundUsers,
    kind="read",
    access=Access(at=(Place("user", "criteria[].value"),), asks=(*SEE_PEOPLE,)),
    capabilities=(
        "moodle/user:viewdetails",
        "moodle/user:viewhiddendetails",
        "moodle/course:useremail",
        "moodle/user:update",
    ),
    summary="Find the users that meet every criterion and that the caller may see.",
)

get_users_by_field: Function[GetUsersByField, list[User]] = Function(
    name="core_user_get_users_by_field",
    params=GetUsersByField,
    returns=list[User],
    kind="read",
    access=Access(at=(Place("user", "values[]"),), asks=(*SEE_PEOPLE,)),
    capabilities=(
        "moodle/user:viewdetails",
        "moodle/user:viewhiddendetails",
        "moodle/course:useremail",
        "moodle/user:update",
    ),
    ajax=True,
    services=("moodle_mobile_app",),
    summary="Read users by exact id, id number, user name or e-mail address.",
)

get_course_user_profiles: Function[GetCourseUserProfiles, list[UserProfile]] = Function(
    name="core_user_get_course_user_profiles",
    params=GetCourseUserProfiles,
    returns=list[UserProfile],
    kind="read",
    access=Access(
        at=(Place("course", "userlist[].courseid"),), asks=("moodle/course:view", *SEE_PEOPLE)
    ),
    capabilities=(
        "moodle/user:viewdetails",
        "moodle/user:viewhiddendetails",
        "moodle/course:useremail",
        "moodle/user:update",
        "moodle/site:accessallgroups",
    ),
    services=("moodle_mobile_app",),
    summary="Read users as they appear in a course, with their groups and roles there.",
)
