"""A bound on how long one call may keep the database busy (NET-1).

On PostgreSQL each statement has a bound of its own, which the server keeps (`postgres.py`), and a
watch cancels those of a call that is late (`call_watch.py`). SQLite knows no bound and works in our
process, for one writer at a time: a call that does not end would keep all others out.
"""

import time

from coursewire.store.call_end import CallEnd
from coursewire.store.call_watch import WATCH, Watched
from coursewire.store.session import Session

SECONDS = 300.0
# SQLite asks after so many steps of its machine, some milliseconds, whether to go on.
_STEPS = 200_000


def bounded(session: Session, seconds: float | None = None) -> "Bounded | Watched":
    """Stop the statement that runs when the time is over; it fails as one that took too long.

    What bounds the call can also stop it before; then it fails with `CallStopped`.
    """
    allowed = SECONDS if seconds is None else seconds
    if session.engine_name == "sqlite":
        return Bounded(session, allowed)
    return WATCH.watching(session, allowed)


class Bounded(CallEnd):
    """The time of a call on SQLite; every write has it, so it is no generator."""

    __slots__ = ("_allowed", "_session")

    def __init__(self, session: Session, allowed: float) -> None:
        super().__init__()
        self._session = session
        self._allowed = allowed

    def __enter__(self) -> None:
        """Begin the time."""
        if not self._session.is_watched:
            watch(self._session)
        self.at = time.monotonic() + self._allowed
        self._session.end = self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Let what comes after take its time."""
        self._session.end = None
        self.tell(error)


def watch(session: Session) -> None:
    """Let SQLite ask from now on whether the end of the session's call has come, if it has one."""
    session.driver.set_progress_handler(lambda: _is_over(session), _STEPS)
    session.is_watched = True


def _is_over(session: Session) -> bool:
    return session.end is not None and session.end.has_come
