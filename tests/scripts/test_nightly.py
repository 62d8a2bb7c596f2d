"""Batteries end in time, tell their seed, and say how they are repeated."""

import os
import shlex
import sys
import time
from pathlib import Path

import pytest

from scripts import mutation, nightly
from scripts.nightly import Battery, Mutation


class Said(Mutation):
    """A battery that ends with the status that its limit names."""

    def command(self, seed: str, jobs: str) -> list[str]:
        del jobs
        return [sys.executable, "-c", f"raise SystemExit({self.limit % 7})  # seed {seed}"]


class Late(Mutation):
    """A battery that takes too long."""

    def command(self, seed: str, jobs: str) -> list[str]:
        del seed, jobs
        return [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "LOGS", tmp_path)
    monkeypatch.setenv("COURSEWIRE_TEST_SEED", "41")
    monkeypatch.setenv("COURSEWIRE_TEST_SIZE", "night/20")


def test_changes_of_the_code_are_a_battery_of_the_night() -> None:
    battery = nightly.BATTERIES["mutation"]
    assert battery.limit <= 24 * nightly.HOUR
    command = battery.command("41", "auto")
    assert command[1:] == ["-m", "scripts.mutation", "--seed=41"]
    assert battery.command("41", "2")[4:] == ["--jobs=2"]
    assert mutation.__name__ == command[2]


def test_tests_are_run_with_their_seed() -> None:
    command = Battery(("tests/wire",), 9).command("41", "2")
    assert command[1:4] == ["-m", "pytest", "tests/wire"]
    assert command[-3:] == ["-n", "2", "--hypothesis-seed=41"]


def test_dur_12_a_battery_runs_with_the_clock_shifted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Programs that its tests start have that clock, too."""
    program = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"
    now = "from coursewire.domain.clock import Clock; print(Clock().now())"

    class Asked(Mutation):
        def command(self, seed: str, jobs: str) -> list[str]:
            del seed, jobs
            return [sys.executable, "-c", program, now]

    shifted = nightly.BATTERIES["shifted"]
    assert shifted.environ["COURSEWIRE_TEST_SIZE"] == ""
    monkeypatch.setitem(nightly.BATTERIES, "asked", Asked(60, shifted.environ))
    assert nightly.main(["asked"]) == 0
    told = int((tmp_path / "asked.log").read_text())
    # This test may itself be one of that battery.
    unshifted = time.time() - int(os.environ.get("COURSEWIRE_TEST_SHIFT", "0"))
    assert told - unshifted == pytest.approx(13 * nightly.YEAR, abs=60)
    assert told > 2**31


def test_what_passes_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(nightly.BATTERIES, "said", Said(70))
    assert nightly.main(["said"]) == 0
    assert capsys.readouterr().out.startswith("said: passed, seed 41, ")


def test_what_fails_says_how_it_is_repeated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(nightly.BATTERIES, "said", Said(73))
    assert nightly.main(["said"]) == 3
    first, repeat = capsys.readouterr().out.splitlines()
    assert first.startswith("said: FAILED (status 3), seed 41, ")
    given = "COURSEWIRE_TEST_SIZE=night/20 COURSEWIRE_TEST_SEED=41"
    assert repeat == f"  repeat: {given} {shlex.join(Said(73).command('41', 'auto'))}"


def test_what_takes_too_long_is_ended(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(nightly.BATTERIES, "late", Late(1))
    assert nightly.main(["late"]) == 1
    assert "late: FAILED: not done in 1 s" in capsys.readouterr().out


def test_a_battery_that_nobody_knows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert nightly.main(["models", "none"]) == 2
    assert "there are: models, fuzzing" in capsys.readouterr().err
