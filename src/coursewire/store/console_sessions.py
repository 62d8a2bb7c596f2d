"""Rows of console sessions: found by the digest of what stands in the cookie."""

from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import bindparam, delete, insert, select, update

from coursewire.store.schema.console import console_sessions
from coursewire.store.session import Session


class SessionRecord(Struct, frozen=True, gc=False):
    """One session; `authenticated` is when the password was last typed, 0 before a second factor.

    The columns are in the table's order.
    """

    id: int
    digest: bytes
    user_id: int
    csrf: bytes
    address: str
    timecreated: int
    lastseen: int
    authenticated: int

    def __repr__(self) -> str:
        """Show no secret."""
        return f"SessionRecord(id={self.id}, user_id={self.user_id})"


_COLUMNS = [console_sessions.c[name] for name in SessionRecord.__struct_fields__]
_BY_DIGEST = select(*_COLUMNS).where(console_sessions.c.digest == bindparam("digest"))


def by_digest(session: Session, digest: bytes) -> SessionRecord | None:
    """Return the session of a digest."""
    row = session.one(_BY_DIGEST, {"digest": digest})
    return None if row is None else SessionRecord(*row)


def of_user(session: Session, user_id: int) -> list[SessionRecord]:
    """Return the sessions of a user, the newest first."""
    query = select(*_COLUMNS).where(console_sessions.c.user_id == user_id)
    rows = session.rows(query.order_by(console_sessions.c.id.desc()))
    return [SessionRecord(*row) for row in rows]


def add(session: Session, values: dict[str, object]) -> int:
    """Insert a session and return its id."""
    return session.insert(insert(console_sessions), values)


def change(session: Session, session_id: int, values: dict[str, object]) -> None:
    """Write columns of a session."""
    session.execute(
        update(console_sessions).where(console_sessions.c.id == session_id).values(values)
    )


def seen(session: Session, session_id: int, now: int) -> None:
    """Note that a session was used, never less than before."""
    later = console_sessions.c.id == session_id, console_sessions.c.lastseen < now
    session.execute(update(console_sessions).where(*later).values(lastseen=now))


def end(session: Session, ids: Collection[int]) -> None:
    """Remove sessions."""
    session.execute(delete(console_sessions).where(console_sessions.c.id.in_(ids)))


def end_of_users(session: Session, user_ids: Collection[int]) -> int:
    """Remove all sessions of users; return how many there were."""
    gone = delete(console_sessions).where(console_sessions.c.user_id.in_(user_ids))
    return session.execute(gone).rowcount


def drop_old(session: Session, created_before: int, seen_before: int, created_after: int) -> None:
    """Remove sessions that are over by their age, and those of a time that has not come yet."""
    old = console_sessions.c.timecreated < created_before
    idle = console_sessions.c.lastseen < seen_before
    future = console_sessions.c.timecreated > created_after
    session.execute(delete(console_sessions).where(old | idle | future))
