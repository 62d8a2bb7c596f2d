"""Rows of one-time links, found by the digest of their secret."""

from msgspec import Struct
from sqlalchemy import delete, insert, select, update

from coursewire.store.schema.console import one_time_links
from coursewire.store.session import Session


class LinkRecord(Struct, frozen=True, gc=False):
    """A link for one user; `used` is when it was, or 0."""

    id: int
    user_id: int
    validuntil: int
    used: int


_COLUMNS = [one_time_links.c[name] for name in LinkRecord.__struct_fields__]


def by_digest(session: Session, digest: bytes) -> LinkRecord | None:
    """Return the link of a digest."""
    row = session.one(select(*_COLUMNS).where(one_time_links.c.digest == digest))
    return None if row is None else LinkRecord(*row)


def add(session: Session, user_id: int, digest: bytes, validuntil: int) -> None:
    """Insert a link in place of the user's earlier ones."""
    session.execute(delete(one_time_links).where(one_time_links.c.user_id == user_id))
    row = {"user_id": user_id, "digest": digest, "validuntil": validuntil}
    session.insert(insert(one_time_links), row)


def use(session: Session, link_id: int, now: int) -> bool:
    """Mark a link as used; False when somebody else was quicker."""
    unused = one_time_links.c.id == link_id, one_time_links.c.used == 0
    done = session.execute(update(one_time_links).where(*unused).values(used=now))
    return done.rowcount == 1
