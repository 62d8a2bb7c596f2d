"""One examination of a test site through its web application, headers of its own included."""

import asyncio

import httpx
from sqlalchemy import select

from coursewire.contracts import registry
from coursewire.doctor.outside.examination import examine
from coursewire.doctor.outside.findings import Report
from coursewire.doctor.outside.probes import Site
from coursewire.doctor.outside.wanted import Wanted
from coursewire.store.schema.audit import calls
from tests.doctor.patients import READ
from tests.support.web import Web

HERE = "http://127.0.0.1"
NOTHING = Wanted(others=(READ,))


def visit(
    web: Web,
    token: str,
    wanted: Wanted = NOTHING,
    *,
    may_consume: bool = True,
    headers: bool = True,
) -> Report:
    """Examine a token of the site; without `headers` those of Coursewire's own are taken away."""

    async def without_own(response: httpx.Response) -> None:
        for name in [name for name in response.headers if name.startswith("coursewire-")]:
            del response.headers[name]

    async def work() -> Report:
        transport = httpx.ASGITransport(app=web.server)
        hooks = {"response": [] if headers else [without_own]}
        async with httpx.AsyncClient(transport=transport, event_hooks=hooks) as client:
            return await examine(Site(client, HERE, token), wanted, may_consume=may_consume)

    return asyncio.run(work())


def called(web: Web) -> list[str]:
    """Every function that the site's call log holds."""
    asyncio.run(web.server.flush())
    return [str(name) for name in web.site.session.scalars(select(calls.c.function)) if name]


def assert_nothing_could_change(web: Web) -> None:
    """The call log holds no function that writes, and none that is not known."""
    entries = registry.entries()
    assert [name for name in called(web) if name in entries and entries[name].type != "read"] == []
