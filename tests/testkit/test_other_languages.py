"""The control API from other languages: the examples of the docs run against a site of `up`."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.running import up

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "connector-ci"


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What the examples are told of a running site."""
    folder = tmp_path_factory.mktemp("up")
    with up(folder, "--site", str(EXAMPLE / "tests" / "school.yaml")) as running:
        yield {
            **os.environ,
            "MOODLE_URL": f"http://127.0.0.1:{running.port}",
            "TESTKIT_KEY_FILE": str(folder / "coursewire-data" / "testkit.key"),
        }


def run(environ: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        command, env=environ, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_tests_for_node_pass(environ: dict[str, str]) -> None:
    told = run(environ, "node", "--test", "--test-reporter=tap", str(EXAMPLE / "node"))
    assert "# tests 3\n" in told
    assert "# pass 3\n" in told


@pytest.mark.skipif(shutil.which("php") is None, reason="there is no php here: php-cli brings it")
def test_the_script_for_php_runs(environ: dict[str, str]) -> None:
    told = run(environ, "php", str(EXAMPLE / "php" / "testkit.php"))
    assert told.splitlines() == [
        "core_course_get_courses ok",
        "core_course_get_courses invalidtoken",
    ]
