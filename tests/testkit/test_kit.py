"""What a state that comes back takes along: the end of the audit record that is kept beside it."""

import threading
import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog

from coursewire.audit import head, sealing
from coursewire.functions.catalogue import Catalogue
from coursewire.server.options import ServerOptions
from coursewire.server.runtime import Runtime
from coursewire.server.sealing import Sealer
from coursewire.testkit.clock import KitClock
from coursewire.testkit.kit import Kit
from tests.support import making
from tests.support.sites import URL, TestSite


@pytest.fixture
def kit(site: TestSite, tmp_path: Path) -> Iterator[Kit]:
    clock = KitClock()
    runtime = Runtime(
        options=ServerOptions(site_url=URL),
        database=site.database,
        keys=site.keys,
        clock=clock,
        catalogue=Catalogue([]),
        key_path=tmp_path / "keys.json",
    )
    found = Kit(runtime, clock)
    yield found
    found.snapshots.close()


@contextmanager
def resetting_at(told: str, kit: Kit) -> Iterator[threading.Thread]:
    """Reset from another thread, as soon as the log says this, and give that some time."""
    resetting = threading.Thread(target=kit.reset)

    def look(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if event["event"] == told:
            resetting.start()
            resetting.join(0.5)
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[look])
    try:
        yield resetting
    finally:
        structlog.configure(**before)
    resetting.join(60)
    assert not resetting.is_alive()


def seal(sealer: Sealer, site: TestSite, is_done: Callable[[], bool]) -> None:
    """Seal what there is; on PostgreSQL a transaction of another test may hold that up."""
    end = time.monotonic() + 60
    while not is_done():
        assert time.monotonic() < end
        with site.database.session() as session:
            sealer.run(session)


def test_a_reset_while_the_record_is_sealed_takes_its_kept_end_back(
    kit: Kit, site: TestSite
) -> None:
    making.setting(site, "enablewebservices", value=True)
    sealer, kept = Sealer(kit.runtime), head.path_beside(kit.runtime.key_path or Path())
    seal(sealer, site, kept.exists)
    kit.begin()
    beginning = head.read(kept)
    assert beginning is not None
    making.setting(site, "enablewebservices", value=False)
    site.call().audit.record("x", "y")
    with resetting_at("audit record sealed", kit) as resetting:
        seal(sealer, site, lambda: resetting.ident is not None)
    assert head.read(kept) == beginning
    with site.database.session() as session:
        assert sealing.end(session) == beginning
