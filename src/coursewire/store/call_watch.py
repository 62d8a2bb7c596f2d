"""Stops what a call does on PostgreSQL once its time is over (NET-1).

The server keeps a bound for each statement; nobody there knows which of them belong to one call.
One thread looks at the calls that run, once a second, and has the server cancel the statements of
those that are late. That costs a call no round trip, and covers every way to run a statement.
"""

import threading
import time
from contextlib import suppress
from typing import Any

from coursewire.store.call_end import CallEnd
from coursewire.store.session import Session

_EVERY = 1.0
_CANCEL_TIMEOUT = 5.0


class Watched(CallEnd):
    """A call, and the connection on which it works.

    The connection of a call that was cancelled is given up: a late cancellation could meet the next
    one.
    """

    def __init__(self, watch: "CallWatch", session: Session, seconds: float) -> None:
        super().__init__()
        self._watch = watch
        self._session = session
        self._seconds = seconds
        self._was_cancelled = False
        self._driver: Any = session.driver
        self._is_over = False
        self._guard = threading.Lock()

    def __enter__(self) -> None:
        """Begin the time."""
        self.at = time.monotonic() + self._seconds
        self._session.end = self
        self._watch.add(self)

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Watch it no more."""
        self._watch.remove(self)
        self._session.end = None
        self._leave()
        if self._was_cancelled:
            self._session.connection.invalidate()
        self.tell(error)

    def cancel(self) -> None:
        """Cancel the statement that runs, if there is one, unless the call is over."""
        with self._guard:
            if not self._is_over:
                self._was_cancelled = True
                # Whatever goes wrong, other calls are watched on.
                with suppress(Exception):
                    self._driver.cancel_safe(timeout=_CANCEL_TIMEOUT)

    def _leave(self) -> None:
        """Let nothing be cancelled any more: the connection goes on to the next call."""
        with self._guard:
            self._is_over = True


class CallWatch:
    """The calls that run, and the thread that looks at them."""

    def __init__(self) -> None:
        self._running: set[Watched] = set()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def watching(self, session: Session, seconds: float) -> Watched:
        """Cancel whatever the session runs after so many seconds, again and again until it ends."""
        return Watched(self, session, seconds)

    def add(self, running: Watched) -> None:
        """Look at a call from now on."""
        with self._guard:
            self._running.add(running)
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="call-watch", daemon=True)
                self._thread.start()

    def remove(self, running: Watched) -> None:
        """Look at it no more."""
        with self._guard:
            self._running.discard(running)

    def _look(self) -> None:
        while True:
            time.sleep(_EVERY)
            with self._guard:
                late = [running for running in self._running if running.has_come]
            for running in late:
                running.cancel()


WATCH = CallWatch()
