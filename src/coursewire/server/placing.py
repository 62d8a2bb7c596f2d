"""Where a call runs: on the event loop when it is short, on a worker thread when it may wait."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from coursewire.server.workers import Workers
from coursewire.store import call_time
from coursewire.store.call_end import CallEnd
from coursewire.store.database import Database
from coursewire.store.problems import CallStopped, NeedsWriter, OutcomeUnknown
from coursewire.store.session import Session

T = TypeVar("T")
Work = Callable[[Session], T]
_READERS = 2
# Calls that wait for programs outside at the same time, and how many may wait for one to end.
_OUTSIDE = 4
_OUTSIDE_QUEUE = 32
# Seconds; what is written behind once a second looks as well, when nobody writes any more.
_LOOK_EVERY = 0.05
# What the loop leaves to a worker.
ELSEWHERE = (NeedsWriter, OperationalError)


class Overloaded(Exception):
    """The queue for the worker threads is full, or a server that stops has no time left."""


class LeftBehind(Overloaded):
    """The server did not wait any longer for a call that ran."""


class Placing:
    """Runs calls on the held reader or on workers, which each hold a session of their own.

    SQLite has one writer, so it gets one worker; a read of bounded size costs less in place than
    the hop to a thread. On PostgreSQL every call goes to a worker, one hop for the whole call.
    """

    def __init__(self, database: Database, *, workers: int, queue: int) -> None:
        self._database = database
        # Whether short calls run on the loop.
        self.in_place = database.engine_name == "sqlite"
        self._workers = Workers(1 if self.in_place else workers, "coursewire-worker")
        # Threads begin with the first page that is read.
        self._readers = Workers(_READERS, "coursewire-reader")
        self._outside = Workers(_OUTSIDE, "coursewire-outside")
        self._all_workers = (self._outside, self._readers, self._workers)
        # By the work's identity.
        self._running: dict[int, CallEnd] = {}
        self._waiting = 0
        self._waiting_outside = 0
        self._queue = queue
        self._closed = False
        # No call is taken any more; only the server itself has something to write.
        self._is_cut = False
        self._next_look = 0.0

    @property
    def waiting(self) -> int:
        """Return how many calls wait for a worker or run on one."""
        return self._waiting

    @property
    def is_full(self) -> bool:
        """Tell whether a call that waits for a worker would be refused now."""
        return self._waiting >= self._queue or self._closed or self._is_cut

    async def run(self, work: Work[T], *, short: bool) -> T:
        """Run one call; `short` says that it reads, and that its size is bounded."""
        done = self.on_loop(work) if short else None
        return await self.on_worker(work) if done is None else done

    def on_loop(self, work: Work[T]) -> T | None:
        """Run a short call, which returns something, in place; None where a worker must.

        A read that turns out to write does, and one that finds the database busy: nobody waits
        for a lock on the loop.
        """
        if not self.in_place:
            return None
        try:
            return work(self._database.reader())
        except ELSEWHERE:
            return None

    async def on_worker(self, work: Work[T], *, last: bool = False) -> T:
        """Run one call on a worker thread, or refuse when too many wait.

        `last` says that it is what the server itself writes at its end.
        """
        if self.is_full and not last:
            raise Overloaded
        self._waiting += 1
        try:
            return await self._workers.run(self._with_session, work)
        except LeftBehind as left:
            raise self._told(work, left) from left
        finally:
            self._waiting -= 1

    async def on_reader(self, work: Work[T]) -> T:
        """Run what only reads but takes its time, a page: neither loop nor writer waits for it.

        Its session refuses transactions.
        """
        if self.is_full:
            raise Overloaded
        self._waiting += 1
        try:
            return await self._readers.run(self._only_reading, work)
        finally:
            self._waiting -= 1

    async def outside(self, work: Work[T]) -> T:
        """Run what may wait for a program outside: no other call waits with it.

        It has a session of its own; on SQLite its transactions queue with the writer's.
        """
        if self._waiting_outside >= _OUTSIDE_QUEUE or self._is_cut:
            raise Overloaded
        self._waiting_outside += 1
        try:
            return await self._outside.run(self._of_its_own, work)
        except LeftBehind as left:
            raise self._told(work, left) from left
        finally:
            self._waiting_outside -= 1

    def _told(self, work: Work[T], left: LeftBehind) -> Exception:
        """Return what a client is told of work that was left behind, in a commit perhaps."""
        end = self._running.get(id(work))
        if end is None or not end.may_have_kept:
            return left
        return OutcomeUnknown("the server stopped while changes were committed")

    def _of_its_own(self, work: Work[T]) -> T:
        with self._database.session() as session:
            return self._bounded(session, work)

    def _only_reading(self, work: Work[T]) -> T:
        with self._database.session() as taken:
            return self._bounded(Session(taken.connection, begin=None), work)

    def _with_session(self, work: Work[T]) -> T:
        if self.in_place:
            try:
                return self._bounded(self._database.writer(), work)
            finally:
                self._look_after_the_log()
        return self._of_its_own(work)

    def _bounded(self, session: Session, work: Work[T]) -> T:
        """Run a call until its time is over, or the server's."""
        end = call_time.bounded(session)
        self._running[id(work)] = end
        try:
            with end:
                return work(session)
        except CallStopped as stopped:
            raise Overloaded from stopped
        finally:
            self._running.pop(id(work), None)

    def _look_after_the_log(self) -> None:
        """Fold SQLite's log when it has grown; of many short writes one looks for all."""
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + _LOOK_EVERY
            self._database.released()

    async def cut(self, within: float) -> None:
        """Take no call any more and stop those that run; what ends too late is left behind.

        Each is told in place of an answer that it found no room: nothing of it is kept.
        """
        self._is_cut = True
        until = time.monotonic() + within
        while self._waiting + self._waiting_outside and time.monotonic() < until:
            self._stop_all()
            await asyncio.sleep(_LOOK_EVERY)
        for workers in self._all_workers:
            workers.abandon(LeftBehind)
        # Those who were told write their answers.
        await asyncio.sleep(_LOOK_EVERY)

    def _stop_all(self) -> None:
        for workers in self._all_workers:
            workers.refuse(Overloaded)
        for end in list(self._running.values()):
            end.stop()

    def close(self) -> None:
        """Finish what runs, and end the workers: a call that comes late finds no room."""
        self._closed = True
        for workers in self._all_workers:
            workers.close()
