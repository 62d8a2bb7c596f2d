"""Stops what a call does on PostgreSQL once its time is over (NET-1).

The server keeps a bound for each statement; nobody there knows which of them belong to one call.
One thread looks at the calls that run, once a second, and has the server cancel the statements of
those that are late. That costs a call no round trip, and covers every way to run a statement.
"""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any

from coursewire.store.session import Session

_EVERY = 1.0
_CANCEL_TIMEOUT = 5.0


class _Running:
    """A call, and the connection on which it works."""

    def __init__(self, session: Session, end: float) -> None:
        self.end = end
        self.was_stopped = False
        self._driver: Any = session.driver
        self._driver_error = session.driver_error
        self._is_over = False
        self._guard = threading.Lock()

    def stop(self) -> None:
        """Cancel the statement that runs, if there is one, unless the call is over."""
        with self._guard:
            if not self._is_over:
                self.was_stopped = True
                with suppress(self._driver_error):
                    self._driver.cancel_safe(timeout=_CANCEL_TIMEOUT)

    def leave(self) -> None:
        """Let nothing be cancelled any more: the connection goes on to the next call."""
        with self._guard:
            self._is_over = True


class CallWatch:
    """The calls that run, and the thread that looks at them."""

    def __init__(self) -> None:
        self._running: set[_Running] = set()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    @contextmanager
    def watching(self, session: Session, seconds: float) -> Generator[None]:
        """Cancel whatever the session runs after so many seconds, again and again until it ends.

        The connection of a call that was stopped is given up: a late cancellation could meet the
        next one.
        """
        running = _Running(session, time.monotonic() + seconds)
        with self._guard:
            self._running.add(running)
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="call-watch", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._guard:
                self._running.discard(running)
            running.leave()
            if running.was_stopped:
                session.connection.invalidate()

    def _look(self) -> None:
        while True:
            time.sleep(_EVERY)
            now = time.monotonic()
            with self._guard:
                late = [running for running in self._running if running.end < now]
            for running in late:
                running.stop()


WATCH = CallWatch()
