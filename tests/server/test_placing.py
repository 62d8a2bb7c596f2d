"""Where calls run, and that none runs once the server has stopped."""

import asyncio

import pytest

from coursewire.server.placing import Overloaded, Placing
from coursewire.store.session import Session
from tests.support.sites import TestSite


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
