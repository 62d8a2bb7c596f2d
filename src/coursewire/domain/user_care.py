"""What the console does to people's accounts, and the roles it gives: each with its rights."""

from coursewire.contracts.errors import InvalidParameter, MoodleError, NoPermission, Refusal
from coursewire.domain import (
    console_passwords,
    contexts,
    new_users,
    passwords,
    preferences,
    role_assignments,
    user_deletion,
    users,
)
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.known_preferences import FORCE_PASSWORD_CHANGE
from coursewire.domain.new_users import NewUser
from coursewire.domain.well_known_passwords import is_well_known
from coursewire.store.roles import Assignment
from coursewire.store.users import UserRecord

CREATE = "moodle/user:create"
UPDATE = "moodle/user:update"
DELETE = "moodle/user:delete"


def create(call: Call, new: NewUser) -> UserRecord:
    """Create an account; a person's password keeps to the rules (AUTH-11)."""
    require_may_create(call)
    new_users.check(call, [new])
    if new.password and is_well_known(new.password):
        raise InvalidParameter("the password is among those that are tried first")
    ready = new_users.hashed([new], call.passwords.hash)
    return new_users.create(call, ready[0])


def require_may_create(call: Call) -> None:
    """Refuse accounts made by somebody who may make none."""
    call.permissions.require(CREATE, call.site.system)


def faults(call: Call, new: NewUser) -> dict[str, Refusal]:
    """Return by field what stands against creating an account, but for its password."""
    call.permissions.require(CREATE, call.site.system)
    return new_users.faults(call, new)


def password_failures(call: Call, user: UserRecord, password: str) -> list[str]:
    """Return what is wrong with a new password of somebody, one sentence each."""
    if user.console_role:
        return console_passwords.failures(password, user, call.site)
    failures = passwords.policy_failures(password, call.site)
    if not failures and is_well_known(password):
        failures.append("The password is among those that are tried first.")
    return failures


def set_password(call: Call, user_id: int, password: str) -> None:
    """Give somebody a new password; sessions and tokens of the old one end."""
    user = _changeable(call, user_id)
    if password_failures(call, user, password):
        raise InvalidParameter("the password breaks the rules", remedy="choose another one")
    users.set_password(call, user_id, call.passwords.hash(password))


def force_password_change(call: Call, user_id: int, *, on: bool) -> None:
    """Ask somebody for a new password before anything else, or no longer."""
    user = _changeable(call, user_id)
    with call.transaction():
        users.hold_there(call.session, [user_id])
        preferences.put(call, user_id, FORCE_PASSWORD_CHANGE, "1" if on else None)
        action = "user.force_password_change"
        call.audit.record(action, f"user {user_id}", username=user.username, on=on)


def suspend(call: Call, user_id: int, *, suspended: bool) -> None:
    """Shut or open an account's log-in."""
    _changeable(call, user_id)
    if user_id == call.caller.id:
        raise InvalidParameter("nobody suspends their own account", remedy="ask somebody else")
    users.suspend(call, user_id, suspended=suspended)


def delete(call: Call, user_id: int) -> None:
    """Delete an account."""
    require_deletable(call, users.get(call.session, user_id))
    user_deletion.delete(call, user_id)


def require_deletable(call: Call, user: UserRecord) -> None:
    """Refuse to delete an account that stays, or that is not the caller's to delete."""
    call.permissions.require(DELETE, call.site.system)
    users.require_changeable(call, user)
    user_deletion.require_may_leave(call, user, call.site.admin_ids)


def may_delete(call: Call, user: UserRecord) -> bool:
    """Tell whether the caller may delete an account, so that nothing refused is offered."""
    try:
        require_deletable(call, user)
    except Refusal:
        return False
    return True


def give_role(call: Call, role_id: int, user_id: int, context: Context) -> bool:
    """Give a role; nobody gives one that allows more than they may themselves (AUTHZ-8)."""
    require_may_give(call, role_id, context)
    with call.transaction():
        users.hold(call.session, [user_id])
        users.require_active(call, user_id)
        return role_assignments.assign(call, role_id, user_id, context)


def require_may_give(call: Call, role_id: int, context: Context) -> None:
    """Refuse to give a role that is not theirs to give or allows more than they may."""
    _require_giver(call, role_id, context)
    lacking = role_assignments.not_held(call, role_id, context)
    if lacking:
        raise NoPermission(lacking[0], context.where)


def take_role(call: Call, role_id: int, user_id: int, context: Context) -> bool:
    """Take a role that a person gave; those of enrolments and plugins stay."""
    _require_giver(call, role_id, context)
    users.require_changeable(call, users.get(call.session, user_id))
    with call.transaction():
        return role_assignments.unassign(call, role_id, user_id, context, component="")


def may_take(call: Call, held: Assignment, context: Context) -> bool:
    """Tell whether `take_role` takes a role of somebody whom the caller may change."""
    return not held.component and role_assignments.may_assign(
        call.permissions, held.role_id, context
    )


def place(call: Call, written: str) -> Context:
    """Return the place that is written as `site`, `course 5` or `category 2`."""
    level, _, number = written.strip().lower().partition(" ")
    if level in ("", "site"):
        return call.site.system
    number = number.strip()
    levels = {name: key for key, name in contexts.LEVELS.items() if key != contexts.SYSTEM}
    known = level in levels and number.isascii() and number.isdecimal() and len(number) < 18
    found = contexts.find(call.session, levels[level], int(number)) if known else None
    if found is None:
        reason = f"there is no place {written!r}"
        raise InvalidParameter(reason, remedy="write site, course 5, category 2 or activity 7")
    return found


def _changeable(call: Call, user_id: int) -> UserRecord:
    call.permissions.require(UPDATE, call.site.system)
    user = users.get(call.session, user_id)
    users.require_changeable(call, user)
    return user


def _require_giver(call: Call, role_id: int, context: Context) -> None:
    if not role_assignments.may_assign(call.permissions, role_id, context):
        reason = f"the role {role_id} is not one that you may give in {context.where}"
        raise MoodleError(
            "nopermissions",
            reason,
            reason=reason,
            remedy="it takes moodle/role:assign, and a role whose holders may give this one",
        )
