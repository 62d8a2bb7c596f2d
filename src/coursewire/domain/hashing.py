"""Hashing in few threads with a short queue, so that log-ins never hold up calls (AUTH-8)."""

import os
import sys
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import BoundedSemaphore
from typing import ParamSpec, TypeVar

from coursewire.domain import password_hashes
from coursewire.domain.password_hashes import Argon2, Hasher, Verified

P = ParamSpec("P")
R = TypeVar("R")

QUEUE = 32
# By how much hashing is nicer than the rest: it gets what others leave, and never nothing.
_BEHIND = 5


def processors() -> int:
    """Return on how many processors this process may run."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def most_threads(on: int) -> int:
    """Return how many threads hash: two, but one processor is left to those that answer calls.

    With two threads on two processors p99 of other calls was twice what it is with one.
    """
    return max(1, min(2, on - 1))


class Busy(Exception):
    """Too many passwords wait to be checked; try again later."""


class Passwords:
    """Hashes and checks passwords in few threads; more than the queue holds is refused.

    Call it outside write transactions only: one computation takes tens of milliseconds.
    """

    def __init__(self, hasher: Hasher, *, threads: int = 0, queue: int = QUEUE) -> None:
        self.hasher = hasher
        workers = threads or most_threads(processors())
        # Threads begin with the first password, not with the program.
        self._pool = ThreadPoolExecutor(workers, "password", initializer=_stand_back)
        self._places = BoundedSemaphore(workers + queue)

    @contextmanager
    def reserved(self) -> Generator["Reservation"]:
        """Keep a place for one password, or raise Busy before anything else is done for it."""
        self._take_place()
        reservation = Reservation(self)
        try:
            yield reservation
        finally:
            if not reservation.is_used:
                self._places.release()

    def hash(self, password: str) -> str:
        """Return the hash of a new password, or raise Busy."""
        return self._soon(password_hashes.hashed, self.hasher, password).result()

    def check(self, password: str, stored: str | None) -> Verified:
        """Compare a password with what is stored, or raise Busy."""
        return self.check_soon(password, stored).result()

    def check_soon(self, password: str, stored: str | None) -> Future[Verified]:
        """Begin to compare a password with what is stored, or raise Busy at once."""
        return self._soon(password_hashes.check, self.hasher, password, stored)

    def begin_check(self, password: str, stored: str | None) -> Future[Verified]:
        """Begin to compare a password in a place that was kept for it."""
        return self._begin(password_hashes.check, self.hasher, password, stored)

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(cancel_futures=True)

    def _soon(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        self._take_place()
        return self._begin(work, *args, **kwargs)

    def _begin(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Begin a computation, for which a place was taken."""
        try:
            running = self._pool.submit(work, *args, **kwargs)
        except BaseException:
            self._places.release()
            raise
        running.add_done_callback(lambda _: self._places.release())
        return running

    def _take_place(self) -> None:
        if not self._places.acquire(blocking=False):
            msg = "too many passwords wait to be checked"
            raise Busy(msg)


class Reservation:
    """A place that was kept for checking one password."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords
        self.is_used = False

    def check_soon(self, password: str, stored: str | None) -> Future[Verified]:
        """Begin to compare a password with what is stored."""
        self.is_used = True
        return self._passwords.begin_check(password, stored)


def _stand_back() -> None:
    """Let this thread have the processors after those that answer calls, where that can be said.

    Linux keeps a priority for each thread.
    """
    if sys.platform == "linux":
        this = threading.get_native_id()
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, this, os.getpriority(os.PRIO_PROCESS, this) + _BEHIND)


# What a call uses unless it is told otherwise.
STANDARD = Passwords(Argon2())
