"""Contracts of core_group for membership: add, remove, list, and the groups of a user."""

from msgspec import Struct

from coursewire.contracts.access import SEE_GROUPS, VIEW_COURSE, Access, Place
from coursewire.contracts.core_group.groups import GroupIds
from coursewire.contracts.fields import UNSET, Int, Raw, Text, Unset
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CallWarning


class GroupMember(Struct, frozen=True, kw_only=True):
    """A user in a group."""

    groupid: Int
    userid: Int


class GroupMemberList(Struct, frozen=True, kw_only=True):
    """Parameters of add_group_members and delete_group_members."""

    members: list[GroupMember]


class GroupMembers(Struct, frozen=True, kw_only=True):
    """The users of a group whose membership the caller may see."""

    groupid: Int
    userids: list[Int]


class GetCourseUserGroups(Struct, frozen=True, kw_only=True):
    """Parameters of get_course_user_groups; 0 means every course, the caller, any grouping."""

    courseid: Int = 0
    userid: Int = 0
    groupingid: Int = 0


class UserGroup(Struct, frozen=True, kw_only=True):
    """A group in which a user is, or may work."""

    id: Int
    name: Text
    description: Raw
    descriptionformat: Int
    idnumber: Raw
    courseid: Int | Unset = UNSET


class UserGroups(Struct, frozen=True, kw_only=True):
    """Answer of get_course_user_groups."""

    groups: list[UserGroup]
    warnings: list[CallWarning] | Unset = UNSET


add_group_members: Function[GroupMemberList, None] = Function(
    name="core_group_add_group_members",
    params=GroupMemberList,
    returns=None,
    kind="write",
    access=Access(
        at=(Place("group", "members[].groupid"),), asks=("moodle/course:managegroups", *VIEW_COURSE)
    ),
    capabilities=("moodle/course:managegroups",),
    summary="Add users to groups: all of them or none.",
)

delete_group_members: Function[GroupMemberList, None] = Function(
    name="core_group_delete_group_members",
    params=GroupMemberList,
    returns=None,
    kind="write",
    access=Access(
        at=(Place("group", "members[].groupid"),),
        asks=("moodle/course:managegroups", *SEE_GROUPS, *VIEW_COURSE),
    ),
    capabilities=("moodle/course:managegroups",),
    summary="Remove users from groups: all of them or none.",
)

get_group_members: Function[GroupIds, list[GroupMembers]] = Function(
    name="core_group_get_group_members",
    params=GroupIds,
    returns=list[GroupMembers],
    kind="read",
    access=Access(
        at=(Place("group", "groupids[]"),),
        asks=("moodle/course:managegroups", *SEE_GROUPS, *VIEW_COURSE),
    ),
    capabilities=("moodle/course:managegroups",),
    summary="List the ids of the users of each group.",
)

get_course_user_groups: Function[GetCourseUserGroups, UserGroups] = Function(
    name="core_group_get_course_user_groups",
    params=GetCourseUserGroups,
    returns=UserGroups,
    kind="read",
    access=Access(
        at=(Place("course", "courseid"),),
        asks=("moodle/course:managegroups", *SEE_GROUPS, *VIEW_COURSE),
    ),
    capabilities=("moodle/course:managegroups",),
    services=("moodle_mobile_app",),
    summary="List the groups of a user, in one course or in all.",
)
