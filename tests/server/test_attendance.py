"""The record of changes tells when the server began and when it ended."""

import asyncio
import time

from coursewire.server.types import Message
from coursewire.store import audit
from tests.support.sites import TestSite
from tests.support.web import Web


async def _live(web: Web) -> None:
    """The life of a process, as the HTTP server tells it."""
    told: asyncio.Queue[Message] = asyncio.Queue()
    said: asyncio.Queue[Message] = asyncio.Queue()
    life = asyncio.create_task(web.server({"type": "lifespan"}, told.get, said.put))
    await told.put({"type": "lifespan.startup"})
    assert (await said.get())["type"] == "lifespan.startup.complete"
    await asyncio.to_thread(_wait, web.site)
    await told.put({"type": "lifespan.shutdown"})
    assert (await said.get())["type"] == "lifespan.shutdown.complete"
    await life


def _wait(site: TestSite) -> None:
    """Until the start is recorded, which comes after the server takes requests."""
    while "server.start" not in _recorded(site):
        time.sleep(0.01)


def _recorded(site: TestSite) -> list[str]:
    with site.database.session() as session:
        return [row.action for row in reversed(audit.records(session))]


def test_aud_1_start_and_stop_are_recorded(site: TestSite) -> None:
    before = len(_recorded(site))
    asyncio.run(asyncio.wait_for(_live(Web(site)), 20))
    assert _recorded(site)[before:] == ["server.start", "server.stop"]
    with site.database.session() as session:
        newest = audit.records(session, limit=1)[0]
    assert newest.target.startswith("process ")
    assert (newest.actor_id, newest.outcome) == (0, "ok")


def test_what_never_began_does_not_end(site: TestSite) -> None:
    web = Web(site)
    before = _recorded(site)
    web.close()
    assert _recorded(site) == before
