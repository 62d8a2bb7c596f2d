"""A bound on how long one call may keep the database busy (NET-1).

On PostgreSQL each statement has a bound of its own, which the server keeps (`postgres.py`), and a
watch cancels those of a call that is late (`call_watch.py`). SQLite knows no bound and works in our
process, for one writer at a time: a call that does not end would keep all others out.
"""

import time
from contextlib import AbstractContextManager

from coursewire.store.call_watch import WATCH
from coursewire.store.session import Session

SECONDS = 300.0
# SQLite asks after so many steps of its machine, some milliseconds, whether to go on.
_STEPS = 200_000


def bounded(session: Session, seconds: float | None = None) -> AbstractContextManager[None]:
    """Stop the statement that runs when the time is over; it fails as one that took too long."""
    allowed = SECONDS if seconds is None else seconds
    if session.engine_name == "sqlite":
        return _Watched(session, allowed)
    return WATCH.watching(session, allowed)


class _Watched:
    """The time of a call on SQLite; every write has it, so it is no generator."""

    __slots__ = ("_allowed", "_session")

    def __init__(self, session: Session, allowed: float) -> None:
        self._session = session
        self._allowed = allowed

    def __enter__(self) -> None:
        """Begin the time."""
        if not self._session.is_watched:
            watch(self._session)
        self._session.end = time.monotonic() + self._allowed

    def __exit__(self, *_: object) -> None:
        """Let what comes after take its time."""
        self._session.end = None


def watch(session: Session) -> None:
    """Let SQLite ask from now on whether the end of the session's call has come, if it has one."""
    session.driver.set_progress_handler(lambda: _is_over(session), _STEPS)
    session.is_watched = True


def _is_over(session: Session) -> bool:
    return session.end is not None and time.monotonic() > session.end
