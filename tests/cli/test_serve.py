"""`coursewire serve` on any free port: the address that it prints is the one that it has."""

import signal
import subprocess
from pathlib import Path

import pytest

from coursewire.cli import serve
from coursewire.settings import Settings
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
            assert served.ready(int(address.rpartition(":")[2]))
        finally:
            process.send_signal(signal.SIGTERM)
            process.stderr.read()
        assert process.wait(30) == 0


@pytest.mark.parametrize(
    ("settings", "warned"),
    [
        (Settings(host="0.0.0.0"), True),  # noqa: S104 - nothing is bound
        (Settings(host="::"), True),
        (Settings(host="0.0.0.0", public_url="https://school.example"), False),  # noqa: S104
        (Settings(), False),
    ],
)
def test_an_address_that_leads_nowhere_is_warned_of(
    settings: Settings, warned: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    serve.warn_of_address(settings)
    assert ("--public-url" in capsys.readouterr().err) == warned
