"""Many reads that all see the site as it was at one moment."""

from collections.abc import Generator
from contextlib import contextmanager

from coursewire.store.session import Session


@contextmanager
def snapshot(session: Session) -> Generator[None]:
    """Read everything inside as of its beginning; nothing can be written meanwhile on SQLite."""
    with session.transaction():
        if session.engine_name == "postgresql":
            # Each statement would see what others committed in between.
            session.connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
