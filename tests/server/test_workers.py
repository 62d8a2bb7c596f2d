"""Threads that work for an event loop answer it, as many at a time as they may, and then end."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Generator
from typing import Any

import pytest

from coursewire.server.workers import Workers

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def two() -> Generator[Workers]:
    workers = Workers(2, "two")
    yield workers
    workers.close()


@pytest.fixture
def one() -> Generator[Workers]:
    workers = Workers(1, "one")
    yield workers
    workers.close()


def test_a_result_comes_back(one: Workers) -> None:
    async def ask() -> list[str]:
        return [await one.run(str, number) for number in range(3)]

    assert asyncio.run(ask()) == ["0", "1", "2"]


def test_what_is_raised_comes_back(one: Workers) -> None:
    async def ask() -> None:
        await one.run(int, "x")

    for _ in range(2):
        with pytest.raises(ValueError, match="invalid literal"):
            asyncio.run(ask())


@pytest.mark.parametrize("error", [StopIteration, SystemExit, KeyboardInterrupt])
def test_out_1_what_no_future_takes_comes_back_as_another_error(
    one: Workers, error: type[BaseException]
) -> None:
    def fail(_nothing: None) -> None:
        raise error

    async def ask() -> None:
        await asyncio.wait_for(one.run(fail, None), 5)

    with pytest.raises(RuntimeError, match=error.__name__) as told:
        asyncio.run(ask())
    assert isinstance(told.value.__cause__, error)


def test_one_thread_takes_its_work_in_order(one: Workers) -> None:
    done: list[tuple[int, str]] = []

    def note(number: int) -> None:
        done.append((number, threading.current_thread().name))

    async def ask() -> None:
        await asyncio.gather(*(one.run(note, number) for number in range(20)))

    asyncio.run(ask())
    assert done == [(number, "one_0") for number in range(20)]


def test_threads_begin_when_they_are_needed_and_no_more_than_may_be(two: Workers) -> None:
    together = threading.Barrier(2)

    def meet(_: int) -> str:
        together.wait(10)
        return threading.current_thread().name

    async def ask() -> tuple[str, list[str]]:
        alone = await two.run(lambda _: threading.current_thread().name, 0)
        return alone, await asyncio.gather(*(two.run(meet, number) for number in range(4)))

    alone, names = asyncio.run(ask())
    assert (alone, set(names)) == ("two_0", {"two_0", "two_1"})


def test_work_whose_caller_has_gone_is_not_begun_and_that_which_runs_is_finished(
    one: Workers,
) -> None:
    may_go = threading.Event()
    done: list[str] = []

    def slow(name: str) -> None:
        may_go.wait(10)
        done.append(name)

    async def ask() -> None:
        begun, waiting = (asyncio.ensure_future(one.run(slow, name)) for name in "ab")
        last = asyncio.ensure_future(one.run(done.append, "c"))
        await asyncio.sleep(0.05)
        begun.cancel()
        waiting.cancel()
        may_go.set()
        await last

    asyncio.run(ask())
    assert done == ["a", "c"]


def test_work_that_is_not_begun_can_be_refused_and_what_runs_abandoned(one: Workers) -> None:
    may_go = threading.Event()
    done: list[str] = []

    def slow(name: str) -> str:
        may_go.wait(10)
        done.append(name)
        return name

    async def ask() -> tuple[BaseException | str, BaseException | str]:
        begun, waiting = (asyncio.ensure_future(one.run(slow, name)) for name in "ab")
        await asyncio.sleep(0.05)
        one.refuse(ConnectionRefusedError)
        await asyncio.wait({waiting}, timeout=5)
        assert not begun.done()
        one.abandon(ConnectionAbortedError)
        # No thread is waited for, though one is at work.
        one.close()
        one.refuse(ConnectionRefusedError)
        found = await asyncio.gather(begun, waiting, return_exceptions=True)
        may_go.set()
        return found

    begun, waiting = asyncio.run(ask())
    assert isinstance(begun, ConnectionAbortedError)
    assert isinstance(waiting, ConnectionRefusedError)
    assert set(done) <= {"a"}


def test_closing_waits_for_what_was_given_and_ends_the_threads() -> None:
    workers = Workers(2, "closing")
    done: list[int] = []

    async def ask() -> None:
        given = [asyncio.ensure_future(workers.run(done.append, number)) for number in range(50)]
        await asyncio.sleep(0)
        workers.close()
        assert len(done) == 50
        await asyncio.gather(*given)

    asyncio.run(ask())
    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name.startswith("closing")]
