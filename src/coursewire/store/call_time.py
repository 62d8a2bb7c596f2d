"""A bound on how long one call may keep the database busy (NET-1).

On PostgreSQL each statement has a bound of its own, which the server keeps (`postgres.py`). SQLite
knows none and works in our process, for one writer at a time: a call that does not end would keep
all others out.
"""

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from coursewire.store.session import Session

SECONDS = 300.0
# SQLite asks after so many steps of its machine, some milliseconds, whether to go on.
_STEPS = 200_000


@contextmanager
def bounded(session: Session, seconds: float | None = None) -> Generator[None]:
    """Stop the statement that runs when the time is over; it fails with SQLITE_INTERRUPT."""
    if session.engine_name != "sqlite":
        yield
        return
    session.end = time.monotonic() + (SECONDS if seconds is None else seconds)
    watch(session)
    try:
        yield
    finally:
        session.end = None
        watch(session)


def watch(session: Session) -> None:
    """Let SQLite ask whether the end of the session's call has come, if it has one."""
    driver: Any = session.connection.connection.driver_connection
    end = session.end
    if end is None:
        driver.set_progress_handler(None, 0)
    else:
        driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
