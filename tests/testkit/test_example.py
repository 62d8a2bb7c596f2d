"""The sample connector's own suite runs, as anybody's would: with the installed plugin."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "connector-ci"
TESTS = 40
# On an idle machine it takes about 3 s; this is told of a machine that does other work as well.
MOST_CPU = 10.0


@pytest.mark.alone
def test_the_suite_of_the_sample_connector_passes() -> None:
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=EXAMPLE,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    after = os.times()
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"(\d+) passed", done.stdout)
    assert found is not None, done.stdout
    assert int(found[1]) == TESTS
    used = after.children_user - before.children_user + after.children_system
    assert used - before.children_system <= MOST_CPU


def test_loading_the_plugin_is_cheap() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import coursewire.testkit.plugin;"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours = {"coursewire", "coursewire.testkit", "coursewire.testkit.plugin"}
    heavy = {"httpx", "msgspec", "sqlalchemy", "starlette", "uvicorn", "yaml"}
    assert not heavy & set(done.stdout.split())
    assert {name for name in done.stdout.split() if name.startswith("coursewire")} == ours


WITHOUT_SERVER = """
import sys

class Missing:
    def find_spec(self, name, *_):
        if name == "uvicorn":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
"""


def test_the_client_alone_says_how_to_get_the_fixture(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(WITHOUT_SERVER)
    (tmp_path / "test_it.py").write_text("def test_it(moodle_site): pass")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "The fixture moodle_site needs uvicorn" in done.stdout
    assert "pip install 'coursewire[server]'" in done.stdout
    assert "Traceback" not in done.stdout
    assert done.returncode == 1
