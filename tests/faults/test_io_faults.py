"""Every call of the storage layer fails once, and from then on: nothing wrong is said (DUR-7).

The calls of a real process are made to fail by strace, one in each run.
"""

import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from coursewire.store import settings
from coursewire.store.database import Database
from tests.support import seeds
from tests.support.sizes import size

ROOT = Path(__file__).resolve().parents[2]
ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
CALLS = 40
WORK = """
import os, resource, sys
from coursewire.store import settings, troubles
from coursewire.store.database import Database
from coursewire.store.problems import UnusableDatabase
from coursewire.store.troubles import Trouble

def say(word, number):
    os.write(1, f"{word} {number}\\n".encode())

def put(number):
    with database.session() as session, session.transaction():
        settings.put(session, f"left {number}", "x" * 300 * number)
        settings.put(session, f"right {number}", "x" * 300 * number)

def limit(most):
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

database = Database(sys.argv[1], serving=True)
try:
    database.check()
except UnusableDatabase:
    say("unusable", 0)
    sys.exit()
short_at = int(sys.argv[2])
for number in range(int(sys.argv[3])):
    if number == short_at:
        with database.session() as session:
            # The file of an empty log ends where the log does.
            session.connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        limit(os.stat(database.path.with_name(database.path.name + "-wal")).st_size + 5000)
    for attempt in range(3):
        try:
            put(number)
        except Exception as error:
            trouble = troubles.of(error)
            if trouble is None:
                raise
            say("unknown" if trouble is Trouble.UNKNOWN else "failed", number)
            database.doubt()
            limit(resource.RLIM_INFINITY)
        else:
            say("ack", number)
            break
    if number % 8 == 7:
        try:
            database.checkpoint()
        except Exception as error:
            if troubles.of(error) is None and not hasattr(error, "sqlite_errorcode"):
                raise
            say("fold", number)
            database.doubt()
database.close()
"""
INJECTED = ("pwrite64", "fdatasync", "fsync", "ftruncate", "unlink")
ERRORS = ("EIO", "ENOSPC")
# The rest, "every call", is for the night.
CI_FAULTS = 8


class Fault(NamedTuple):
    """Which call fails, how, and whether all after it fail too."""

    call: str
    number: int
    error: str
    lasting: bool

    @property
    def rule(self) -> str:
        when = f"{self.number}+" if self.lasting else str(self.number)
        return f"inject={self.call}:error={self.error}:when={when}"


class Said(NamedTuple):
    """What the process said of its calls."""

    acknowledged: set[int]
    unknown: set[int]
    failed: set[int]


def work(
    address: str, rules: tuple[str, ...], trace: Path, short_at: int = -1
) -> "subprocess.CompletedProcess[str]":
    strace = shutil.which("strace")
    if strace is None:
        pytest.fail("strace is needed for this test; on Debian or Ubuntu: apt-get install strace")
    command = [strace, "-f", "--seccomp-bpf", "-e", f"trace={','.join(INJECTED)}"]
    command += [part for rule in rules for part in ("-e", rule)]
    command += ["-o", str(trace), sys.executable, "-c", WORK, address, str(short_at), str(CALLS)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def require_honest(done: "subprocess.CompletedProcess[str]", address: str) -> Said:
    """Compare what was said with what is there."""
    assert "Traceback" not in done.stderr, done.stderr
    words = [line.split() for line in done.stdout.splitlines()]
    said = {
        word: {int(number) for found, number in words if found == word}
        for word in ("ack", "unknown", "failed")
    }
    database = Database(address)
    try:
        database.check()
        with database.session() as session:
            asked = session.connection.exec_driver_sql
            assert list(asked("PRAGMA integrity_check").scalars()) == ["ok"]
            kept = settings.everything(session)
    finally:
        database.close()
    left = {int(name.split()[1]) for name in kept if name.startswith("left ")}
    right = {int(name.split()[1]) for name in kept if name.startswith("right ")}
    assert left == right
    assert said["ack"] <= left, "an acknowledged write is lost"
    assert left <= said["ack"] | said["unknown"], "a refused write is there"
    return Said(said["ack"], said["unknown"], said["failed"])


def faults(trace: str) -> Iterator[Fault]:
    """Every fault that a run without faults has room for."""
    counted = Counter(re.findall(r"^\d+ +(\w+)\(", trace, re.MULTILINE))
    for call in INJECTED:
        for number in range(1, counted[call] + 1):
            for error in ERRORS:
                yield Fault(call, number, error, lasting=False)
                yield Fault(call, number, error, lasting=True)


@ON_SQLITE
@pytest.mark.slow
def test_dur_7_each_call_that_fails_is_survived(site_address: str, tmp_path: Path) -> None:
    path = Path(site_address.removeprefix("sqlite:///"))
    fresh = path.read_bytes()
    trace = tmp_path / "trace"
    said = require_honest(work(site_address, (), trace), site_address)
    assert said.acknowledged == set(range(CALLS))
    every = list(faults(trace.read_text()))
    assert {fault.call for fault in every} >= {"pwrite64", "fdatasync", "ftruncate"}
    chance = random.Random(seeds.chosen("faults"))
    tried = chance.sample(every, size(CI_FAULTS, len(every)))
    refused = 0
    for fault in tried:
        for side in ("", "-wal", "-shm"):
            Path(f"{path}{side}").unlink(missing_ok=True)
        path.write_bytes(fresh)
        path.chmod(0o600)
        seeds.told(fault.rule)
        said = require_honest(work(site_address, (fault.rule,), trace), site_address)
        refused += len(said.failed | said.unknown)
        if not fault.lasting and said.acknowledged:
            # It went on without a restart.
            assert max(said.acknowledged) == CALLS - 1
    assert refused
    seeds.told(f"{len(tried)} faults of {len(every)}, {refused} calls refused")


@ON_SQLITE
@pytest.mark.slow
@pytest.mark.parametrize("at", [3, 11, 30])
def test_dur_7_a_short_write_is_survived(site_address: str, tmp_path: Path, at: int) -> None:
    said = require_honest(work(site_address, (), tmp_path / "trace", short_at=at), site_address)
    assert said.failed | said.unknown == {at}
    assert said.acknowledged | said.unknown == set(range(CALLS))
