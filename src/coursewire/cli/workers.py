"""Several server processes on one address: started, watched and stopped together (PostgreSQL)."""

import multiprocessing
import signal
import socket
import time
from multiprocessing.context import SpawnProcess
from types import FrameType

import structlog
from msgspec.structs import replace

from coursewire.cli import serving
from coursewire.cli.common import Failure, err
from coursewire.settings import Settings

log = structlog.get_logger("coursewire")

# A process that ends sooner than this is not started again: it would do so for ever.
_LIVED_LONG_ENOUGH = 5.0
_LOOK_EVERY = 0.2


def run(settings: Settings, listener: socket.socket) -> None:
    """Serve with several processes until asked to stop; one that dies is replaced."""
    err.print(f"Coursewire serves {settings.site_url} with {settings.workers} processes")
    Workers(settings, listener).watch()


class Workers:
    """The processes that serve one socket."""

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        self._settings = settings
        self._listener = listener
        self._context = multiprocessing.get_context("spawn")
        # Each process with its number and when it was started.
        self._running: dict[SpawnProcess, tuple[int, float]] = {}
        self._stopping = False

    def watch(self) -> None:
        """Start them, and return when all have stopped."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        for number in range(self._settings.workers):
            self._start(number)
        while self._running:
            time.sleep(_LOOK_EVERY)
            for process in [p for p in self._running if not p.is_alive()]:
                self._replace(process)

    def _start(self, number: int) -> None:
        settings = self._settings
        if settings.metrics_port:
            # Each process counts for itself, so each has a page of its own.
            settings = replace(settings, metrics_port=settings.metrics_port + number)
        process = self._context.Process(target=serving.work, args=(settings, self._listener))
        process.start()
        self._running[process] = (number, time.monotonic())

    def _replace(self, process: SpawnProcess) -> None:
        number, started = self._running.pop(process)
        lived = time.monotonic() - started
        process.join()
        if self._stopping:
            return
        if lived < _LIVED_LONG_ENOUGH:
            self._stop(signal.SIGTERM, None)
            msg = f"a server process ended with status {process.exitcode} right after its start"
            raise Failure(msg)
        log.warning("worker replaced", status=process.exitcode)
        self._start(number)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True
        for process in self._running:
            if process.is_alive() and process.pid is not None:
                process.terminate()
