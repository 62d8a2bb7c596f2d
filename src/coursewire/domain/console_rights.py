"""Who may use the console: viewers look, operators change, owners also decide about people."""

from typing import Literal, get_args

from coursewire.contracts.errors import InvalidParameter, MoodleError
from coursewire.domain import users
from coursewire.domain.call import Call
from coursewire.store import console_sessions, turns
from coursewire.store import users as store
from coursewire.store.users import UserRecord

Right = Literal["viewer", "operator", "owner"]
# From the least to the most: each includes those before it.
RIGHTS: tuple[Right, ...] = get_args(Right)


def covers(held: str, needed: Right) -> bool:
    """Tell whether a right that somebody holds includes the one that is needed."""
    return _rank(held) >= _rank(needed)


def may_enter(user: UserRecord) -> bool:
    """Tell whether an account may use the console now."""
    return not user.deleted and not user.suspended and covers(user.console_role, "viewer")


def grant(call: Call, user_id: int, right: Right) -> None:
    """Give an account a right in the console in place of the one it has; owners may."""
    if right not in RIGHTS:
        reason = f"{right!r} is no right in the console"
        raise InvalidParameter(reason, remedy=f"choose from {', '.join(RIGHTS)}")
    with call.transaction():
        user = users.held_unchanged(call.session, user_id)
        _put(call, users.require_active_record(call, user), right)


def revoke(call: Call, user_id: int) -> None:
    """Take an account's right away; its sessions end at once (WEB-1)."""
    with call.transaction():
        _put(call, users.held_unchanged(call.session, user_id), "")


def _rank(right: str) -> int:
    return RIGHTS.index(right) if right in RIGHTS else -1


def _put(call: Call, user: UserRecord, right: str) -> None:
    require_owner(call)
    if user.console_role == right:
        return
    if user.console_role == "owner":
        _require_another_owner(call, user)
    store.change(call.session, user.id, {"console_role": right})
    if _rank(right) < _rank(user.console_role):
        console_sessions.end_of_users(call.session, [user.id])
    action = "console.grant" if right else "console.revoke"
    call.audit.record(
        action, f"user {user.id}", username=user.username, before=user.console_role, after=right
    )


def require_owner(call: Call) -> None:
    if call.caller.is_admin:
        return
    acting = users.get(call.session, call.caller.id)
    if not covers(acting.console_role, "owner"):
        message = "Only an owner decides who uses the console"
        raise MoodleError("nopermissions", message, remedy="ask an owner of the console")


def _require_another_owner(call: Call, user: UserRecord) -> None:
    # Two who take each other's right at once would leave no owner.
    turns.take(call.session, "console owners")
    owners = store.with_console_role(call.session, ["owner"])
    if all(owner.id == user.id for owner in owners):
        reason = f"{user.username} is the only owner of the console"
        raise InvalidParameter(reason, remedy="make somebody else an owner first")
