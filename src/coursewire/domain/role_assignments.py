"""Giving and taking roles, and which roles one may give."""

from coursewire.domain import contexts, course_completion, roles, users
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.permissions import Permissions
from coursewire.store import roles as rows
from coursewire.store.roles import Assignment
from coursewire.store.session import Session

ASSIGN = "moodle/role:assign"


def assignable(permissions: Permissions, context: Context) -> list[int]:
    """Return the roles that a user may give in a place, in the order of the roles.

    A role counts when it may be assigned at this level and when the user, who needs
    moodle/role:assign there, is an administrator or holds, there or above, a role whose holders
    may give it.
    """
    if not permissions.may(ASSIGN, context):
        return []
    definitions = permissions.definitions
    here = [
        role_id
        for role_id in definitions.roles
        if context.level in definitions.levels.get(role_id, frozenset())
    ]
    if permissions.is_admin:
        return here
    may_give: set[int] = set()
    for held in permissions.assigned_in(context):
        may_give |= definitions.may_assign.get(held, frozenset())
    return [role_id for role_id in here if role_id in may_give]


def giveable(permissions: Permissions) -> frozenset[int]:
    """Return the roles that a user may give in some place at least; each place asks for more."""
    definitions = permissions.definitions
    if permissions.is_admin:
        return frozenset(definitions.roles)
    return frozenset(
        role_id
        for _, held in permissions.held or ()
        for role_id in definitions.may_assign.get(held, ())
    )


def at_level(permissions: Permissions, level: int) -> list[int]:
    """Return the roles that may be assigned at a level, whoever gives them."""
    levels = permissions.definitions.levels
    return [role_id for role_id, at in levels.items() if level in at]


def given_by(permissions: Permissions, context: Context, level: int) -> set[int]:
    """Return the roles of a level that the holder of roles in a context may give below it."""
    definitions = permissions.definitions
    may_give: set[int] = set()
    for held in permissions.assigned_in(context):
        may_give |= definitions.may_assign.get(held, frozenset())
    return may_give.intersection(at_level(permissions, level))


def may_assign(permissions: Permissions, role_id: int, context: Context) -> bool:
    """Tell whether a user may give a role in a place; an unknown role may be given by nobody."""
    return role_id in assignable(permissions, context)


def not_held(call: Call, role_id: int, context: Context) -> list[str]:
    """Return what a role allows in a place and the acting person may not do there."""
    definitions = call.permissions.definitions
    named = definitions.permissions.get(role_id, {})
    allowed = [name for name in named if definitions.allow(name, (role_id,), context.ids)]
    if call.permissions.is_admin:
        # What a plugin brought that does not run now is nobody's; else it would be theirs.
        allowed = [name for name in allowed if name in call.site.capabilities]
    return sorted(name for name in allowed if not call.permissions.may(name, context))


def assign(
    call: Call,
    role_id: int,
    user_id: int,
    context: Context,
    *,
    component: str = "",
    itemid: int = 0,
) -> bool:
    """Give a role; False when the user holds it there already, whoever gave it.

    User, place and role stay until the transaction ends, or MissingRecord, or that the user was
    deleted, is raised.
    """
    users.hold_there(call.session, [user_id])
    in_course = context.level == contexts.COURSE
    # Before the role is written: who ends an enrolment locks the course and then takes the roles.
    completable = in_course and course_completion.lock_completable(call, {context.instanceid})
    contexts.hold(call.session, context)
    roles.hold(call.session, [role_id])
    given = rows.assign(
        call.session,
        {
            "role_id": role_id,
            "user_id": user_id,
            "context_id": context.id,
            "component": component,
            "itemid": itemid,
            "modifierid": call.caller.id,
            "timemodified": call.now,
        },
    )
    if given:
        _notice(call, user_id)
        call.audit.record("role.assign", f"user {user_id}", role=role_id, where=context.where)
        if completable:
            # What a learner did before counts from now on.
            course_completion.evaluate(call, context.instanceid, [user_id])
    return given


def assign_in(call: Call, role_id: int, user_id: int, context_id: int) -> bool:
    """Give a role in a place that is named by its own id."""
    place = contexts.by_id(call.session, context_id)
    return place is not None and assign(call, role_id, user_id, place)


def unassign(
    call: Call, role_id: int, user_id: int, context: Context, *, component: str | None = None
) -> bool:
    """Take a role; False when the user did not hold it there (or not by that component)."""
    taken = rows.unassign(
        call.session,
        user_id=user_id,
        context_id=context.id,
        role_id=role_id,
        component=component,
    )
    if taken:
        _notice(call, user_id)
        call.audit.record("role.unassign", f"user {user_id}", role=role_id, where=context.where)
    return taken


def of_user(session: Session, user_id: int) -> list[Assignment]:
    """Return everything that a user holds, oldest first."""
    return rows.assignments_of_user(session, user_id)


def _notice(call: Call, user_id: int) -> None:
    """Let what follows in the same call see what the caller gave to themselves, or lost."""
    if user_id == call.caller.id:
        call.own_roles_changed()
