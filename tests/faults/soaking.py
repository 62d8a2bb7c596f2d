"""The real server in a time of its own: each request takes its share of a day.

What the server does beside answering goes by that time: sealing, upkeep, looks at tokens, the work
of a plugin.
"""

import os
import socket
from functools import partial
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import NamedTuple

import msgspec

from coursewire import app
from coursewire import plugin as p
from coursewire.audit.calls import CallLog
from coursewire.cli import serving
from coursewire.domain.clock import Clock
from coursewire.plugin.loading import assemble
from coursewire.server import asgi, logs
from coursewire.server.at_once import AtOnce, Prepared, Prompt
from coursewire.server.protocol import guarded
from coursewire.server.types import App, Receive, Scope, Send
from coursewire.settings import Settings
from tests.plugin import examples
from tests.support.plugins import found

DAY = 86_400
TICKS_EVERY = 600
# The server's second: so that many of them pass in a minute, as they do in a day of requests.
TURN = 0.02


def _tick(call: p.Call) -> None:
    examples.add(call, examples.Word(word=f"at {call.now}"))


PLUGIN = msgspec.structs.replace(
    examples.PLUGIN, scheduled=(p.ScheduledWork(name="tick", every=TICKS_EVERY, run=_tick),)
)


class Pace(NamedTuple):
    """The seconds that have passed, which the test shares, and how many pass with each request.

    None pass while somebody looks at the console: a client that has to wait for a processor would
    find its session ended by what the others do meanwhile. They pass afterwards.
    """

    passed: "Synchronized[float]"
    is_standing: "Synchronized[bool]"
    each: float
    begun: int
    # None: as the server has it.
    trim_every: int | None


class PassingClock(Clock):
    """Shows the time of the soak."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    def now_ms(self) -> int:
        """The time when the soak began, and what has passed."""
        return self._pace.begun * 1000 + int(self._pace.passed.value * 1000)

    def monotonic(self) -> float:
        """What has passed."""
        return self._pace.passed.value


class Paced(Prompt):
    """The server, with time that passes by its requests, also by those it answers at once."""

    def __init__(self, server: Prompt, pace: Pace) -> None:
        self._server = server
        self._pace = pace
        self._owed = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request in its task."""
        if scope["type"] == "http":
            self._pass()
        await self._server(scope, receive, send)

    def prepare(self, scope: Scope) -> Prepared | None:
        """Return what the server answers with at once, in its own time."""
        prepared = self._server.prepare(scope)
        return None if prepared is None else partial(self._answer, prepared)

    def _answer(self, prepared: Prepared, body: bytes, way: AtOnce) -> App | None:
        self._pass()
        return prepared(body, way)

    def _pass(self) -> None:
        self._owed += self._pace.each
        if not self._pace.is_standing.value:
            self._pace.passed.value += self._owed
            self._owed = 0.0


def work(settings: Settings, listener: socket.socket, *, pace: Pace, log: Path) -> None:
    """Serve until the process is told to stop; what it logs goes to a file."""
    with log.open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    logs.configure(settings.log_level)
    asgi.FLUSH_EVERY = TURN
    with app.open_site(settings, serving=True) as opened:
        plugins = assemble(found(PLUGIN), {PLUGIN.name: PLUGIN.version})
        ours = msgspec.structs.replace(opened, clock=PassingClock(pace), plugins=plugins)
        server = app.build_server(ours)
        if pace.trim_every is not None:
            server.runtime.calls = CallLog(trim_every=pace.trim_every)
        serving.serve_application(settings, listener, server, Paced(server, pace), guarded)
