"""Contracts of core_group for the groups that a grouping gathers."""

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.fields import Int
from coursewire.contracts.function import Function


class GroupingGroup(Struct, frozen=True, kw_only=True):
    """A grouping and a group that belongs, or shall belong, to it."""

    groupingid: Int
    groupid: Int


class AssignGrouping(Struct, frozen=True, kw_only=True):
    """Parameters of assign_grouping."""

    assignments: list[GroupingGroup]


class UnassignGrouping(Struct, frozen=True, kw_only=True):
    """Parameters of unassign_grouping."""

    unassignments: list[GroupingGroup]


assign_grouping: Function[AssignGrouping, None] = Function(
    name="core_group_assign_grouping",
    params=AssignGrouping,
    returns=None,
    kind="write",
    access=Access(
        at=(Place("grouping", "assignments[].groupingid"),),
        asks=("moodle/course:managegroups", *VIEW_COURSE),
    ),
    summary="Put groups into groupings: all of them or none.",
)

unassign_grouping: Function[UnassignGrouping, None] = Function(
    name="core_group_unassign_grouping",
    params=UnassignGrouping,
    returns=None,
    kind="write",
    access=Access(
        at=(Place("grouping", "unassignments[].groupingid"),),
        asks=("moodle/course:managegroups", *VIEW_COURSE),
    ),
    summary="Take groups out of groupings: all of them or none.",
)
