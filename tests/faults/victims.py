"""The real server in a process that can be killed and started again in a fraction of a second.

A fork server imports the program once; each server is a fork of it that opens the site and
serves a socket as `coursewire serve` does.
"""

import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from coursewire.cli import serving
from coursewire.settings import Settings
from tests.support.served import NotServed, ready

READY_WITHIN = 5.0
_STOP_WITHIN = 35.0
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["coursewire.cli.serving", "coursewire.functions.catalogue"])


Work = Callable[[Settings, socket.socket], None]


def settings_of(data: Path, database: str = "") -> Settings:
    """Settings for a site in a folder, quiet."""
    return Settings(data=str(data), database=database, log_level="error")


class Victim:
    """One server process after another on one address; the socket is ours and stays."""

    def __init__(self, settings: Settings, work: Work = serving.work) -> None:
        self.settings = settings
        self._work = work
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._process: ForkServerProcess | None = None
        # How long each start took until the server was ready.
        self.starts: list[float] = []

    @property
    def pid(self) -> int:
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    def start(self) -> None:
        """Start, and wait until it says that it is ready."""
        began = time.monotonic()
        self._process = _context.Process(
            target=self._work, args=(self.settings, self._listener), daemon=True
        )
        self._process.start()
        while not ready(self.port):
            if not self._process.is_alive():
                raise NotServed(f"the server ended with status {self._process.exitcode}")
            if time.monotonic() - began > 6 * READY_WITHIN:
                raise NotServed("the server was not ready in time")
            time.sleep(0.005)
        self.starts.append(time.monotonic() - began)

    def kill(self) -> None:
        """Take it away without a word."""
        os.kill(self.pid, signal.SIGKILL)
        self.join()

    def stop(self) -> int | None:
        """Ask it to stop, and return its status."""
        if self._process is not None and self._process.is_alive():
            os.kill(self.pid, signal.SIGTERM)
        return self.join()

    def join(self) -> int | None:
        assert self._process is not None
        self._process.join(_STOP_WITHIN)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
            raise NotServed("the server did not stop in time")
        return self._process.exitcode

    def close(self) -> None:
        if self._process is not None and self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._listener.close()


@contextmanager
def victim(settings: Settings, work: Work = serving.work) -> Iterator[Victim]:
    """A server that runs at the beginning of a with-block, and is gone after it."""
    found = Victim(settings, work)
    try:
        found.start()
        yield found
    finally:
        found.close()
