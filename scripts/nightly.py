"""The long batteries, each with its own time limit: `make nightly`, or one: ARGS="fuzzing".

Seeds are printed by the tests and kept in build/nightly/BATTERY.log. What failed is repeated by the
command that is printed last, with the seed of the log in COURSEWIRE_TEST_SEED or, for Hypothesis,
in `--hypothesis-seed`. `COURSEWIRE_TEST_SIZE=night/20 make nightly` runs a twentieth of each.
"""

import os
import secrets
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from scripts.programs import ended

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "build" / "nightly"
HOUR = 3600
YEAR = 365 * 24 * HOUR
AS_MANY_AS_PROCESSORS = "auto"
SOAK = "tests/faults/test_soak.py"
# All of it in the year after the seconds need 32 bits; at the small size, since the sizes are the
# matter of the other batteries. It moves the clock of the programs that tests start as well.
SHIFTED = MappingProxyType(
    {
        "COURSEWIRE_TEST_SHIFT": str(13 * YEAR),
        "COURSEWIRE_TEST_SIZE": "",
        "PYTHONPATH": str(ROOT / "tests/support/shifted"),
    }
)


class Battery(NamedTuple):
    """Which tests a battery runs, how many seconds it may take, and what it sets beside that."""

    tests: tuple[str, ...]
    limit: int
    environ: Mapping[str, str] = MappingProxyType({})

    def command(self, seed: str, jobs: str) -> list[str]:
        """Return what runs it."""
        return [
            *(sys.executable, "-m", "pytest", *self.tests, "-q", "-rA", "-p", "no:cacheprovider"),
            *("-n", jobs, f"--hypothesis-seed={seed}"),
        ]


class Mutation(NamedTuple):
    """The measure of the tests themselves, and how many seconds it may take."""

    limit: int
    environ: Mapping[str, str] = MappingProxyType({})

    def command(self, seed: str, jobs: str) -> list[str]:
        """Return what runs it."""
        own = [] if jobs == AS_MANY_AS_PROCESSORS else [f"--jobs={jobs}"]
        return [sys.executable, "-m", "scripts.mutation", f"--seed={seed}", *own]


# In the order in which they run; the sweep for canaries is last.
BATTERIES: dict[str, Battery | Mutation] = {
    "models": Battery(("tests/domain", "-k", "model"), 12 * HOUR),
    "fuzzing": Battery(
        ("tests/wire", "tests/domain/test_addresses.py", "tests/domain/test_forwarding.py"),
        8 * HOUR,
    ),
    "rules": Battery(("tests/rules",), 2 * HOUR),
    "log-in": Battery(
        ("tests/domain", "-k", "auth_3 or auth_5 or auth_6 or auth_8 or auth_9"), 2 * HOUR
    ),
    "races": Battery(
        (
            "tests/domain",
            "tests/server",
            "tests/store",
            "-k",
            "races or tok_9 or revo or unique or dur_11",
        ),
        2 * HOUR,
    ),
    "audit": Battery(("tests/audit", "tests/transfer"), 2 * HOUR),
    "interface": Battery(("tests/server",), 4 * HOUR),
    "faults": Battery(
        (
            "tests/faults",
            f"--ignore={SOAK}",
            "tests/store/test_durability.py",
            "tests/deploy/test_two_nodes.py",
        ),
        12 * HOUR,
    ),
    "soak": Battery((SOAK,), 6 * HOUR),
    "everything": Battery(("tests", "--ignore=tests/faults"), 24 * HOUR),
    "shifted": Battery(("tests", "--ignore=tests/faults", "-m", "not alone"), 4 * HOUR, SHIFTED),
    "mutation": Mutation(12 * HOUR),
    "canaries": Battery(("tests/canaries",), HOUR),
}


def run(name: str) -> int:
    """Run a battery; say its seed, how long it took and how it ended."""
    battery = BATTERIES[name]
    seed = os.environ.get("COURSEWIRE_TEST_SEED") or str(secrets.randbelow(2**32))
    command = battery.command(seed, os.environ.get("JOBS", AS_MANY_AS_PROCESSORS))
    wanted = os.environ.get("COURSEWIRE_TEST_SIZE", "night")
    environ = {"COURSEWIRE_TEST_SIZE": wanted, "COURSEWIRE_TEST_SEED": seed, **battery.environ}
    LOGS.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    with (LOGS / f"{name}.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environ},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        status = ended(process, battery.limit)
    how = "passed" if status == 0 else f"FAILED (status {status})"
    if status is None:
        status, how = 1, f"FAILED: not done in {battery.limit} s"
    took = time.monotonic() - begun
    print(f"{name}: {how}, seed {seed}, {took:.0f} s, {log.name}", flush=True)
    if status:
        given = " ".join(f"{key}={value}" for key, value in environ.items())
        print(f"  repeat: {given} {shlex.join(command)}", flush=True)
    return status


def main(arguments: list[str]) -> int:
    """Run the batteries that are named, or all."""
    unknown = set(arguments) - set(BATTERIES)
    if unknown:
        print(f"no battery {unknown.pop()!r}; there are: {', '.join(BATTERIES)}", file=sys.stderr)
        return 2
    return max([run(name) for name in arguments or BATTERIES])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
