"""Work of plugins that the server does again and again."""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from coursewire import plugin as p
from coursewire.plugin import lifecycle
from coursewire.server import asgi
from tests.plugin import examples
from tests.support.plugins import PluginWeb, plugged
from tests.support.sites import TestSite

HANGS_FOR = 10.0
UNTIL = 5.0


async def _serve(web: PluginWeb, is_done: Callable[[], bool]) -> None:
    """Let the server do its work beside answering; the time of a segment passes meanwhile."""
    going = asyncio.create_task(web.server._flush_often())
    await _until(lambda: len(examples.TICKS) == 1)
    web.site.clock.pass_seconds(61)
    await _until(lambda: len(examples.TICKS) == 2 and is_done())
    going.cancel()
    with suppress(asyncio.CancelledError):
        await going


async def _until(is_done: Callable[[], bool]) -> None:
    end = time.monotonic() + UNTIL
    while not is_done() and time.monotonic() < end:  # noqa: ASYNC110 - the clock of the site tells
        await asyncio.sleep(0.01)


def test_aud_3_work_that_hangs_holds_up_neither_sealing_nor_other_work(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "FLUSH_EVERY", 0.01)
    over = threading.Event()

    def hang(_call: p.Call) -> None:
        over.wait(HANGS_FOR)

    stuck = p.ScheduledWork(name="stuck", every=60, run=hang)
    examples.TICKS.clear()
    plugin = replace(examples.PLUGIN, scheduled=(stuck, *examples.PLUGIN.scheduled))
    with plugged(site, plugin) as web, capture_logs() as logged:
        asyncio.run(_serve(web, lambda: "audit record sealed" in {it["event"] for it in logged}))
        over.set()
        assert len(examples.TICKS) == 2
        assert "audit record sealed" in {it["event"] for it in logged}


def test_work_of_a_disabled_plugin_fills_no_log(site: TestSite) -> None:
    examples.TICKS.clear()
    with plugged(site, examples.PLUGIN) as web, capture_logs() as logged:
        lifecycle.disable(site.call(), "local_example")
        web.keep_up()
        assert "background work failed" not in {it["event"] for it in logged}
        assert examples.TICKS == []


def test_work_that_fails_leaves_its_trace_in_the_log_once(site: TestSite) -> None:
    def fail(_call: p.Call) -> None:
        raise KeyError("word")

    work = p.ScheduledWork(name="broken", every=60, run=fail)
    with (
        plugged(site, replace(examples.PLUGIN, scheduled=(work,))) as web,
        capture_logs() as logged,
    ):
        for _ in range(2):
            web.keep_up()
            site.clock.pass_seconds(61)
    told = [it for it in logged if it["event"] == "background work failed"]
    assert [(it["work"], it["error"]) for it in told] == [("broken", "KeyError")] * 2
    assert [type(it["exc_info"]) for it in told] == [KeyError, type(None)]
