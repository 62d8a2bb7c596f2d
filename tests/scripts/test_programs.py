"""A program that takes too long ends with all that it started."""

import subprocess
import sys
import time

import pytest

from scripts.programs import ended

PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
child.wait()
"""


@pytest.mark.parametrize("status", [0, 3])
def test_the_status_is_returned(status: int) -> None:
    command = [sys.executable, "-c", f"raise SystemExit({status})"]
    assert ended(subprocess.Popen(command, start_new_session=True), 30) == status


def test_what_a_late_program_started_ends_with_it() -> None:
    command = [sys.executable, "-c", PARENT]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    assert int(process.stdout.readline())
    assert ended(process, 0.1) is None
    begun = time.monotonic()
    # The pipe is shut once nobody holds it, which the child would for a minute.
    assert process.stdout.read() == b""
    assert time.monotonic() - begun < 30
    process.stdout.close()
