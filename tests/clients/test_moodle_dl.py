"""moodle-dl, from the Python package index, mirrors a learner's courses from the server."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.clients.conftest import PASSWORD

PROGRAM = Path(sys.prefix) / "moodle-dl" / "bin" / "moodle-dl"


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the program over a folder that holds its settings."""
    assert PROGRAM.exists(), "run `make setup test`: it installs moodle-dl"
    return subprocess.run(
        [str(PROGRAM), "--path", str(folder), *options],
        env={**os.environ, "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def folder(address: str, tmp_path: Path) -> Path:
    settings = {
        "moodle_domain": urlsplit(address).netloc,
        "moodle_path": "/",
        "use_http": True,
        "download_descriptions": True,
    }
    (tmp_path / "config.json").write_text(json.dumps(settings))
    return tmp_path


@pytest.mark.slow
def test_it_logs_in_lists_courses_and_downloads_their_files(folder: Path) -> None:
    login = run(folder, "--new-token", "--username", "ann", "--password", PASSWORD)
    assert login.returncode == 0, login.stdout + login.stderr
    done = run(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    course = folder / "Algebra" / "General"
    assert (course / "Tables" / "primes.txt").read_text() == "2 3 5 7"
    assert "Read this first." in (course / "Welcome" / "Welcome.html").read_text()
    intro = (course / "Sums" / "Assignment intro.md").read_text()
    assert "Add them up." in intro
    assert not (folder / "Mechanics").exists()
    again = run(folder)
    assert "No changes found" in again.stdout + again.stderr


def test_it_understands_a_wrong_password(folder: Path) -> None:
    login = run(folder, "--new-token", "--username", "ann", "--password", "wrong")
    assert login.returncode == 1
    assert "Login Failed" in login.stdout + login.stderr
