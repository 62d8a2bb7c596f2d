"""Power cuts: what was not synced is dropped or torn, then the database is opened (DUR-8).

One run of a real writer is traced with the content of every write. Each cut then rebuilds the
files as a disk might hold them at that moment, and opens them as a start of the server does.
"""

import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from coursewire.store import settings
from coursewire.store.database import Database
from tests.support import seeds
from tests.support.sizes import size

ROOT = Path(__file__).resolve().parents[2]
WRITES = 120
CUTS = size(100, 5000)
SECTOR = 512
WRITE = """
import os, random, sys
from coursewire.store import settings
from coursewire.store.database import Database
chance = random.Random(int(sys.argv[3]))
database = Database(sys.argv[1], serving=True)
database.check()
for number in range(int(sys.argv[2])):
    with database.session() as session, session.transaction():
        # Two rows that belong together: half of it would show.
        text = "x" * chance.randrange(9000)
        settings.put(session, f"left {number}", text)
        settings.put(session, f"right {number}", text)
    os.write(1, f"ack {number}\\n".encode())
    if chance.random() < 0.1:
        database.checkpoint()
os._exit(0)
"""
CALLS = "openat,pwrite64,write,fsync,fdatasync,ftruncate,unlink"
_CALL = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)")
_FILE = re.compile(r"^(\d+)<([^>]*)>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


class Step(NamedTuple):
    """A call of the storage layer on one file, or an acknowledgement."""

    name: str
    file: str = ""
    data: bytes = b""
    place: int = 0


def traced(address: str, folder: Path, seed: int) -> list[Step]:
    """Run the writer and return what it did to the files of the database."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.fail("strace is needed for this test; on Debian or Ubuntu: apt-get install strace")
    trace = folder / "trace"
    command = [strace, "-f", "-y", "-xx", "-s", "1000000", "-e", f"trace={CALLS}", "-o", str(trace)]
    command += [sys.executable, "-c", WRITE, address, str(WRITES), str(seed)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return list(_steps(trace.read_text(), address.removeprefix("sqlite:///")))


def _steps(trace: str, path: str) -> Iterator[Step]:
    for line in trace.splitlines():
        found = _CALL.match(line)
        if found is None or int(found[3]) < 0:
            continue
        name, arguments = found[1], found[2]
        text = _TEXT.search(arguments)
        data = bytes.fromhex(text[1].replace("\\x", "")) if text else b""
        on = _FILE.match(arguments)
        file = _plain(on[2]) if on else ""
        if name == "write" and data.startswith(b"ack "):
            yield Step("ack", data=data[4:].strip())
        elif not file.startswith(path) or file.endswith(("-shm", ".serving")):
            continue
        elif name == "pwrite64":
            yield Step("write", file, data, int(arguments.rpartition(", ")[2]))
        elif name in {"fsync", "fdatasync"}:
            yield Step("sync", file)
        elif name == "ftruncate":
            yield Step("cut", file, place=int(arguments.rpartition(", ")[2]))


def _plain(name: str) -> str:
    """`-xx` writes names in hexadecimal as well, in some versions."""
    return bytes.fromhex(name.replace("\\x", "")).decode() if "\\x" in name else name


class Disk:
    """Files as they surely are, and what was done to them since they were synced."""

    def __init__(self, path: Path) -> None:
        self.sure = {str(path): bytearray(path.read_bytes())}
        self.pending: dict[str, list[Step]] = {}

    def take(self, step: Step) -> None:
        waiting = self.pending.setdefault(step.file, [])
        if step.name == "sync":
            content = self.sure.setdefault(step.file, bytearray())
            for each in waiting:
                _do(content, each)
            waiting.clear()
        else:
            waiting.append(step)

    def after_a_cut(self, chance: random.Random) -> dict[str, bytes]:
        """Let each sector of what was not synced come through or not."""
        files = {name: bytearray(content) for name, content in self.sure.items()}
        for name, steps in self.pending.items():
            content = files.setdefault(name, bytearray())
            share = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
            for step in steps:
                for part in _sectors(step):
                    if chance.random() < share:
                        _do(content, part)
        return {name: bytes(content) for name, content in files.items()}


def _do(content: bytearray, step: Step) -> None:
    if step.name == "cut":
        del content[step.place :]
        content.extend(bytes(step.place - len(content)))
        return
    if len(content) < step.place:
        content.extend(bytes(step.place - len(content)))
    content[step.place : step.place + len(step.data)] = step.data


def _sectors(step: Step) -> Iterator[Step]:
    if step.name == "cut":
        yield step
    for start in range(0, len(step.data), SECTOR):
        yield step._replace(data=step.data[start : start + SECTOR], place=step.place + start)


@pytest.mark.slow
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_dur_8_no_acknowledged_write_is_lost_by_a_power_cut(
    site_address: str, tmp_path: Path
) -> None:
    seed = seeds.chosen("power cuts")
    chance = random.Random(seed)
    path = Path(site_address.removeprefix("sqlite:///"))
    disk = Disk(path)
    steps = traced(site_address, tmp_path, seed)
    assert sum(step.name == "ack" for step in steps) == WRITES
    assert {"write", "sync", "cut"} <= {step.name for step in steps}
    moments = sorted(chance.choices(range(len(steps)), k=CUTS))
    acknowledged = -1
    for number, step in enumerate(steps):
        if step.name == "ack":
            acknowledged = int(step.data)
        else:
            disk.take(step)
        while moments and moments[0] == number:
            moments.pop(0)
            _require_whole(disk.after_a_cut(chance), path, tmp_path / "after", acknowledged)
    seeds.told(f"{CUTS} power cuts in {len(steps)} calls")


def _require_whole(files: dict[str, bytes], path: Path, folder: Path, acknowledged: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        copy = folder / Path(name).name
        copy.write_bytes(content)
        copy.chmod(0o600)
    database = Database(f"sqlite:///{folder / path.name}")
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
    assert left == set(range(len(left)))
    assert len(left) >= acknowledged + 1, "an acknowledged write is lost"
