"""A step back and there again keeps every row of a site with much in it (MIG-1)."""

import hashlib
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, insert, inspect, literal, select, text

from bench import loading
from bench.loading import Sizes
from coursewire.contracts.core_group.groups import NewGroup
from coursewire.domain import groups
from coursewire.store import audit, copying, revisions
from coursewire.store.database import Database
from coursewire.store.migrations import run
from coursewire.store.schema.enrolments import enrolment_instances, user_enrolments
from coursewire.store.schema.groups import group_members
from coursewire.store.schema.groups import groups as group_table
from coursewire.store.session import Session
from tests.store.test_call_counts import made
from tests.support import seeds
from tests.support.sites import TestSite
from tests.support.sizes import NIGHT, size

ROOT = Path(__file__).resolve().parents[2]
# What the requirement names; memberships both of courses and of a group in each.
LARGE = Sizes(users=10_000, courses=500, enrolments=50_000)
SMALL = Sizes(users=1_000, courses=50, enrolments=5_000)
# Each revision with one before it: the newest three, at night all.
STEPS = revisions.REVISIONS[1:] if NIGHT else revisions.REVISIONS[1:][-3:]
DIGESTS = 2**256
# Takes each step in a process of its own, forked so that it starts at once, and kills it when told.
MIGRATE = """
import os, signal, sys, time
from coursewire.store.database import Database
from coursewire.store.migrations import run

for line in sys.stdin:
    direction, target, seconds = line.split()
    child = os.fork()
    if not child:
        getattr(run, direction)(Database(sys.argv[1]), target)
        os._exit(0)
    if seconds != "never":
        time.sleep(float(seconds))
        os.kill(child, signal.SIGKILL)
    print(os.waitpid(child, 0)[1], flush=True)
"""
OF_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
)


def fill(site: TestSite, sizes: Sizes, chance: random.Random) -> None:
    """People, courses, a group of everybody in each course, and a log of calls."""
    call = site.call()
    loaded = loading.load(call, sizes, "not a hash")
    groups.create_many(
        call, [NewGroup(courseid=course, name="All", description="") for course in loaded.courses]
    )
    everybody = (
        select(group_table.c.id, user_enrolments.c.user_id, literal(call.now))
        .join_from(
            group_table,
            enrolment_instances,
            enrolment_instances.c.course_id == group_table.c.course_id,
        )
        .join(user_enrolments, user_enrolments.c.instance_id == enrolment_instances.c.id)
    )
    columns = ["group_id", "user_id", "timeadded"]
    with site.session.transaction():
        site.session.execute(insert(group_members).from_select(columns, everybody))
        audit.append_calls(site.session, list(made(chance, sizes.users)))
    members = select(func.count()).select_from(group_members)
    assert site.session.scalar(members) == loaded.enrolments == sizes.enrolments


def checksum(address: str) -> dict[str, tuple[int, int]]:
    """How many rows each table has, and the sum of their digests: their order does not count."""
    # Each time anew: statements that PostgreSQL prepared before a step do not fit its tables.
    database = Database(address)
    try:
        with copying.snapshot(database) as session:
            names = inspect(session.connection).get_table_names()
            return {name: summed(session, name) for name in names}
    finally:
        database.close()


def summed(session: Session, name: str) -> tuple[int, int]:
    found = session.execute(text(f'SELECT * FROM "{name}"'))  # noqa: S608 - its own table
    # A column that a step takes away and brings back may come to stand last.
    names = sorted(found.keys())
    rows = found.mappings().fetchall()
    total = sum(digest(tuple(row[name] for name in names)) for row in rows)
    return len(rows), total % DIGESTS


def digest(row: tuple[object, ...]) -> int:
    return int.from_bytes(hashlib.sha256(repr(row).encode()).digest())


def before(step: str) -> str:
    return revisions.REVISIONS[revisions.REVISIONS.index(step) - 1]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.slow
def test_mig_1_a_step_back_and_there_again_keeps_the_checksum(
    site: TestSite, site_address: str, step: str
) -> None:
    fill(site, LARGE, random.Random(seeds.chosen("migrated content")))
    run.downgrade(site.database, step)
    there = checksum(site_address)
    assert there["users"][0] > LARGE.users
    assert run.downgrade(site.database, before(step)) == [before(step)]
    assert run.upgrade(site.database, step) == [step]
    assert checksum(site_address) == there


class Migrating:
    """Takes steps back and forth in other processes."""

    def __init__(self, address: str) -> None:
        command = [sys.executable, "-c", MIGRATE, address]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def to(self, target: str, direction: str, kill_after: float | None = None) -> tuple[int, float]:
        """Take a step; return the status of the process and how long it took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        begun = time.monotonic()
        seconds = "never" if kill_after is None else kill_after
        self._process.stdin.write(f"{direction} {target} {seconds}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline()), time.monotonic() - begun

    def stop(self) -> None:
        self._process.communicate()


@pytest.fixture
def migrating(site_address: str) -> Iterator[Migrating]:
    found = Migrating(site_address)
    yield found
    found.stop()


def left_alone(site: TestSite) -> None:
    """Wait for the PostgreSQL server to see that the other end was killed, and end what it did."""
    while site.engine_name == "postgresql" and site.session.scalar(OF_OTHERS):
        time.sleep(0.01)


@pytest.mark.slow
def test_mig_1_a_step_killed_at_any_moment_leaves_the_old_content_or_the_new(
    site: TestSite, site_address: str, migrating: Migrating
) -> None:
    chance = random.Random(seeds.chosen("killed step"))
    fill(site, LARGE if NIGHT else SMALL, chance)
    newest = revisions.REVISIONS[-1]
    ways = {"downgrade": before(newest), "upgrade": newest}
    sums, spans = {"upgrade": checksum(site_address)}, {}
    # Twice: the first starts the program, too.
    for direction, target in [*ways.items()] * 2:
        status, spans[direction] = migrating.to(target, direction)
        assert status == 0
        assert sums.setdefault(direction, found := checksum(site_address)) == found
    assert sums["upgrade"] != sums["downgrade"]
    ends = Counter[str]()
    at = "upgrade"
    for _ in range(size(8, 50)):
        direction = "downgrade" if at == "upgrade" else "upgrade"
        moment = chance.uniform(0, 1.5 * spans[direction])
        status, _ = migrating.to(ways[direction], direction, moment)
        left_alone(site)
        found = checksum(site_address)
        at = next((name for name, total in sums.items() if total == found), "between")
        assert at in ways
        assert status in (0, signal.SIGKILL)
        ends[f"{'new' if at == direction else 'old'}, {'killed' if status else 'done'}"] += 1
    seeds.told(f"{dict(ends)}; unhindered {spans}")
