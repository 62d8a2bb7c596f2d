"""Bodies of core_role: give and take roles."""

from collections.abc import Collection

from coursewire.contracts import core_role as c
from coursewire.contracts.errors import CodingError, InvalidParameter
from coursewire.contracts.fields import UNSET
from coursewire.domain import (
    contexts,
    course_completion,
    named_places,
    role_assignments,
    users,
    validation,
)
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.functions.binding import Bound

# How the level of courses may be written.
_COURSE = ("course", str(contexts.COURSE))


def assign_roles(call: Call, params: c.AssignRoles) -> None:
    """Give users roles in places: all of them or none."""
    with call.transaction():
        users.hold(call.session, [wanted.userid for wanted in params.assignments])
        if len(params.assignments) > 1:
            # All courses in one order, so that two calls do not wait for each other.
            course_completion.lock_completable(call, _courses(call, params.assignments))
        for wanted in params.assignments:
            place = _place(call, wanted)
            found = users.of_ids(call.session, [wanted.userid]).get(wanted.userid)
            if found is None or found.deleted:
                raise CodingError(f"there is no user {wanted.userid}")
            role_assignments.assign(call, wanted.roleid, wanted.userid, place)


def unassign_roles(call: Call, params: c.UnassignRoles) -> None:
    """Take roles that were given by hand: all of them or none."""
    with call.transaction():
        for wanted in params.unassignments:
            place = _place(call, wanted)
            if not wanted.userid:
                raise CodingError("user 0 is nobody")
            role_assignments.unassign(call, wanted.roleid, wanted.userid, place, component="")


def _courses(call: Call, assignments: Collection[c.RoleAssignment]) -> set[int]:
    """Return the courses among the places that are named, whether or not they are there."""
    ids = [each.contextid for each in assignments if each.contextid is not UNSET]
    found = contexts.many(call.session, ids).values()
    named = {
        each.instanceid
        for each in assignments
        if each.instanceid is not UNSET and each.contextlevel in _COURSE
    }
    return named | {place.instanceid for place in found if place.level == contexts.COURSE}


def _place(call: Call, wanted: c.RoleAssignment) -> Context:
    """Return the place, if the caller may give this role there."""
    place = named_places.find(
        call,
        0 if wanted.contextid is UNSET else wanted.contextid,
        "" if wanted.contextlevel is UNSET else wanted.contextlevel,
        None if wanted.instanceid is UNSET else wanted.instanceid,
    )
    validation.validate_context(call, place)
    call.permissions.require(role_assignments.ASSIGN, place)
    if not role_assignments.may_assign(call.permissions, wanted.roleid, place):
        reason = f"the caller may not give role {wanted.roleid} in {place.where}"
        remedy = "let a role of the caller give it, and let it be given at this level"
        raise InvalidParameter(reason, remedy=remedy)
    return place


FUNCTIONS = (Bound(c.assign_roles, assign_roles), Bound(c.unassign_roles, unassign_roles))
