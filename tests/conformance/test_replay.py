"""Plays the recordings of a real Moodle against a served site, on both engines.

Every step must match, except those of exceptions.yaml; an exception that matches again fails too.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import postgres as private
from tests.support.served import run, serving

KIT = Path(__file__).resolve().parent
JOBS = 4


@dataclass(frozen=True)
class RecordedSet:
    """A site file and the recordings made on that site."""

    name: str
    site: str
    steps: int
    exceptions: int

    @property
    def recordings(self) -> Path:
        return KIT / "recordings" / self.name


PUBLIC = RecordedSet("public", "site.yaml", steps=5075, exceptions=25)
TIER2 = RecordedSet("tier2", "site-2.yaml", steps=8736, exceptions=40)
# The sets that are played.
SETS = [PUBLIC, TIER2]


def exceptions(recorded: RecordedSet) -> dict[tuple[str, int], str]:
    """(recording, step) → reason."""
    rows: list[dict[str, Any]] = yaml.safe_load((KIT / "exceptions.yaml").read_text())
    return {(r["recording"], r["step"]): r["reason"] for r in rows if r["set"] == recorded.name}


def replay(base_url: str, recorded: RecordedSet, ids: Path, report: Path) -> dict[str, Any]:
    """Run the kit's replayer as it is, and return its report."""
    command = [sys.executable, str(KIT / "replay.py"), "--base-url", base_url]
    command += ["--site", str(KIT / recorded.site), "--recordings", str(recorded.recordings)]
    command += ["--ids", str(ids), "--jobs", str(JOBS), "--report", str(report), "--show", "20"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(done.stdout, done.stderr)  # noqa: T201 - pytest shows it when the test fails
    assert report.exists(), done.stderr
    result: dict[str, Any] = json.loads(report.read_text())
    return result


@dataclass(frozen=True)
class Place:
    """Where the site lives, and how it is served; an address with a password is no option."""

    options: tuple[str, ...]
    serve: tuple[str, ...]
    environ: dict[str, str]


@pytest.fixture
def place(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    options = ("--data", str(tmp_path / "data"))
    if engine_name == "sqlite":
        yield Place(options, (), {})
        return
    cluster: private.Cluster = request.getfixturevalue("postgres")
    with cluster.fresh() as address:
        yield Place(options, ("--workers", "2"), {"COURSEWIRE_DATABASE": address})


@pytest.mark.slow
@pytest.mark.parametrize("recorded", SETS, ids=lambda recorded: recorded.name)
def test_every_recorded_step_matches(recorded: RecordedSet, place: Place, tmp_path: Path) -> None:
    ids, report = tmp_path / "ids.json", tmp_path / "report.json"
    site = str(KIT / recorded.site)
    run("apply", site, *place.options, "--yes", "--ids", str(ids), environ=place.environ)
    log = tmp_path / "serve.log"
    with serving(place.options, log, *place.serve, environ=place.environ) as base_url:
        result = replay(base_url, recorded, ids, report)

    assert result["total"] == recorded.steps
    wrong = {(row["recording"], row["step"]): row["differences"] for row in result["mismatches"]}
    allowed = exceptions(recorded)
    assert {step: wrong[step] for step in wrong if step not in allowed} == {}
    assert [step for step in allowed if step not in wrong] == [], "exceptions that match again"


@pytest.mark.parametrize("recorded", [PUBLIC, TIER2], ids=lambda recorded: recorded.name)
def test_exceptions_are_few_have_reasons_and_name_steps(recorded: RecordedSet) -> None:
    found = exceptions(recorded)
    assert len(found) <= recorded.exceptions
    for (recording, step), reason in found.items():
        lines = (recorded.recordings / f"{recording}.jsonl").read_text().splitlines()
        assert 1 <= step <= len(lines)
        assert len(reason.split()) >= 5


@pytest.mark.parametrize("recorded", [PUBLIC, TIER2], ids=lambda recorded: recorded.name)
def test_no_recording_is_missing(recorded: RecordedSet) -> None:
    lines = [path.read_text().splitlines() for path in recorded.recordings.glob("*.jsonl")]
    assert sum(map(len, lines)) == recorded.steps


def test_the_replayer_notices_a_server_that_answers_otherwise(tmp_path: Path) -> None:
    """Guards the test above: a wrong answer, or none, must not count as a match."""
    ids, report = tmp_path / "ids.json", tmp_path / "report.json"
    ids.write_text("{}")
    assert replay("http://127.0.0.1:9", PUBLIC, ids, report)["matched"] == 0
