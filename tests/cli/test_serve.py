"""`coursewire serve` on any free port: the address that it prints is the one that it has."""

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.support import served
from tests.support.served import COMMAND


@pytest.mark.slow
def test_the_port_that_was_found_is_the_one_that_is_printed(
    command: Command, tmp_path: Path
) -> None:
    command("init", "--data", "site")
    with subprocess.Popen(
        [str(COMMAND), "serve", "--data", "site", "--port", "0"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        address = next(line.split()[-1] for line in process.stderr if "Coursewire serves" in line)
        try:
            deadline = time.monotonic() + served.START_WITHIN
            while not served.ready(int(address.rpartition(":")[2])):
                assert time.monotonic() < deadline, address
                time.sleep(0.05)
        finally:
            process.send_signal(signal.SIGTERM)
            process.stderr.read()
        assert process.wait(30) == 0
