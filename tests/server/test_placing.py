"""Where calls run, and that none runs once the server has stopped."""

import asyncio
import threading
import time
from typing import Any
from unittest.mock import patch

import pytest
from msgspec.structs import replace

from coursewire.domain.call import Call
from coursewire.server.placing import Overloaded, Placing
from coursewire.store.problems import CallStopped, OutcomeUnknown
from coursewire.store.session import Session
from tests.support.sites import TestSite
from tests.support.web import Web


def _one(session: Session) -> int:
    found = session.connection.exec_driver_sql("SELECT 1").scalar_one()
    return int(found)


def _categories(site: TestSite) -> int:
    with site.database.session() as session:
        counted = session.connection.exec_driver_sql("SELECT count(*) FROM categories").scalar_one()
    return int(counted)


def test_a_call_that_comes_after_the_end_finds_no_room(site: TestSite) -> None:
    placing = Placing(site.database, workers=1, queue=2)

    async def ask() -> int:
        return await placing.on_worker(_one)

    assert asyncio.run(ask()) == 1
    placing.close()
    assert placing.is_full
    with pytest.raises(Overloaded):
        asyncio.run(ask())


def test_net_6_a_call_of_many_short_statements_is_stopped_before_it_keeps_anything(
    site: TestSite,
) -> None:
    placing = Placing(site.database, workers=1, queue=9)
    begun, raised = threading.Event(), list[type[BaseException]]()

    def go_on(session: Session) -> None:
        try:
            with session.transaction():
                gone = session.connection.exec_driver_sql("DELETE FROM categories")
                assert gone.rowcount
                begun.set()
                for _ in range(100):
                    _one(session)
                    time.sleep(0.01)
        except BaseException as error:
            raised.append(type(error))
            raise

    async def ask() -> list[Any]:
        asked = [asyncio.ensure_future(placing.on_worker(work)) for work in (go_on, _one)]
        assert await asyncio.to_thread(begun.wait, 10)
        await placing.cut(10)
        for place in (placing.on_worker, placing.on_reader, placing.outside):
            with pytest.raises(Overloaded):
                await place(_one)
        # The server itself still has something to write.
        assert await placing.on_worker(_one, last=True) == 1
        return await asyncio.gather(*asked, return_exceptions=True)

    before = _categories(site)
    assert [type(told) for told in asyncio.run(ask())] == [Overloaded, Overloaded]
    placing.close()
    assert _categories(site) == before
    assert site.engine_name != "sqlite" or raised == [CallStopped]


def test_net_6_work_that_hangs_is_left_behind(site: TestSite) -> None:
    placing = Placing(site.database, workers=1, queue=9)
    may_go, begun = threading.Event(), threading.Event()

    def hang(_session: Session) -> None:
        begun.set()
        may_go.wait(20)

    async def ask() -> None:
        asked = asyncio.ensure_future(placing.outside(hang))
        assert await asyncio.to_thread(begun.wait, 10)
        await placing.cut(0.2)
        with pytest.raises(Overloaded):
            await asked
        placing.close()

    started = time.monotonic()
    asyncio.run(ask())
    assert time.monotonic() - started < 10
    may_go.set()
    for thread in threading.enumerate():
        if thread.name.startswith("coursewire-outside"):
            thread.join(10)


@pytest.mark.parametrize("apart", [False, True])
def test_dur_10_of_a_commit_that_is_left_behind_nobody_is_told_that_it_was_undone(
    site: TestSite, *, apart: bool
) -> None:
    placing = Placing(site.database, workers=1, queue=9)
    may_go, committed, real = threading.Event(), threading.Event(), Session._say

    def say(session: Session, statement: str) -> None:
        real(session, statement)
        if statement == "COMMIT":
            committed.set()
            may_go.wait(20)

    def change(session: Session) -> None:
        with session.transaction():
            session.connection.exec_driver_sql("DELETE FROM categories")

    async def ask() -> None:
        asked = asyncio.ensure_future((placing.outside if apart else placing.on_worker)(change))
        assert await asyncio.to_thread(committed.wait, 10)
        await placing.cut(0.2)
        with pytest.raises(OutcomeUnknown):
            await asked
        placing.close()

    try:
        with patch.object(Session, "_say", say):
            asyncio.run(ask())
        assert _categories(site) == 0
    finally:
        may_go.set()
        for thread in threading.enumerate():
            if thread.name.startswith(("coursewire-outside", "coursewire-worker")):
                thread.join(10)


def test_a_read_that_calls_programs_outside_runs_apart(web: Web) -> None:
    name, ran_on = "core_webservice_get_site_info", list[str]()
    bound = web.catalogue.require(name)

    def body(call: Call, params: Any) -> Any:
        ran_on.append(threading.current_thread().name)
        return bound.body(call, params)

    web.catalogue._bound[name] = replace(bound, body=body, outside=True)
    assert web.call(name, web.token()).json["username"] == "admin"
    (thread,) = ran_on
    assert thread.startswith("coursewire-outside")
