"""`coursewire init`: of several at once on one folder, one makes the site."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.served import COMMAND


def begun(folder: Path, database: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(COMMAND), "init", "--data", str(folder)],
        env={**os.environ, "COURSEWIRE_DATABASE": database},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_of_several_at_once_one_makes_the_site(tmp_path: Path, database_url: str) -> None:
    folder = tmp_path / "data"
    running = [begun(folder, database_url) for _ in range(3)]
    told = [(*each.communicate(timeout=120), each.returncode) for each in running]
    made = [out for out, _, code in told if code == 0]
    assert len(made) == 1, told
    assert "/console/start?link=" in made[0]
    refused = [(out, err, code) for out, err, code in told if code]
    sentence = f"error: there is a site in {folder} already; choose another --data\n"
    assert refused == [("", sentence, 1)] * 2
