"""Connections that come back to a pool after it was given up: they are closed, not kept."""

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

_POOL = "pool"


def close_late_ones(engine: Engine) -> None:
    """Close each connection that somebody still had when its pool was disposed of.

    SQLAlchemy would put it back into that pool, which nobody uses any more: there it holds on to
    the files, or to its place on the server, until it is collected.
    """

    def note(_: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        entry.info[_POOL] = engine.pool

    def look(_: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        if entry.info.get(_POOL) is not engine.pool:
            entry.invalidate()

    event.listen(engine, "connect", note)
    event.listen(engine, "checkin", look)
