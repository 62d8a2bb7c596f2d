"""Contracts of core_group for activities: group mode and the groups a user may work in."""

from msgspec import Struct

from coursewire.contracts.access import SEE_GROUPS, VIEW_COURSE, Access, Place
from coursewire.contracts.core_group.members import UserGroup
from coursewire.contracts.fields import UNSET, Bool, Int, Unset
from coursewire.contracts.function import Function
from coursewire.contracts.parts import ActivityId, CallWarning


class GetActivityAllowedGroups(Struct, frozen=True, kw_only=True):
    """Parameters of get_activity_allowed_groups; user 0 is the caller."""

    cmid: Int
    userid: Int = 0


class AllowedGroups(Struct, frozen=True, kw_only=True):
    """Answer of get_activity_allowed_groups."""

    groups: list[UserGroup]
    canaccessallgroups: Bool | Unset = UNSET
    warnings: list[CallWarning] | Unset = UNSET


class ActivityGroupMode(Struct, frozen=True, kw_only=True):
    """The mode in force: 0 no groups, 1 separate, 2 visible."""

    groupmode: Int
    warnings: list[CallWarning] | Unset = UNSET


get_activity_allowed_groups: Function[GetActivityAllowedGroups, AllowedGroups] = Function(
    name="core_group_get_activity_allowed_groups",
    params=GetActivityAllowedGroups,
    returns=AllowedGroups,
    kind="read",
    access=Access(
        at=(Place("module", "cmid"),),
        asks=(
            "moodle/course:viewhiddenactivities",
            "mod/*:view",
            "moodle/course:managegroups",
            *SEE_GROUPS,
            *VIEW_COURSE,
        ),
    ),
    services=("moodle_mobile_app",),
    summary="List the groups in which a user may work in an activity.",
)

get_activity_groupmode: Function[ActivityId, ActivityGroupMode] = Function(
    name="core_group_get_activity_groupmode",
    params=ActivityId,
    returns=ActivityGroupMode,
    kind="read",
    access=Access(
        at=(Place("module", "cmid"),),
        asks=("moodle/course:viewhiddenactivities", "mod/*:view", *VIEW_COURSE),
    ),
    services=("moodle_mobile_app",),
    summary="Tell the group mode in force in an activity.",
)
