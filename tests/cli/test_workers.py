"""Several server processes are said to serve once all of them take requests."""

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.request import urlopen

import pytest

from coursewire.cli import served_address
from coursewire.cli.common import Failure
from coursewire.cli.workers import Workers
from coursewire.settings import Settings
from tests.support import served
from tests.support.postgres import Cluster

WITHIN = 60.0
HANDLED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def late(settings: Settings, listener: socket.socket, parent: Connection) -> None:
    """Take requests after a while, as its file tells, until asked to stop."""
    del listener
    time.sleep(1)
    (Path(settings.data) / str(os.getpid())).touch()
    parent.send("takes requests")
    signal.sigwait([signal.SIGTERM])


def broken(settings: Settings, listener: socket.socket, parent: Connection) -> None:
    """End before it takes requests."""
    del settings, listener, parent
    sys.exit(3)


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """Handle signals again as before, whatever the processes of a test made of it."""
    before = {each: signal.getsignal(each) for each in HANDLED}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


@pytest.mark.slow
def test_nothing_is_said_before_every_process_takes_requests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, int]] = []

    def note(line: str) -> None:
        begun = {path.name for path in tmp_path.iterdir()} - {served_address.FILE}
        said.append((line, len(begun)))
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM)).start()

    monkeypatch.setattr("coursewire.cli.served_address.err.print", note)
    with socket.socket() as listener:
        Workers(Settings(data=str(tmp_path), port=8090, workers=2), listener, late).watch()
    assert said == [("Coursewire serves http://127.0.0.1:8090 with 2 processes", 2)]


@pytest.mark.slow
def test_a_process_that_ends_first_is_told_and_nothing_is_served(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.socket() as listener, pytest.raises(Failure) as failed:
        Workers(Settings(workers=2), listener, broken).watch()
    assert str(failed.value) == "a server process ended with status 3 before it took requests"
    assert failed.value.code == 3
    assert "Coursewire serves" not in capsys.readouterr().err


class AskedMeanwhile:
    """Work that, while it is handed to the first process, sees the parent asked to stop."""

    def __call__(self, settings: Settings, listener: socket.socket, parent: Connection) -> None:
        """Never called here: the process gets `late`."""

    def __reduce__(self) -> tuple[object, ...]:
        os.kill(os.getpid(), signal.SIGTERM)
        return _late, ()


def _late() -> Callable[[Settings, socket.socket, Connection], None]:
    return late


@pytest.mark.slow
def test_a_process_that_is_started_while_a_stop_is_asked_for_ends_as_well(tmp_path: Path) -> None:
    """It was not there when the others were told, and would be waited for without end."""
    forgotten: list[int | None] = []

    def end() -> None:
        for process in multiprocessing.active_children():
            forgotten.append(process.pid)
            process.kill()

    fallback = threading.Timer(10, end)
    fallback.start()
    with socket.socket() as listener:
        Workers(Settings(data=str(tmp_path), workers=2), listener, AskedMeanwhile()).watch()
    fallback.cancel()
    assert forgotten == []


@pytest.mark.slow
def test_what_keeps_a_process_from_serving_is_said(postgres: Cluster, tmp_path: Path) -> None:
    with postgres.fresh() as address, socket.socket() as taken:
        environ = {**os.environ, "COURSEWIRE_DATABASE": address}
        served.run("init", "--data", str(tmp_path / "site"), environ=environ)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        # The second process has its page of figures one port further on.
        environ["COURSEWIRE_METRICS_PORT"] = str(taken.getsockname()[1] - 1)
        asked = ("serve", "--data", str(tmp_path / "site"), "--port", "0", "--workers", "2")
        done = subprocess.run(
            [str(served.COMMAND), *asked],
            env=environ,
            capture_output=True,
            text=True,
            timeout=WITHIN,
            check=False,
        )
    assert done.returncode == 1, done.stderr
    assert "cannot listen on 127.0.0.1" in done.stderr
    assert "COURSEWIRE_METRICS_PORT" in done.stderr
    assert "ended with status 1 before it took requests" in done.stderr
    assert "Coursewire serves" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_processes_whose_parent_was_killed_stop_and_free_the_port(
    postgres: Cluster, tmp_path: Path
) -> None:
    with postgres.fresh() as address:
        environ = {**os.environ, "COURSEWIRE_DATABASE": address}
        place = ("--data", str(tmp_path / "site"))
        served.run("init", *place, environ=environ)
        log = tmp_path / "log"
        with served.running(place, log, "--workers", "2", environ=environ) as server:
            _until_said(log)
            server.process.kill()
            server.process.wait()
            until = time.monotonic() + WITHIN
            while not _is_free(server.port) and time.monotonic() < until:
                time.sleep(0.1)
            try:
                assert _is_free(server.port)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(server.process.pid, signal.SIGKILL)


def _until_said(log: Path) -> None:
    until = time.monotonic() + WITHIN
    while "Coursewire serves" not in log.read_text() and time.monotonic() < until:
        time.sleep(0.1)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@pytest.mark.slow
def test_what_is_said_to_be_served_answers_at_once(postgres: Cluster, tmp_path: Path) -> None:
    with postgres.fresh() as address:
        environ = {**os.environ, "COURSEWIRE_DATABASE": address}
        served.run("init", "--data", str(tmp_path / "site"), environ=environ)
        asked = ("serve", "--data", str(tmp_path / "site"), "--port", "0", "--workers", "2")
        with subprocess.Popen(
            [str(served.COMMAND), *asked], env=environ, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr is not None
            line = next(line for line in process.stderr if "Coursewire serves" in line)
            try:
                with urlopen(f"{line.split()[2]}/readyz", timeout=WITHIN) as answer:  # noqa: S310
                    assert answer.status == 200
            finally:
                process.send_signal(signal.SIGTERM)
                process.stderr.read()
            assert process.wait(WITHIN) == 0
