"""`coursewire up` as a person runs it: started, read until it is ready, stopped by Ctrl-C."""

import json
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from urllib.request import Request, urlopen

from tests.support.served import COMMAND, NOTHING_MORE, NotServed, ready

START_WITHIN = 120.0
READY = "Ctrl-C stops it."


@dataclass
class Up:
    """A running `coursewire up`, and what it printed."""

    printed: str
    process: "subprocess.Popen[bytes]"

    @property
    def lines(self) -> list[str]:
        """The lines that can be copied into a shell."""
        return [line.strip() for line in self.printed.splitlines() if line.startswith("  ")]

    @property
    def curls(self) -> list[str]:
        return [line for line in self.lines if line.startswith("curl ")]

    @property
    def port(self) -> int:
        """Where it listens, which with a public address is not the address that it prints."""
        lines = self.printed.splitlines()
        found = [line for line in lines if line.startswith(("address", "listens on"))]
        return int(found[-1].rpartition(":")[2])

    @property
    def token(self) -> str:
        (found,) = [line for line in self.printed.splitlines() if line.startswith("token")]
        return found.split()[1]

    def stop(self) -> int:
        """Press Ctrl-C; gives the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


def curl(line: str) -> Any:
    """Do what a `curl URL -d name=value …` line does; gives the decoded answer."""
    program, url, *rest = shlex.split(line)
    assert program == "curl"
    fields = rest[1::2]
    assert rest[::2] == ["-d"] * len(fields)
    assert all(len(parse_qs(field, strict_parsing=True)) == 1 for field in fields)
    with urlopen(Request(url, data="&".join(fields).encode())) as answer:  # noqa: S310 - loopback
        return json.load(answer)


@contextmanager
def up(
    folder: Path,
    *options: str,
    environ: Mapping[str, str] = NOTHING_MORE,
    command: Sequence[str] = (str(COMMAND),),
) -> Generator[Up]:
    """`coursewire up` for the length of a with-block, on a free port unless `options` name one."""
    log = folder / f"up-{time.monotonic_ns()}.log"
    options = options if "--port" in options else (*options, "--port", "0")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "up", *options],
            cwd=folder,
            env={**os.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            running = Up(_printed(process, log), process)
            _wait(running)
            yield running
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


def _printed(process: "subprocess.Popen[bytes]", log: Path) -> str:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        text = log.read_text()
        if READY in text:
            return text
        if process.poll() is not None:
            raise NotServed(f"up ended with status {process.returncode}\n{log.read_text()}")
        time.sleep(0.05)
    raise NotServed(f"up was not ready within {START_WITHIN:.0f} s\n{log.read_text()}")


def _wait(running: Up) -> None:
    deadline = time.monotonic() + START_WITHIN
    while not ready(running.port):
        if time.monotonic() > deadline or running.process.poll() is not None:
            raise NotServed(running.printed)
        time.sleep(0.05)
