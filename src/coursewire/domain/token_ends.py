"""How tokens end: seen expired, revoked with what they hang on, removed after a time (TOK-8, 9)."""

from collections.abc import Collection

from sqlalchemy import ColumnElement

from coursewire.audit import records
from coursewire.audit.records import Record
from coursewire.domain.call import Call
from coursewire.store import console_sessions, services
from coursewire.store import tokens as store
from coursewire.store.access import Access
from coursewire.store.session import Session
from coursewire.text.counted import counted

# How long a token stays for the audit trail after it was revoked or told to have expired (D12).
KEPT = 30 * 86_400


def mark_expired(session: Session, access: Access, now: int) -> None:
    """Note, in a transaction, that the holder of an expired token was told: later calls find none.

    Moodle deletes the row at this moment; marking it gives the same answers and keeps the trail.
    """
    if not store.mark_expired(session, access.id, now):
        return
    record = Record(
        time_ms=now * 1000,
        monotonic_ms=0,
        actor_id=access.user_id,
        actor=access.username,
        token_handle=access.handle,
        action="token.expire",
        target=f"token {access.handle}",
        reason="used after its end date",
    )
    records.append(session, [record])


def revoke_of_users(call: Call, user_ids: Collection[int], reason: str) -> None:
    """End all tokens of users and take the users off all lists: they are being deleted."""
    _revoke(call, store.of_user(user_ids), reason)
    services.forget_user(call.session, user_ids)


def revoke_after_password_change(call: Call, user_id: int) -> None:
    """End the tokens that a user got by log-in, or every token where the site wants that (D6).

    Sessions in the console end with the password that began them (WEB-1).
    """
    every = call.site.settings["passwordchangetokendeletion"]
    which = store.of_user([user_id]) if every else store.of_login(user_id)
    console_sessions.end_of_users(call.session, [user_id])
    _revoke(call, which, "the password was changed")


def revoke_of_service(call: Call, service_id: int) -> None:
    """End all tokens of a service that is being deleted."""
    _revoke(call, store.of_service(service_id), "its service was deleted")


def retire_keys(call: Call, kept: int) -> None:
    """End the tokens that were not used since another key became the active one (TOK-4)."""
    with call.transaction():
        _revoke(call, store.of_other_keys(kept), "its key was retired before it was used again")


def purge(call: Call) -> int:
    """Remove tokens that were revoked, or told to have expired, long ago.

    The audit record keeps their handles.
    """
    with call.transaction():
        removed = store.purge(call.session, call.now - KEPT)
        if removed:
            call.audit.record("token.purge", counted(removed, "token"))
    return removed


def _revoke(call: Call, which: ColumnElement[bool], reason: str) -> None:
    handles = store.revoke(call.session, which, call.now, reason)
    if handles:
        target = f"token {handles[0]}" if len(handles) == 1 else counted(len(handles), "token")
        call.audit.record("token.revoke", target, reason=reason, handles=handles)
