"""Threads that do what the event loop gives them, in its order: one hop there and one back.

An executor makes a future of its own for each piece of work, with locks and callbacks, and ties it
to the loop's: together they cost a write as much as its checks.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")
A = TypeVar("A")
_Answer: TypeAlias = "asyncio.Future[Any]"
_Waiting: TypeAlias = tuple[Callable[[Any], Any], Any, _Answer]
# Seconds; whoever waits for a thread to end looks whether it was abandoned.
_LOOK_EVERY = 0.1


class Workers:
    """Some threads, which begin when they are needed; given work by one loop alone."""

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._threads: list[Thread] = []
        self._undone: set[_Answer] = set()
        self._is_abandoned = False
        # None ends a thread.
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()

    async def run(self, work: Callable[[A], T], argument: A) -> T:
        """Return what the work returns; one whose caller has gone before it begins is left out."""
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._undone.add(answer)
        if len(self._undone) > len(self._threads) < self._most:
            self._begin_another()
        self._queue.put((work, argument, answer))
        return await answer

    def refuse(self, error: type[Exception]) -> None:
        """Raise this for what no thread has begun."""
        with suppress(Empty):
            while (waiting := self._queue.get_nowait()) is not None:
                _, _, answer = waiting
                self._done(answer, answer.set_exception, error())
            self._queue.put(None)

    def abandon(self, error: type[Exception]) -> None:
        """Raise this for whatever is not done, and wait for no thread any more."""
        self._is_abandoned = True
        for answer in [*self._undone]:
            self._done(answer, answer.set_exception, error())

    def close(self) -> None:
        """Finish what was given, and end the threads, unless they are abandoned."""
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join(_LOOK_EVERY)
            while thread.is_alive() and not self._is_abandoned:
                thread.join(_LOOK_EVERY)
        self._threads.clear()

    def _begin_another(self) -> None:
        name = f"{self._name}_{len(self._threads)}"
        thread = Thread(target=self._work, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _work(self) -> None:
        while (waiting := self._queue.get()) is not None:
            self._do(*waiting)
            # Nothing of a call is kept while the thread waits for the next one.
            del waiting

    def _do(self, work: Callable[[Any], Any], argument: Any, answer: _Answer) -> None:  # noqa: ANN401 - what the work takes
        if answer.done():
            self._tell(answer, answer.set_result, None)
            return
        try:
            result = work(argument)
        except BaseException as error:  # noqa: BLE001 - whoever waits is told
            self._tell(answer, answer.set_exception, _bearable(error))
        else:
            self._tell(answer, answer.set_result, result)

    def _tell(self, answer: _Answer, tell: Callable[[Any], None], what: object) -> None:
        # A loop that was closed meanwhile has nobody who waits.
        with suppress(RuntimeError):
            answer.get_loop().call_soon_threadsafe(self._done, answer, tell, what)

    def _done(self, answer: _Answer, tell: Callable[[Any], None], what: object) -> None:
        self._undone.discard(answer)
        if not answer.done():
            tell(what)


def _bearable(error: BaseException) -> BaseException:
    """Return what a future takes, and the loop survives.

    `StopIteration` is refused by futures: whoever waits would wait for ever. What ends a program,
    as `sys.exit` in a plugin raises, would end the loop of all.
    """
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    told = RuntimeError(f"{type(error).__name__} was raised by work on a thread")
    told.__cause__ = error
    return told
