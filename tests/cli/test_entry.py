"""What the command loads is kept from the garbage collector; what it makes is not."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.running import up
from tests.support.served import COMMAND

PROGRAM = """
import atexit, gc, sys
from coursewire.cli.entry import main
atexit.register(lambda: print(gc.isenabled(), gc.get_freeze_count() > 100_000))
sys.argv = ["coursewire", "--version"]
main()
"""


def test_the_collector_passes_over_what_was_loaded() -> None:
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines()[-1] == "True True"


def test_the_package_is_the_command_too() -> None:
    said = [
        subprocess.run([*way, "--version"], capture_output=True, text=True, check=True).stdout
        for way in ([str(COMMAND)], [sys.executable, "-m", "coursewire"])
    ]
    assert said[0] == said[1] != ""


def test_up_tells_how_it_was_called(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "coursewire"]
    with up(tmp_path, environ={"PATH": str(tmp_path)}, command=command) as running:
        assert f"{shlex.join(command)} token check " in running.printed
        assert "__main__" not in running.printed


INTERRUPTED = """
import sys
from coursewire.cli.entry import main

class Interrupting:
    def find_spec(self, name, *_):
        if name == "coursewire.cli.main":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupting())
main()
"""


def test_ctrl_c_while_the_command_loads_ends_without_a_trace() -> None:
    told = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (130, "")


WITHOUT_EXTRAS = """
import sys

class Missing:
    def find_spec(self, name, *_):
        if name == {missing!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
from coursewire.cli.entry import main
main()
"""


@pytest.mark.parametrize("missing", ["typer", "sqlalchemy"])
def test_the_client_alone_says_how_to_get_the_command(missing: str) -> None:
    program = WITHOUT_EXTRAS.format(missing=missing)
    told = subprocess.run(
        [sys.executable, "-c", program, "init"], capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr == (
        f"The command coursewire needs {missing}, which does not come with the client alone. "
        "Install it with: pip install 'coursewire[server]'\n"
    )


def test_a_module_of_our_own_that_is_missing_is_no_matter_of_installing() -> None:
    program = WITHOUT_EXTRAS.format(missing="coursewire.settings")
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert "pip install" not in told.stderr
    assert "ModuleNotFoundError" in told.stderr
