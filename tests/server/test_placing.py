"""Where calls run, and that none runs once the server has stopped."""

import asyncio
import threading
from typing import Any

import pytest
from msgspec.structs import replace

from coursewire.domain.call import Call
from coursewire.server.placing import Overloaded, Placing
from coursewire.store.session import Session
from tests.support.sites import TestSite
from tests.support.web import Web


def _one(session: Session) -> int:
    found = session.connection.exec_driver_sql("SELECT 1").scalar_one()
    return int(found)


def test_a_call_that_comes_after_the_end_finds_no_room(site: TestSite) -> None:
    placing = Placing(site.database, workers=1, queue=2)

    async def ask() -> int:
        return await placing.on_worker(_one)

    assert asyncio.run(ask()) == 1
    placing.close()
    assert placing.is_full
    with pytest.raises(Overloaded):
        asyncio.run(ask())


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
