"""Hashing in few threads with a short queue, so that log-ins never hold up calls (AUTH-8)."""

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import ParamSpec, TypeVar

from coursewire.domain import password_hashes
from coursewire.domain.password_hashes import Argon2, Hasher, Verified

P = ParamSpec("P")
R = TypeVar("R")

QUEUE = 32


class Busy(Exception):
    """Too many passwords wait to be checked; try again later."""


class Passwords:
    """Hashes and checks passwords in at most two threads; more than the queue holds is refused.

    Call it outside write transactions only: one computation takes tens of milliseconds.
    """

    def __init__(self, hasher: Hasher, *, threads: int = 0, queue: int = QUEUE) -> None:
        self.hasher = hasher
        workers = threads or min(2, os.cpu_count() or 1)
        # Threads begin with the first password, not with the program.
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="password")
        self._places = BoundedSemaphore(workers + queue)

    def hash(self, password: str) -> str:
        """Return the hash of a new password, or raise Busy."""
        return self._soon(password_hashes.hashed, self.hasher, password).result()

    def check(self, password: str, stored: str | None) -> Verified:
        """Compare a password with what is stored, or raise Busy."""
        return self.check_soon(password, stored).result()

    def check_soon(self, password: str, stored: str | None) -> Future[Verified]:
        """Begin to compare a password with what is stored, or raise Busy at once."""
        return self._soon(password_hashes.check, self.hasher, password, stored)

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(cancel_futures=True)

    def _soon(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        if not self._places.acquire(blocking=False):
            msg = "too many passwords wait to be checked"
            raise Busy(msg)
        try:
            running = self._pool.submit(work, *args, **kwargs)
        except BaseException:
            self._places.release()
            raise
        running.add_done_callback(lambda _: self._places.release())
        return running


# What a call uses unless it is told otherwise.
STANDARD = Passwords(Argon2())
