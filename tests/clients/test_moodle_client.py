"""moodle-client, from the npm registry, works against the server unchanged."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients.conftest import PASSWORD, TOKEN

MODULES = Path(sys.prefix) / "npm" / "node_modules"
NODE = shutil.which("node") or "node is missing"
SCRIPT = Path(__file__).with_name("moodle_client.js")


def node(address: str, **login: str) -> dict[str, object]:
    """Run the script with how to log in; return what it printed."""
    environ = {**os.environ, "NODE_PATH": str(MODULES), "NODE_NO_WARNINGS": "1"}
    options = json.dumps({"wwwroot": address, **login})
    done = subprocess.run(
        [NODE, str(SCRIPT), options],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    "login",
    [{"token": TOKEN}, {"username": "robot", "password": PASSWORD, "service": "connector"}],
    ids=["token", "password"],
)
def test_it_reads_and_writes(address: str, login: dict[str, str]) -> None:
    assert MODULES.exists(), "run `make setup test`: it installs moodle-client"
    found = node(address, **login)
    assert found["sitename"] == "Client School"
    assert found["made"] in found["listed"]  # type: ignore[operator]
