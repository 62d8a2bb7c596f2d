"""What a release is made of: advisories, bill of materials, equal builds, workflows."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts import release
from scripts.advisories import KNOWN, VARIABLE
from scripts.locks import LOCKS, pins

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = [
    *(ROOT / ".github" / "workflows").glob("*.y*ml"),
    *(ROOT / "examples").rglob(".github/workflows/*.y*ml"),
]
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")


def advisory(package: str, *events: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "id": "PLANTED-1",
        "modified": datetime.now(UTC).isoformat(),
        "summary": "planted",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": package},
                "ranges": [{"type": "ECOSYSTEM", "events": list(events)}],
            }
        ],
        **more,
    }


# What every whole snapshot has, and no pin of ours meets.
LONG_KNOWN = [advisory(name, {"introduced": "0"}, {"fixed": "0.1"}) for name in sorted(KNOWN)]


def checked(
    folder: Path,
    *advisories: dict[str, Any],
    exceptions: str = "",
    whole: bool = True,
    more: tuple[str, ...] = (),
) -> subprocess.CompletedProcess[str]:
    snapshot = folder / "snapshot"
    snapshot.mkdir()
    for number, record in enumerate([*advisories, *(LONG_KNOWN if whole else ())]):
        (snapshot / f"{number}.json").write_text(json.dumps(record))
    (folder / "exceptions.toml").write_text(exceptions)
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "scripts.advisories",
            *("--snapshot", str(snapshot)),
            *("--exceptions", str(folder / "exceptions.toml")),
            *more,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_sup_2_a_planted_vulnerable_pin_is_found(tmp_path: Path) -> None:
    version = pins((LOCKS / "server.lock").read_text())["msgspec"]
    done = checked(
        tmp_path, advisory("MsgSpec", {"introduced": "0"}, {"last_affected": str(version)})
    )
    assert done.returncode == 1
    assert f"server.lock: msgspec {version}: PLANTED-1" in done.stderr


@pytest.mark.parametrize(
    "harmless",
    [
        advisory("msgspec", {"introduced": "0"}, {"fixed": "0.1"}),
        advisory("msgspec", {"introduced": "9999"}),
        advisory("not-a-package-of-ours", {"introduced": "0"}),
        advisory("msgspec", {"introduced": "0"}, withdrawn="2026-01-01T00:00:00Z"),
    ],
)
def test_sup_2_other_versions_and_packages_are_no_finding(
    harmless: dict[str, Any], tmp_path: Path
) -> None:
    done = checked(tmp_path, harmless)
    assert done.returncode == 0, done.stderr
    assert "nothing known" in done.stdout


def test_sup_2_an_exception_needs_a_reason_and_ends_within_30_days(tmp_path: Path) -> None:
    planted = advisory("msgspec", {"introduced": "0"})
    today = datetime.now(UTC).date()
    for number, (days, reason, code) in enumerate(
        [(10, "not reached", 0), (-1, "not reached", 1), (60, "not reached", 1), (10, "", 1)]
    ):
        until = today + timedelta(days=days)
        listed = f'[[exception]]\nadvisory = "PLANTED-1"\nreason = "{reason}"\nuntil = {until}\n'
        (tmp_path / str(number)).mkdir()
        done = checked(tmp_path / str(number), planted, exceptions=listed)
        assert done.returncode == code, (days, reason, done.stderr)


def test_sup_2_a_snapshot_that_tells_nothing_fails_and_an_old_one_warns(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    empty = checked(tmp_path / "empty", whole=False)
    assert empty.returncode == 1
    assert "holds no records" in empty.stderr
    (tmp_path / "part").mkdir()
    part = checked(tmp_path / "part", *LONG_KNOWN[1:], whole=False)
    assert part.returncode == 1
    assert "knows nothing of cryptography, so it is not whole" in part.stderr
    (tmp_path / "old").mkdir()
    modified = "2020-01-01T00:00:00.123456789Z"
    old = [{**record, "modified": modified} for record in LONG_KNOWN]
    assert "get a newer one" in checked(tmp_path / "old", *old, whole=False).stdout


def test_sup_2_what_is_no_pin_cannot_be_looked_up_and_fails(tmp_path: Path) -> None:
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "a.lock").write_text("msgspec @ file:///here\n    --hash=sha256:0\n")
    done = checked(tmp_path, more=("--locks", str(tmp_path / "locks")))
    assert done.returncode == 1
    assert "a.lock: 'msgspec @ file:///here' pins no version" in done.stderr


def test_sup_2_events_count_in_the_order_of_versions(tmp_path: Path) -> None:
    shuffled = advisory("msgspec", {"fixed": "0.2"}, {"introduced": "0"}, {"introduced": "0.3"})
    assert "PLANTED-1" in checked(tmp_path, shuffled).stderr


def test_sup_2_a_release_needs_a_snapshot() -> None:
    command = [sys.executable, "-m", "scripts.advisories"]
    environ = {name: value for name, value in os.environ.items() if name != VARIABLE}
    for more, code in ([], 0), (["--required"], 1):
        done = subprocess.run(
            [*command, *more], cwd=ROOT, env=environ, capture_output=True, check=False
        )
        assert done.returncode == code
        assert b"not checked" in done.stdout


def test_sup_3_two_builds_are_equal_and_the_bill_names_what_is_locked(tmp_path: Path) -> None:
    sums = release.release(tmp_path)
    assert {name.rpartition(".")[2] for name in sums} == {"whl", "gz", "json"}
    wheels = {name.partition("-")[0] for name in sums if name.endswith(".whl")}
    assert wheels == {"coursewire", "coursewire_percipio"}
    made = json.loads((tmp_path / release.BILL).read_text())
    named = {part["name"]: part for part in made["components"]}
    locked = pins((LOCKS / "server.lock").read_text())
    assert {name: part["version"] for name, part in named.items()} == {
        name: str(version) for name, version in locked.items()
    }
    assert all(part["hashes"] for part in named.values())
    listed = (tmp_path / release.CHECKSUMS).read_text()
    assert all(f"{digest}  {name}\n" in listed for name, digest in sums.items())
    lock = (LOCKS / "server.lock").read_text()
    assert release.bill(lock, 1) == release.bill(lock, 1)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: str(path.relative_to(ROOT)))
def test_sup_5_workflows_pin_their_steps_and_have_the_least_rights(path: Path) -> None:
    text = path.read_text("utf-8")
    workflow = yaml.safe_load(text)
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    used = [step["uses"] for step in steps if "uses" in step]
    assert [one for one in used if not PINNED.fullmatch(one)] == []
    assert workflow["permissions"] in ({}, {"contents": "read"})
    for job in workflow["jobs"].values():
        writes = {name for name, right in job.get("permissions", {}).items() if right == "write"}
        # Only the job behind the protected environment may prove who it is.
        assert writes <= ({"id-token"} if "environment" in job else set())
    # PyYAML reads the key `on` as a truth.
    if "pull_request" in workflow[True]:
        assert "secrets." not in text
    assert "pull_request_target" not in text


def test_sup_2_the_workflows_check_against_a_snapshot_each_day_and_before_a_release() -> None:
    folder = ROOT / ".github" / "workflows"
    for name in ("advisories.yml", "release.yml"):
        jobs = yaml.safe_load((folder / name).read_text("utf-8"))["jobs"]
        lines = [step.get("run", "") for job in jobs.values() for step in job["steps"]]
        (at,) = [place for place, line in enumerate(lines) if "scripts.advisories" in line]
        assert "--required --snapshot" in lines[at]
        assert "all.zip" in lines[at - 1]
        assert all("scripts.release" not in line for line in lines[:at])
