"""A day of requests, with the day's work of the server between them; then everything is looked at.

The day passes by the requests, so that it takes as long as they do. What must not grow is measured
after a quarter of it and at its end.
"""

import itertools
import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing
from functools import partial
from http.client import HTTPConnection
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import NamedTuple

import pytest
from msgspec.structs import replace
from sqlalchemy import MetaData, func, select

from coursewire.audit import head
from coursewire.audit.calls import CAPACITY, KEPT, TRIM_EVERY
from coursewire.settings import Settings
from tests.canaries.secrets import expected, files, keys_in, search, tables
from tests.faults import soaking
from tests.faults.soakers import PASSWORD, WRONG, Ground, Soaker, at_work, prepare
from tests.faults.soaking import DAY, TICKS_EVERY, Pace
from tests.faults.soundness import require_sound
from tests.faults.test_load import POOLED, Resources, held_by, resident
from tests.faults.victims import Victim, victim
from tests.support import making, seeds
from tests.support.served import free_port
from tests.support.sites import TestSite, opened
from tests.support.sizes import NIGHT, size

REQUESTS = {"sqlite": size(5_000, 1_728_000), "postgres": size(3_000, 172_800)}
CLIENTS = 4
# The small size has a small log of calls, so that it is trimmed as well.
CALLS_KEPT, CALLS_TRIMMED = (KEPT, TRIM_EVERY) if NIGHT else (1000, 500)
# By how many rows a table may be longer at the end of the day that is not named below.
SLACK = 10
# How often the plugin's work is done at least: a small day has fewer turns than it should be done.
TICKS = size(20, DAY // TICKS_EVERY // 2)
MEMORY = 48 * 2**20
LOG_OF_WRITES = 64 * 2**20
MONTH = 32 * DAY
# Audit records go in parts, one each turn; of what the removal itself records some are left.
# Others' transactions on the same PostgreSQL server hold sealing back, and so what follows it.
UPKEEP_WITHIN = float(size(120, 600))
AFTER_A_MONTH = 300


class Size(NamedTuple):
    """What a server holds at a moment, and how long each table is."""

    resources: Resources
    memory: int
    rows: Mapping[str, int]


def counted(site: TestSite) -> dict[str, int]:
    """The rows of every table, those of plugins too."""
    metadata = MetaData()
    metadata.reflect(site.session.connection)
    site.session.connection.commit()
    found = {
        name: int(site.session.scalar(select(func.count()).select_from(table)))
        for name, table in metadata.tables.items()
    }
    return {name: found[name] for name in sorted(found)}


def measured(server: Victim, site: TestSite) -> Size:
    return Size(held_by(server), resident(server.pid), counted(site))


def bounds(requests: int, rounds: int) -> dict[str, int]:
    """The tables that grow in a day, and how long each may be then."""
    return {
        # For ever, or as many days as the site says.
        "audit_records": requests,
        "audit_segments": DAY // 60 + 2,
        "calls": CALLS_KEPT + CALLS_TRIMMED + CAPACITY,
        # As many as calls at most.
        "call_counts": CALLS_KEPT + CALLS_TRIMMED + CAPACITY,
        # For a day.
        "kept_answers": rounds,
        # Looked through at every 500th log-in.
        "login_failures": 3 * 600,
        "login_networks": 600,
        "console_sessions": 5,
        "local_example_words": DAY // TICKS_EVERY + 2,
    }


@pytest.fixture
def ground(settings: Settings) -> list[Ground]:
    with site_of(settings) as site:
        site.clock.set(int(time.time()))
        if not NIGHT:
            making.setting(site, "callskept", CALLS_KEPT)
        return prepare(site, CLIENTS)


def site_of(settings: Settings) -> AbstractContextManager[TestSite]:
    """The site of a server, beside it."""
    return opened(settings.database_url, Path(settings.data))


@pytest.mark.slow
@pytest.mark.requirement("AUD-6", "DUR-13")
def test_a_day_of_requests_leaves_nothing_behind(
    settings: Settings, ground: list[Ground], engine_name: str, tmp_path: Path
) -> None:
    requests, log = REQUESTS[engine_name], tmp_path / "serve.log"
    settings = replace(
        settings, log_level="info", trusted_proxies=["127.0.0.1"], metrics_port=free_port()
    )
    shared = get_context("forkserver")
    passed = shared.Value("d", 0.0)
    pace = Pace(
        passed,
        shared.Value("b", False),
        DAY / requests,
        int(time.time()),
        None if NIGHT else CALLS_TRIMMED,
    )
    work = partial(soaking.work, pace=pace, log=log)
    with victim(settings, work) as server, ExitStack() as stack:
        soakers = [stack.enter_context(closing(Soaker(server.port, each, pace))) for each in ground]
        began = time.monotonic()
        at_work(soakers, requests // 4)
        with site_of(settings) as site:
            early = measured(server, site)
        at_work(soakers, requests - requests // 4)
        took = time.monotonic() - began
        with site_of(settings) as site:
            late = measured(server, site)
        tell(soakers, early, late, took, settings)
        require_bounded(early, late, requests, sum(soaker.rounds for soaker in soakers))
        require_counted(settings, soakers)
        stack.close()
        assert server.stop() == 0
        require_sound(settings)
        a_month_later(server, settings, passed, tokens=late.rows["tokens"] - CLIENTS)
    require_quiet(log)
    require_no_secret(settings, soakers, ground, tmp_path)


def tell(soakers: list[Soaker], early: Size, late: Size, took: float, settings: Settings) -> None:
    made = sum(soaker.requests for soaker in soakers)
    grown = (late.memory - early.memory) / 2**20
    seeds.told(
        f"{made} requests in {took:.0f} s, {early.resources} -> {late.resources},"
        f" {early.memory / 2**20:.0f} MiB {grown:+.1f}"
    )
    longest = sorted(late.rows.items(), key=lambda item: -item[1])[:8]
    seeds.told(", ".join(f"{name} {rows}" for name, rows in longest if rows))
    for name, length in lengths(settings).items():
        seeds.told(f"{name}: {length / 2**20:.1f} MiB")


def lengths(settings: Settings) -> dict[str, int]:
    """The files of a site."""
    return {path.name: path.stat().st_size for path in Path(settings.data).iterdir()}


def require_bounded(early: Size, late: Size, requests: int, rounds: int) -> None:
    """Demand that nothing grew but what is meant to, and that no further than it may."""
    allowed = bounds(requests, rounds)
    long = {
        name: (early.rows[name], rows)
        for name, rows in late.rows.items()
        if rows > allowed.get(name, early.rows[name] + SLACK)
    }
    assert long == {}
    # Sessions end after half an hour; of the others some are left at the end of a day.
    for name in allowed.keys() - {"console_sessions"}:
        assert late.rows[name], f"nothing was written to {name}"
    assert late.rows["local_example_words"] >= TICKS
    assert late.resources.files <= early.resources.files + POOLED
    assert late.resources.threads <= early.resources.threads + POOLED
    # Where much else runs, the first seal may come after the first look.
    assert late.resources.lasting <= early.resources.lasting | {head.FILE_NAME}
    assert late.memory <= early.memory + MEMORY


def require_counted(settings: Settings, soakers: list[Soaker]) -> None:
    """Demand of the server's own counts that it did what was asked, and nothing went wrong."""
    connection = HTTPConnection("127.0.0.1", settings.metrics_port, timeout=30)
    connection.request("GET", "/metrics")
    page = connection.getresponse().read().decode()
    connection.close()
    assert "coursewire_incidents_total 0.0" in page
    assert "coursewire_call_log_lost_total 0.0" in page
    counts = re.findall(r"^coursewire_calls_total\{.*\} ([0-9.e+]+)$", page, re.MULTILINE)
    assert sum(map(float, counts)) == sum(soaker.calls for soaker in soakers)
    assert all(
        length <= LOG_OF_WRITES for name, length in lengths(settings).items() if "-wal" in name
    )


def a_month_later(
    server: Victim, settings: Settings, passed: "Synchronized[float]", *, tokens: int
) -> None:
    """Start again, let a month pass, and see that what is kept for a time is gone."""
    server.start()
    passed.value += MONTH
    end = time.monotonic() + UPKEEP_WITHIN
    with site_of(settings) as site:
        over = {"tokens": tokens, "kept_answers": 0, "console_sessions": 0}
        while True:
            rows = counted(site)
            if over.items() <= rows.items() and rows["audit_records"] < AFTER_A_MONTH:
                break
            assert time.monotonic() < end, list(rows.items())
            time.sleep(0.2)
    assert server.stop() == 0
    require_sound(settings)
    assert rows["audit_segments"] > 1


def require_quiet(log: Path) -> None:
    """Demand a log that tells of refusals and seals, and of no trouble."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    # What is told of a database at the start is true of those that tests make.
    worse = [line for line in lines if line["level"] != "info" and line["event"] != "database"]
    assert worse == [], worse[:3]
    assert {"refused", "audit record sealed"} <= {line["event"] for line in lines}


def require_no_secret(
    settings: Settings, soakers: list[Soaker], ground: list[Ground], folder: Path
) -> None:
    """Sweep everything that is left for what was told or typed (AUD-6)."""
    secrets = {"password": PASSWORD, "wrong": WRONG, **keys_in(Path(settings.data))}
    for soaker, each in zip(soakers, ground, strict=True):
        mine = {"token": each.token, "ending": each.ending, **soaker.secrets}
        secrets |= {f"{name} {each.number}": value for name, value in mine.items()}
    places: Iterator[tuple[str, bytes]] = files(folder)
    if not settings.is_sqlite:
        places = itertools.chain(places, tables(settings.database_url))
    hits = [hit for hit in search(secrets, places) if not expected(hit.place, hit.secret)]
    assert hits == []
