"""Contracts of core_role: assign roles in a place, and take them away."""

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.fields import UNSET, Alpha, Int, Unset
from coursewire.contracts.function import Function


class RoleAssignment(Struct, frozen=True, kw_only=True):
    """A role of a user in a place, which is given by context id or by level and instance."""

    roleid: Int
    userid: Int
    contextid: Int | Unset = UNSET
    contextlevel: Alpha | Unset = UNSET
    instanceid: Int | Unset = UNSET


class AssignRoles(Struct, frozen=True, kw_only=True):
    """Parameters of assign_roles."""

    assignments: list[RoleAssignment]


class UnassignRoles(Struct, frozen=True, kw_only=True):
    """Parameters of unassign_roles."""

    unassignments: list[RoleAssignment]


assign_roles: Function[AssignRoles, None] = Function(
    name="core_role_assign_roles",
    params=AssignRoles,
    returns=None,
    kind="write",
    access=Access(
        at=(Place("named", "assignments[].contextid"),), asks=("moodle/role:assign", *VIEW_COURSE)
    ),
    capabilities=("moodle/role:assign",),
    summary="Give users roles in places: all of them or none.",
)

unassign_roles: Function[UnassignRoles, None] = Function(
    name="core_role_unassign_roles",
    params=UnassignRoles,
    returns=None,
    kind="write",
    access=Access(
        at=(Place("named", "unassignments[].contextid"),), asks=("moodle/role:assign", *VIEW_COURSE)
    ),
    capabilities=("moodle/role:assign",),
    summary="Take roles of users away that were assigned by hand: all of them or none.",
)
