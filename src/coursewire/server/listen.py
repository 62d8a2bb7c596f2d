"""Listening: the socket, uvicorn's settings, and a stop that loses nothing (NET-6)."""

import asyncio
import contextlib
import errno
import gc
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from types import FrameType

import structlog
import uvicorn

from coursewire.server.asgi import Server
from coursewire.server.protocol import GuardedProtocol
from coursewire.server.types import App

log = structlog.get_logger("coursewire")

Handler = Callable[[int, FrameType | None], None]

STOP_WITHIN = 30
# Then calls are stopped: so long it may take until they are, and until all the rest has ended.
CUT_WITHIN = 3
_LOOK_EVERY = 0.1
# A long write on the worker thread must not keep the loop waiting for its turn (5 ms by default).
SWITCH_INTERVAL = 0.0005
# Calls leave hardly any cycles behind, so the collector comes less often than by default.
COLLECT_AFTER = (10_000, 20, 20)


class CannotListen(Exception):
    """The address cannot be bound; the text says why."""


def bind(host: str, port: int, settings: tuple[str, str] = ("--host", "--port")) -> socket.socket:
    """Return a bound socket, or say in one sentence why there is none and which setting to try.

    `settings` are those of the host and of the port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        # A name that nobody knows has an error of its own kind, with numbers of its own.
        of_host = isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL
        setting = settings[0] if of_host else settings[1]
        msg = f"cannot listen on {host}:{port}: {error.strerror}; choose another with {setting}"
        raise CannotListen(msg) from error
    listener.set_inheritable(True)
    return listener


class GracefulServer(uvicorn.Server):
    """Says when it takes requests, and on `/readyz` that it leaves, which it does a while later."""

    def __init__(
        self, config: uvicorn.Config, server: Server, begun: Callable[[], None], leave_for: int
    ) -> None:
        super().__init__(config)
        self._server = server
        self._begun = begun
        self._leave_for = leave_for
        self._leaves_at: float | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        if self.started:
            self._begun()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take the signal: the first one lets running calls finish, the second does not."""
        self._server.leave()
        if self._leaves_at is None:
            self._leaves_at = time.monotonic() + self._leave_for
            if self._leave_for:
                return
        elif sig == signal.SIGTERM:
            self.force_exit = True
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Tell whether it is time to go."""
        if self._leaves_at is not None and time.monotonic() >= self._leaves_at:
            self.should_exit = True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; at the deadline or the second signal calls are stopped as well, and it is said."""
        stopping = asyncio.ensure_future(super().shutdown(sockets))
        await self._wait_for(stopping)
        if self.force_exit or not stopping.done():
            await self._cut(stopping)
        else:
            await stopping

    async def _wait_for(self, stopping: asyncio.Future[None]) -> None:
        until = time.monotonic() + STOP_WITHIN
        while not (stopping.done() or self.force_exit or time.monotonic() >= until):
            await asyncio.wait({stopping}, timeout=_LOOK_EVERY)

    async def _cut(self, stopping: asyncio.Future[None]) -> None:
        """Stop calls first, so that each is undone and told so, and then whatever else waits."""
        log.warning(
            "stopped at once" if self.force_exit else "stopped at the deadline",
            cut_off=len(self.server_state.connections),
        )
        await self._server.cut(CUT_WITHIN)
        for task in list(self.server_state.tasks):
            task.cancel()
        # Those who read get their answers; nobody waits for the others.
        await asyncio.sleep(_LOOK_EVERY)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping, CUT_WITHIN)

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]  # noqa: ANN201 - uvicorn's own
        """Exit with status 0 after a graceful stop instead of raising the signal again."""
        handled = {
            sig: signal.signal(sig, self.handle_exit) for sig in (signal.SIGINT, signal.SIGTERM)
        }
        handled[signal.SIGHUP] = signal.signal(signal.SIGHUP, on_hangup(self.handle_exit))
        try:
            yield
        finally:
            for sig, handler in handled.items():
                signal.signal(sig, handler)


def on_hangup(stop: Handler) -> Handler | signal.Handlers:
    """Return what SIGHUP does: a terminal that closes stops what was started in it, else nothing.

    Daemons are sent it so that they open their logs anew, which the access log does by itself.
    """
    before = signal.getsignal(signal.SIGHUP)
    if isinstance(before, signal.Handlers) and before is not signal.SIG_DFL:
        # Started by nohup, or one of several processes, to which the parent passes a stop on.
        return before
    return stop if os.isatty(0) else signal.SIG_IGN


def configuration(
    app: App, protocol: type[GuardedProtocol], *, tls_cert: str = "", tls_key: str = ""
) -> uvicorn.Config:
    """Return uvicorn's settings: fast parser and loop, no log of its own, no `Server`."""
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_keep_alive=15,
        # Ours come first; this one is for what they do not reach.
        timeout_graceful_shutdown=STOP_WITHIN + 3 * CUT_WITHIN,
        ssl_certfile=tls_cert or None,
        ssl_keyfile=tls_key or None,
    )


def untold() -> None:
    """Tell nobody that requests are taken."""


def run(
    server: Server,
    listener: socket.socket,
    config: uvicorn.Config,
    begun: Callable[[], None] = untold,
    *,
    leave_for: int = 0,
) -> None:
    """Serve until asked to stop, and some seconds longer if a balancer has to see it first.

    `begun` is called once requests are taken.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    # What was loaded stays for good: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    GracefulServer(config, server, begun, leave_for).run(sockets=[listener])
