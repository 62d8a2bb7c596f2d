"""Accounts: finding them, and changing their state."""

from collections.abc import Collection, Mapping
from typing import Any

from coursewire.contracts.errors import MissingRecord, MoodleError, Refusal
from coursewire.domain import token_ends
from coursewire.domain.call import Call
from coursewire.domain.user_fields import REMOTE_AUTH
from coursewire.store import console_sessions
from coursewire.store import users as store
from coursewire.store.session import Session
from coursewire.store.users import UserRecord

REMOTE = REMOTE_AUTH


def get(session: Session, user_id: int) -> UserRecord:
    """Return a user, deleted ones included, or raise MissingRecord."""
    found = store.get(session, user_id)
    if found is None:
        raise MissingRecord("user", user_id)
    return found


def require_there(session: Session, user_id: int) -> UserRecord:
    """Return a user who was not deleted, or raise MissingRecord."""
    found = get(session, user_id)
    if found.deleted:
        raise MissingRecord("user", user_id)
    return found


def of_ids(session: Session, ids: Collection[int]) -> dict[int, UserRecord]:
    """Return those of the users that exist, deleted ones included, by id."""
    return store.of_ids(session, ids)


def hold(session: Session, ids: Collection[int]) -> None:
    """Keep users from being deleted until the transaction ends; look at them afterwards."""
    store.hold(session, ids)


def hold_there(session: Session, ids: Collection[int]) -> None:
    """Keep users from being deleted as `hold` does; whoever was by now is refused.

    For writing what is about people: it would outlive them. It comes before the lock of a course,
    as in their deletion, so that neither waits for the other.
    """
    store.hold(session, ids)
    for user in store.of_ids(session, ids).values():
        if user.deleted:
            raise _deleted(user)


def held_unchanged(session: Session, user_id: int) -> UserRecord:
    """Return a user whom nobody else changes or deletes until the transaction ends."""
    store.hold_unchanged(session, user_id)
    return get(session, user_id)


def require(found: Mapping[int, UserRecord], user_id: int) -> UserRecord:
    """Return a user that was looked up, or raise MissingRecord."""
    user = found.get(user_id)
    if user is None:
        raise MissingRecord("user", user_id)
    return user


def by_username(session: Session, username: str) -> UserRecord:
    """Return the user of a name, or raise MissingRecord."""
    found = store.by_username(session, username)
    if found is None:
        raise MissingRecord("user", username)
    return found


def require_active(call: Call, user_id: int) -> UserRecord:
    """Return a user who can take part, or raise MissingRecord or what is wrong with the account.

    Suspended users can: only their log-in is shut.
    """
    return require_active_record(call, get(call.session, user_id))


def require_active_record(call: Call, user: UserRecord) -> UserRecord:
    """Return the user if the account can take part, or raise what is wrong with it."""
    if user.deleted:
        raise _deleted(user)
    if not user.confirmed:
        reason = f"user {user.id} never confirmed the account"
        raise MoodleError("usernotconfirmed", "The account is not confirmed", reason=reason)
    if user.id == call.site.guest_id:
        reason = "the guest account stands for nobody"
        raise MoodleError("guestsarenotallowed", "The guest cannot take part", reason=reason)
    return user


def is_out_of_reach(call: Call, user: UserRecord) -> bool:
    """Tell whether the account opens the console to somebody whom the caller has no say about.

    Whoever sets its password comes in as its holder, whatever the right to change accounts was for.
    """
    opens = bool(user.console_role) and not user.deleted
    if not opens or call.caller.is_admin or user.id == call.caller.id:
        return False
    caller = store.get(call.session, call.caller.id)
    return caller is None or caller.console_role != "owner"


def require_changeable(call: Call, user: UserRecord) -> None:
    """Refuse to change an administrator for anybody else, and whom nobody changes (AUTHZ-8)."""
    is_others = not call.caller.is_admin and user.id != call.caller.id
    if is_others and user.id in call.site.admin_ids:
        message = "Only an administrator changes an administrator's account"
        raise MoodleError("usernotupdatedadmin", message)
    if is_out_of_reach(call, user):
        message = "Only an owner of the console changes the account of who may use it"
        raise MoodleError("usernotupdatedadmin", message)
    if user.deleted:
        raise MoodleError("usernotupdateddeleted", "The user was deleted")
    if user.auth == REMOTE:
        raise MoodleError("usernotupdatedremote", "Accounts of other sites are changed there")
    if user.id == call.site.guest_id:
        raise MoodleError("usernotupdatedguest", "The guest account is never changed")


def why_unchanged(call: Call, user: UserRecord) -> str:
    """Return why the caller may not change an account, or '': whatever rights in places allow."""
    try:
        require_changeable(call, user)
    except Refusal as refusal:
        return refusal.message
    return ""


def may_change(call: Call, user: UserRecord) -> bool:
    """Tell whether the caller may change an account, so that nothing refused is offered."""
    return not why_unchanged(call, user)


def suspend(call: Call, user_id: int, *, suspended: bool) -> None:
    """Shut or open an account's log-in; who may do that is decided before."""
    with call.transaction():
        user = held_unchanged(call.session, user_id)
        require_changeable(call, user)
        if bool(user.suspended) == suspended:
            return
        _change(call, user, {"suspended": int(suspended)})
        if suspended:
            console_sessions.end_of_users(call.session, [user.id])
        action = "user.suspend" if suspended else "user.unsuspend"
        call.audit.record(action, f"user {user.id}", username=user.username)


def confirm(call: Call, user_id: int, *, confirmed: bool = True) -> None:
    """Confirm an account, or take that back; who may do that is decided before."""
    with call.transaction():
        user = held_unchanged(call.session, user_id)
        require_changeable(call, user)
        if bool(user.confirmed) == confirmed:
            return
        _change(call, user, {"confirmed": int(confirmed)})
        action = "user.confirm" if confirmed else "user.unconfirm"
        call.audit.record(action, f"user {user.id}", username=user.username)


def set_password(call: Call, user_id: int, password_hash: str) -> None:
    """Store a new password, hashed before the transaction began (AUTH-8).

    Tokens that the old password gave out end with it.
    """
    with call.transaction():
        user = held_unchanged(call.session, user_id)
        require_changeable(call, user)
        _change(call, user, {"password": password_hash})
        token_ends.revoke_after_password_change(call, user.id)
        call.audit.record("user.password", f"user {user.id}", username=user.username)


def _deleted(user: UserRecord) -> MoodleError:
    reason = f"user {user.id} is deleted"
    return MoodleError("userdeleted", "The user was deleted", reason=reason)


def _change(call: Call, user: UserRecord, values: dict[str, Any]) -> None:
    store.change(call.session, user.id, {**values, "timemodified": call.now})
