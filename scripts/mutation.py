"""How many small changes of the code the tests notice, for the six areas that guard the door.

python -m scripts.mutation                    all of them, for hours
python -m scripts.mutation ip --most 40       one area, 40 changes of it drawn by a seed

Each change is made in a copy of the package, and the tests of the area run against it on SQLite
until one fails: first those that run the changed line, the quickest of them first, then all.
Changes that none notices are listed; fewer than nine tenths noticed is a failure, or of a few that
are drawn so many fewer that it is not by chance. `COURSEWIRE_TEST_SIZE=night/20` draws a twentieth
of each area.
"""

import argparse
import hashlib
import math
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from queue import SimpleQueue
from types import FrameType
from typing import NamedTuple

from scripts import mutants
from scripts.covering import Covering, Notes
from scripts.mutants import Mutant
from scripts.programs import ended
from tests.support import sizes

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "src/coursewire"
ENOUGH = 0.9
# Of changes that are drawn chance alone misses more: so many standard deviations are let pass.
CHANCE = 3
# Changes may make code run for ever.
SLOWER = 4
AT_LEAST = 30.0


class Area(NamedTuple):
    """Modules below the package, and the tests that should notice their changes."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    # Words in the names of tests that take long and add little here.
    without: tuple[str, ...] = ("postgres",)


AREAS = {
    "decode": Area(
        ("wire/form.py", "wire/multipart.py", "wire/request.py"),
        ("tests/wire/test_request.py", "tests/wire/test_form.py", "tests/wire/test_multipart.py"),
        without=("slow_reference", "nothing_but_the_own"),
    ),
    "ip": Area(
        ("domain/addresses.py", "domain/address_rules.py", "domain/forwarding.py"),
        ("tests/domain/test_addresses.py", "tests/domain/test_forwarding.py"),
    ),
    "tokens": Area(
        ("domain/tokens.py", "domain/token_values.py", "domain/token_ends.py"),
        (
            "tests/domain/test_tokens.py",
            "tests/domain/test_token_changes.py",
            "tests/domain/test_token_ends.py",
            "tests/domain/test_token_model.py",
            "tests/cli/test_token.py",
        ),
    ),
    "auth": Area(
        (
            "domain/login.py",
            "domain/login_limits.py",
            "domain/login_token.py",
            "domain/passwords.py",
            "domain/password_hashes.py",
            "domain/totp.py",
        ),
        (
            "tests/domain/test_login_limits.py",
            "tests/domain/test_passwords.py",
            "tests/domain/test_password_hashes.py",
            "tests/domain/test_totp.py",
            "tests/domain/test_login_token.py",
            "tests/domain/test_login.py",
        ),
        # The processes wait for one file most of half a minute.
        without=("postgres", "in_four_processes"),
    ),
    "access": Area(
        ("domain/gate.py", "domain/gate_facts.py", "domain/permissions.py", "store/access.py"),
        (
            "tests/domain/test_gate.py",
            "tests/domain/test_permissions.py",
            "tests/store/test_access.py",
            "tests/server/test_access.py",
            "tests/domain/test_access_model.py",
        ),
    ),
    "audit": Area(
        ("audit/records.py", "audit/redaction.py", "audit/sealing.py", "audit/head.py"),
        ("tests/audit",),
    ),
}


class Tried(NamedTuple):
    """A change, and whether a test noticed it."""

    module: str
    mutant: Mutant
    noticed: bool


class Stopped(Exception):
    """Somebody asked for an end, or the time was up."""


class Copies:
    """Copies of the package, each for one run of tests at a time."""

    def __init__(self, folder: Path, count: int) -> None:
        self.count = count
        self._notes = Notes(folder)
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False
        self._free: SimpleQueue[Path] = SimpleQueue()
        for number in range(count):
            place = folder / str(number)
            shutil.copytree(ROOT / "src", place, ignore=shutil.ignore_patterns("__pycache__"))
            self._free.put(place)

    def passes(
        self,
        tests: Iterable[str],
        area: Area,
        change: tuple[str, str] | None = None,
        limit: float | None = None,
    ) -> bool:
        """Run tests of an area against a copy, with one module changed if a source is given."""
        place = self._free.get()
        try:
            if change:
                _put(place, *change)
            return self._run(_started(area, tests, place), limit)
        finally:
            if change:
                _put(place, change[0], (ROOT / PACKAGE / change[0]).read_text())
            self._free.put(place)

    def covering(self, area: Area) -> Covering | None:
        """Run the tests of an area, and return which lines each of them runs; None if one fails."""
        place = self._free.get()
        try:
            process = _started(area, area.tests, place, self._notes.options, self._notes.environ)
            if not self._run(process, None):
                return None
            return self._notes.read(
                {module: place / "coursewire" / module for module in area.modules}
            )
        finally:
            self._free.put(place)

    def _run(self, process: "subprocess.Popen[bytes]", limit: float | None) -> bool:
        self._running.add(process)
        status = ended(process, 0 if self._stopped else limit)
        self._running.discard(process)
        if self._stopped:
            raise Stopped
        return status == 0

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        """End the tests that run, which would outlive this program, and begin no others."""
        self._stopped = True
        for process in list(self._running):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _put(place: Path, module: str, source: str) -> None:
    """Write a module of a copy; what Python compiled of it before goes, for it tells by seconds."""
    path = place / "coursewire" / module
    path.write_text(source)
    Path(cache_from_source(str(path))).unlink(missing_ok=True)


def _started(
    area: Area,
    tests: Iterable[str],
    place: Path,
    options: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
) -> "subprocess.Popen[bytes]":
    names = f"not ({' or '.join(area.without)})"
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    # What no test of these areas needs and every start would wait for.
    command += ["-p", "no:schemathesis", "-p", "no:playwright"]
    command += ["-m", "not alone", "-k", names, *options, *tests]
    environ = {**os.environ, "PYTHONPATH": str(place), **(environ or {})}
    # It says how many changes are tried; the tests are those of every day.
    environ.pop(sizes.VARIABLE, None)
    # To compile all modules anew takes longer than most of the tests.
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def drawn(area: Area, most: int | None, seed: int) -> tuple[list[tuple[str, Mutant]], int]:
    """Return the changes of an area that are wanted, and how many there are."""
    found = [
        (module, mutant)
        for module in area.modules
        for mutant in mutants.of((ROOT / PACKAGE / module).read_text())
    ]
    wanted = sizes.size(1, len(found)) if sizes.NIGHT else len(found)
    wanted = wanted if most is None else min(wanted, most)
    if wanted == len(found):
        return found, len(found)
    return sorted(found, key=lambda each: _lot(seed, each))[:wanted], len(found)


def measure(area: Area, wanted: list[tuple[str, Mutant]], copies: Copies) -> list[Tried]:
    """Try changes of an area."""
    begun = time.monotonic()
    covering = copies.covering(area)
    if covering is None:
        msg = f"tests fail without any change: {' '.join(area.tests)}"
        raise SystemExit(msg)
    limit = max(AT_LEAST, SLOWER * (time.monotonic() - begun))

    def tried(each: tuple[str, Mutant]) -> Tried:
        module, mutant = each
        change = (module, mutant.source)
        nearest = covering.tests(module, mutant.line)
        # What runs the line in a thread or a program of its own is known to nobody: all have a try.
        chosen = [nearest, area.tests] if nearest else [area.tests]
        noticed = any(not copies.passes(tests, area, change, limit) for tests in chosen)
        return Tried(module, mutant, noticed)

    with ThreadPoolExecutor(copies.count) as pool:
        return list(pool.map(tried, wanted))


def _lot(seed: int, change: tuple[str, Mutant]) -> str:
    return hashlib.sha256(f"{seed} {change[0]} {change[1].what}".encode()).hexdigest()


def enough(noticed: int, tried: int, of: int) -> bool:
    """Tell whether the tests notice nine changes of ten, as far as those that were drawn show."""
    chance = CHANCE * math.sqrt(ENOUGH * (1 - ENOUGH) / tried) if tried < of else 0
    return noticed / tried + chance >= ENOUGH


def told(name: str, tried: list[Tried], of: int, took: float) -> bool:
    """Say how an area did; tell whether enough was noticed."""
    noticed = sum(each.noticed for each in tried)
    count = f"{noticed} of {len(tried)}" + (f" (drawn of {of})" if len(tried) < of else "")
    print(f"{name}: {count} changes noticed, {noticed / len(tried):.1%}, {took:.0f} s")
    for each in tried:
        if not each.noticed:
            print(f"  {PACKAGE}/{each.module}:{each.mutant.what}")
    sys.stdout.flush()
    return enough(noticed, len(tried), of)


def main(arguments: list[str]) -> int:
    """Measure the areas that are named, or all."""
    parser = argparse.ArgumentParser(prog="scripts.mutation")
    parser.add_argument("areas", nargs="*", metavar="AREA", help=", ".join(AREAS))
    parser.add_argument("--most", type=int, help="so many changes of each area at most")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(arguments)
    unknown = set(asked.areas) - set(AREAS)
    if unknown:
        parser.error(f"no area {unknown.pop()!r}; there are: {', '.join(AREAS)}")
    seed = secrets.randbelow(2**32) if asked.seed is None else asked.seed
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="coursewire-mutation-") as folder:
        copies = Copies(Path(folder), asked.jobs)
        signal.signal(signal.SIGTERM, copies.stop)
        try:
            whole = [_noticed(name, asked.most, seed, copies) for name in asked.areas or AREAS]
        except Stopped:
            print("stopped before the end", file=sys.stderr)
            return 1
    return 0 if all(whole) else 1


def _noticed(name: str, most: int | None, seed: int, copies: Copies) -> bool:
    begun = time.monotonic()
    wanted, of = drawn(AREAS[name], most, seed)
    return told(name, measure(AREAS[name], wanted, copies), of, time.monotonic() - begun)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
