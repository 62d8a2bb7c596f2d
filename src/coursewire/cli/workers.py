"""Several server processes on one address: started, watched and stopped together (PostgreSQL)."""

import multiprocessing
import signal
import socket
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import NamedTuple

import structlog
from msgspec.structs import replace

from coursewire.cli import served_address, serving
from coursewire.cli.common import Failure
from coursewire.server import listen
from coursewire.settings import Settings

log = structlog.get_logger("coursewire")

# A process that ends sooner than this is not started again: it would do so for ever.
_LIVED_LONG_ENOUGH = 5.0
_LOOK_EVERY = 0.2

Work = Callable[[Settings, socket.socket, Connection], None]


def run(settings: Settings, listener: socket.socket) -> None:
    """Serve with several processes until asked to stop; one that dies is replaced."""
    Workers(settings, listener).watch()


class Worker(NamedTuple):
    """What is known of a process: its number, when it was started, and what it tells."""

    number: int
    started: float
    told: Connection


class Workers:
    """The processes that serve one socket."""

    def __init__(
        self, settings: Settings, listener: socket.socket, work: Work = serving.work_and_tell
    ) -> None:
        self._settings = settings
        self._listener = listener
        self._work = work
        self._context = multiprocessing.get_context("spawn")
        self._running: dict[SpawnProcess, Worker] = {}
        self._stopping = False

    def watch(self) -> None:
        """Start them, and return when all have stopped."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGHUP, listen.on_hangup(self._stop))
        for number in range(self._settings.workers):
            if not self._stopping:
                self._start(number)
        self._announce()
        while self._running:
            time.sleep(_LOOK_EVERY)
            for process in [p for p in self._running if not p.is_alive()]:
                self._replace(process)

    def _announce(self) -> None:
        """Say that the site is served once every process takes requests."""
        for process, worker in list(self._running.items()):
            if not _takes_requests(worker.told) and not self._stopping:
                process.join()
                self._stop(signal.SIGTERM, None)
                status = process.exitcode or 0
                msg = f"a server process ended with status {status} before it took requests"
                raise Failure(msg, max(status, 1))
        if not self._stopping:
            served_address.announce(self._settings)

    def _start(self, number: int) -> None:
        settings = self._settings
        if settings.metrics_port:
            # Each process counts for itself, so each has a page of its own.
            settings = replace(settings, metrics_port=settings.metrics_port + number)
        told, tells = self._context.Pipe(duplex=False)
        process = self._context.Process(target=self._work, args=(settings, self._listener, tells))
        process.start()
        # Held by the process alone, it is at its end when the process is.
        tells.close()
        self._running[process] = Worker(number, time.monotonic(), told)
        if self._stopping:
            # Asked to while this one was started: it was not among those that were told.
            process.terminate()

    def _replace(self, process: SpawnProcess) -> None:
        number, started, _ = self._running.pop(process)
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


def _takes_requests(told: Connection) -> bool:
    """Wait until a process says that it takes requests; False when it ended instead."""
    try:
        told.recv()
    except EOFError:
        return False
    return True
