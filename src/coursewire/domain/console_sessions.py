"""Sessions in the console: begun at sign-in, found for each request, over in many ways (WEB-1)."""

import hashlib
import secrets

from msgspec import Struct

from coursewire.contracts.errors import MissingRecord
from coursewire.domain import console_rights
from coursewire.domain.call import Call
from coursewire.store import console_sessions as store
from coursewire.store import users
from coursewire.store.console_sessions import SessionRecord
from coursewire.store.session import Session
from coursewire.store.users import UserRecord

MINUTE = 60
IDLE = 30 * MINUTE
LONGEST = 8 * 60 * MINUTE
# How long a password opens what only somebody who is certainly here may do (WEB-2).
RECENT = 10 * MINUTE
# How long the second factor may take after the password.
SECOND_STEP = 5 * MINUTE
MOST = 5
# `lastseen` is written at most this often, so a session may end so much early.
SEEN_EVERY = 10


class Opened(Struct, frozen=True):
    """A session that has begun, with the one copy of what stands in its cookie."""

    identifier: str
    record: SessionRecord

    def __repr__(self) -> str:
        """Show no secret."""
        return f"Opened({self.record!r})"


class Found(Struct, frozen=True):
    """A session that is in force, and whose it is."""

    record: SessionRecord
    user: UserRecord

    @property
    def is_pending(self) -> bool:
        """Tell whether the second factor is still to come."""
        return not self.record.authenticated

    def is_recent(self, now: int) -> bool:
        """Tell whether the password was typed in the last minutes (WEB-2)."""
        return 0 <= now - self.record.authenticated <= RECENT


def digest(identifier: str) -> bytes:
    """Return what of an identifier is stored; it is random, so a plain digest will do."""
    return hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).digest()


def find(session: Session, identifier: str, now: int) -> Found | None:
    """Return the session of a cookie if it is in force for somebody who may use the console."""
    record = store.by_digest(session, digest(identifier)) if identifier else None
    if record is None or not _is_in_time(record, now):
        return None
    user = users.get(session, record.user_id)
    if user is None or not console_rights.may_enter(user):
        return None
    return Found(record, user)


def begin(call: Call, user: UserRecord, address: str, *, second_factor_due: bool) -> Opened:
    """Begin a session; the oldest ones beyond the number that an account may have end."""
    identifier = secrets.token_hex(16)
    values: dict[str, object] = {
        "digest": digest(identifier),
        "user_id": user.id,
        "csrf": secrets.token_bytes(32),
        "address": address,
        "timecreated": call.now,
        "lastseen": call.now,
        "authenticated": 0 if second_factor_due else call.now,
    }
    with call.transaction():
        tidy(call.session, call.now)
        number = store.add(call.session, values)
        _end_surplus(call.session, user.id, number, pending=second_factor_due)
        if not second_factor_due:
            _record_sign_in(call, user.id, number)
    return _opened(call.session, identifier)


def _end_surplus(session: Session, user_id: int, kept: int, *, pending: bool) -> None:
    """End the oldest sessions of an account beyond the number that it may have.

    Those that wait for a code count apart: who knows the password alone must end no other.
    """
    others = [
        one.id
        for one in store.of_user(session, user_id)
        if one.id != kept and pending == (not one.authenticated)
    ]
    store.end(session, others[MOST - 1 :])


def tidy(session: Session, now: int) -> None:
    """Remove sessions that are over, inside a transaction.

    A clock that was set back far ends sessions; they must not begin again as time goes on.
    """
    store.drop_old(session, now - LONGEST, now - IDLE - SEEN_EVERY, now + MINUTE)


def renew(call: Call, found: Found) -> Opened:
    """Give a session another identifier: who uses it has just proved again who they are."""
    identifier = secrets.token_hex(16)
    values: dict[str, object] = {
        "digest": digest(identifier),
        "csrf": secrets.token_bytes(32),
        "lastseen": call.now,
        "authenticated": call.now,
    }
    with call.transaction():
        store.change(call.session, found.record.id, values)
        if found.is_pending:
            _end_surplus(call.session, found.user.id, found.record.id, pending=False)
            _record_sign_in(call, found.user.id, found.record.id)
        else:
            call.audit.record("console.confirm", f"user {found.user.id}")
    return _opened(call.session, identifier)


def note_seen(session: Session, record: SessionRecord, now: int) -> None:
    """Write down that a session is in use."""
    store.seen(session, record.id, now)


def needs_note(record: SessionRecord, now: int) -> bool:
    """Tell whether it is time to write down that a session is in use."""
    return now - record.lastseen >= SEEN_EVERY


def sign_out(call: Call, record: SessionRecord) -> None:
    """End the session that is being used."""
    with call.transaction():
        store.end(call.session, [record.id])
        call.audit.record("console.signout", f"user {record.user_id}")


def end_one(call: Call, session_id: int) -> None:
    """End another session of the caller."""
    with call.transaction():
        mine = {record.id for record in store.of_user(call.session, call.caller.id)}
        if session_id not in mine:
            raise MissingRecord("session", session_id)
        store.end(call.session, [session_id])
        call.audit.record("console.session_end", f"user {call.caller.id}", session_id=session_id)


def end_others(call: Call, kept: int) -> int:
    """End all sessions of the caller but one; return how many that were."""
    with call.transaction():
        others = [r.id for r in store.of_user(call.session, call.caller.id) if r.id != kept]
        if others:
            store.end(call.session, others)
            call.audit.record("console.session_end", f"user {call.caller.id}", ids=others)
    return len(others)


def end_all(call: Call, user_id: int, kept: int = 0) -> int:
    """End all sessions of a user but one of the caller's; owners of the console may."""
    with call.transaction():
        console_rights.require_owner(call)
        found = [one.id for one in store.of_user(call.session, user_id) if one.id != kept]
        if found:
            store.end(call.session, found)
            call.audit.record("console.session_end", f"user {user_id}", ids=found)
    return len(found)


def of_user(call: Call, user_id: int) -> list[SessionRecord]:
    """Return the sessions of a user that are in force, the newest first."""
    found = store.of_user(call.session, user_id)
    return [one for one in found if one.authenticated and _is_in_time(one, call.now)]


def _is_in_time(record: SessionRecord, now: int) -> bool:
    """A clock that was set back by more than a little ends a session (DUR-12)."""
    idle = IDLE if record.authenticated else SECOND_STEP
    in_use = -MINUTE <= now - record.lastseen < idle
    return in_use and -MINUTE <= now - record.timecreated < LONGEST


def _opened(session: Session, identifier: str) -> Opened:
    record = store.by_digest(session, digest(identifier))
    if record is None:
        raise MissingRecord("session", "just begun")
    return Opened(identifier, record)


def _record_sign_in(call: Call, user_id: int, session_id: int) -> None:
    call.audit.record("console.signin", f"user {user_id}", session_id=session_id)
