"""Servers as processes of their own: Coursewire by its command, and the bare echo beside it."""

import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from bench import measuring
from bench.driving import Connection
from bench.echo import BARE
from tests.support.served import COMMAND, free_port, stop

_WITHIN = 60.0


class Served(Struct, frozen=True):
    """A running server."""

    process: "subprocess.Popen[bytes]"
    port: int

    def cpu(self) -> float:
        """Return the seconds of CPU of the whole process tree so far."""
        return measuring.cpu_of(self.process.pid)


@contextmanager
def running(command: Sequence[str], port: int, log: Path) -> Generator[Served]:
    """Run a server for the length of a with-block."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
        try:
            _wait(process, port, log)
            yield Served(process, port)
        finally:
            stop(process)


@contextmanager
def coursewire(data: Path, *options: str, command: Path = COMMAND) -> Generator[Served]:
    """Run `coursewire serve` with its access log in a file."""
    port = free_port()
    run = [str(command), "serve", "--data", str(data), "--port", str(port), *options]
    with running(run, port, data / "serve.out") as served:
        yield served


@contextmanager
def echo(size: int, folder: Path, *, bare: bool = False) -> Generator[Served]:
    """Run the echo, whose answers have so many bytes; `bare` ones have no guarded connections."""
    port = free_port()
    how = [BARE] if bare else []
    command = [sys.executable, "-m", "bench.echo", str(port), str(size), *how]
    with running(command, port, folder / "echo.out") as served:
        yield served


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            Connection(port).close()
        except OSError:
            time.sleep(0.01)
        else:
            return
    raise ConnectionError(log.read_text())
