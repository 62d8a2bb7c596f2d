"""Saying that what servers remember is out of date, where no watched table tells it."""

from sqlalchemy import BigInteger, cast, func, insert, select
from sqlalchemy.dialects import sqlite

from coursewire.store.direct import DirectRead
from coursewire.store.schema.site import facts_version
from coursewire.store.session import Session

_COUNT = sqlite.insert(facts_version).values(id=1, version=1)
_COUNTED = _COUNT.on_conflict_do_update(
    index_elements=["id"], set_={"version": facts_version.c.version + 1}
)
# A row of one's own, which nobody else waits for.
_ADDED = insert(facts_version).values(version=1)
# The rows of all writers together, on SQLite the one that there is; nobody ever counts down.
_VERSION = DirectRead(select(cast(func.coalesce(func.sum(facts_version.c.version), 0), BigInteger)))


def changed(session: Session) -> None:
    """Let all servers look again."""
    session.execute(_COUNTED if session.engine_name == "sqlite" else _ADDED)


def version(session: Session) -> int:
    """Return what `Database.facts_version` does, of what this session's transaction sees."""
    return int(_VERSION.rows(session)[0][0])
