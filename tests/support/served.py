"""Coursewire as a person runs it: the installed command, in processes of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NamedTuple

COMMAND = Path(sys.executable).with_name("coursewire")
SERVE: Sequence[str] = (str(COMMAND),)
START_WITHIN = 60.0
STOP_WITHIN = 30.0
NOTHING_MORE: Mapping[str, str] = {}


class NotServed(Exception):
    """The command failed or the server did not come up; the text holds its output."""


def run(
    *arguments: str,
    environ: Mapping[str, str] = NOTHING_MORE,
    within: float = 300.0,
    stdin: str = "",
) -> str:
    """Run `coursewire …` to its end; return what it wrote."""
    done = subprocess.run(
        [str(COMMAND), *arguments],
        env={**os.environ, **environ},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=within,
        check=False,
    )
    if done.returncode != 0:
        shown = f"coursewire {' '.join(arguments)}: exit status {done.returncode}"
        raise NotServed(f"{shown}\n{done.stdout}{done.stderr}")
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Running(NamedTuple):
    """A server process, and the port that it listens on."""

    process: subprocess.Popen[bytes]
    port: int


@contextmanager
def serving(
    place: Sequence[str],
    log: Path,
    *options: str,
    environ: Mapping[str, str] = NOTHING_MORE,
) -> Iterator[str]:
    """`coursewire serve` for the length of a with-block; gives its base address."""
    with running(place, log, *options, environ=environ) as server:
        yield f"http://127.0.0.1:{server.port}"


@contextmanager
def running(
    place: Sequence[str],
    log: Path,
    *options: str,
    environ: Mapping[str, str] = NOTHING_MORE,
    coursewire: Sequence[str] = SERVE,
) -> Iterator[Running]:
    """`coursewire serve` for the length of a with-block, as a process that tests can look into."""
    port = free_port()
    command = [*coursewire, "serve", *place, "--port", str(port), *options]
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            env={**os.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            wait_until_ready(server, port, log)
            yield Running(server, port)
        finally:
            stop(server)


def wait_until_ready(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise NotServed(f"serve ended with status {server.returncode}\n{log.read_text()}")
        if ready(port):
            return
        time.sleep(0.05)
    raise NotServed(f"serve was not ready within {START_WITHIN:.0f} s\n{log.read_text()}")


def ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def stop(server: subprocess.Popen[bytes]) -> None:
    """Ask politely, then take the whole process group down: workers must not stay behind."""
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
