"""`coursewire init`: of several at once on one folder, one makes the site."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.postgres import Cluster
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


def test_a_second_node_is_given_no_keys_of_its_own(tmp_path: Path, postgres: Cluster) -> None:
    """It would know no token, and seal the audit record so that it looks altered."""
    first, second = tmp_path / "first", tmp_path / "second"
    with postgres.fresh() as address:
        assert "/console/start?link=" in begun(first, address).communicate(timeout=120)[0]
        for _ in range(2):
            refused = begun(second, address)
            _, err = refused.communicate(timeout=120)
            assert refused.returncode == 3
            assert f"copy keys.json of the site into {second}" in err
            assert not (second / "keys.json").exists()
