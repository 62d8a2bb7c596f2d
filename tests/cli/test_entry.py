"""What the command loads is kept from the garbage collector; what it makes is not."""

import subprocess
import sys

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
