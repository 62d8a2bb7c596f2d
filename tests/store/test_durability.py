"""What was acknowledged is on the disk: the order of the system calls, and what is imported."""

import re
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from coursewire.store import settings
from coursewire.store.database import Database
from tests.support.sizes import size

ROOT = Path(__file__).resolve().parents[2]
WRITES = 200
WRITE = """
import os, sys
from coursewire.store import settings
from coursewire.store.database import Database
database = Database(sys.argv[1], serving=True)
database.check()
for number in range(int(sys.argv[2])):
    with database.session() as session:
        with session.transaction():
            settings.put(session, "timezone", f'"zone {number}"')
    os.write(1, f"ack {number}\\n".encode())
database.close()
"""
IMPORT = """
import sys
import coursewire.store.database, coursewire.domain.validation, coursewire.domain.settings
print([name for name in ("alembic", "typer", "rich", "httpx") if name in sys.modules])
"""
CROWD = """
import sys, time
from sqlalchemy.exc import OperationalError
from coursewire.store import settings
from coursewire.store.database import Database
database = Database(sys.argv[1])
end = time.monotonic() + float(sys.argv[2])
written = 0
while time.monotonic() < end:
    try:
        with database.session() as session, session.transaction():
            settings.put(session, f"{sys.argv[3]} {written}", "x" * 3000)
    except OperationalError as problem:
        # SQLite's lock has no queue: on a busy machine somebody may wait for too long.
        if "database is locked" not in str(problem):
            raise
        continue
    written += 1
print(written)
"""
SYNCED = re.compile(r"f(?:data)?sync\(\d+<[^>]*-wal>\)\s*= 0")
ACKNOWLEDGED = re.compile(r'write\(1<[^>]*>, "ack (\d+)')


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_dur_3_each_acknowledged_write_was_synced_before(site_address: str, tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.fail("strace is needed for this test; on Debian or Ubuntu: apt-get install strace")
    trace = tmp_path / "trace"
    command = [strace, "-f", "-y", "-e", "trace=fsync,fdatasync,write", "-o", str(trace)]
    command += [sys.executable, "-c", WRITE, site_address, str(WRITES)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    synced, acknowledged = 0, []
    for line in trace.read_text().splitlines():
        if SYNCED.search(line):
            synced += 1
        found = ACKNOWLEDGED.search(line)
        if found:
            acknowledged.append(int(found[1]))
            assert synced >= 1, f"write {found[1]} was acknowledged before the log was synced"
            synced = 0
    assert acknowledged == list(range(WRITES))


def test_serving_imports_no_tool_of_the_command_line() -> None:
    command = [sys.executable, "-c", IMPORT]
    found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.slow
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_dur_2_writers_and_checkpoints_at_once_corrupt_nothing(site_address: str) -> None:
    """One process folds the log all the time while it and three others write."""
    seconds = size(5, 600)
    database = Database(site_address, serving=True)
    database.check()
    command = [sys.executable, "-c", CROWD, site_address, str(seconds)]
    crowd = [
        subprocess.Popen([*command, f"w{number}"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for number in range(3)
    ]
    folded, checked = 0, time.monotonic()
    while any(process.poll() is None for process in crowd):
        with suppress(OperationalError), database.session() as session, session.transaction():
            settings.put(session, "own", str(folded))
        folded += database.checkpoint()
        # Others get their turn.
        time.sleep(0.01)
        if time.monotonic() - checked > 5:
            checked = time.monotonic()
            assert integrity(database) == ["ok"]
    told = [process.communicate()[0] for process in crowd]
    assert [process.returncode for process in crowd] == [0, 0, 0]
    written = sum(int(number) for number in told)
    assert integrity(database) == ["ok"]
    with database.session() as session:
        kept = [name for name in settings.everything(session) if name.startswith("w")]
    database.close()
    assert len(kept) - kept.count("webserviceprotocols") == written
    assert folded > 0


def integrity(database: Database) -> list[object]:
    with database.session() as session:
        return list(session.connection.exec_driver_sql("PRAGMA integrity_check").scalars())
