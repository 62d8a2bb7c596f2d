"""Deadlines, limits and framing of connections (NET-1, NET-2, NET-5, IN-1).

uvicorn renews its only timer with every byte. Here each connection carries one deadline and the
sweeper of its guard closes those that are past it. A prompt application is asked for its answer
here, as soon as a request is in.
"""

import asyncio
import ipaddress
from collections import Counter
from functools import lru_cache, partial
from typing import Any, cast

from msgspec import Struct
from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from coursewire.domain import addresses
from coursewire.domain.address_rules import Rules
from coursewire.server import at_once, framing
from coursewire.server.at_once import Prompt, Way
from coursewire.server.types import App, Receive, Scope, Send
from coursewire.wire.faults import fault_document
from coursewire.wire.headers import PLAIN, REST_HEADERS, Headers
from coursewire.wire.limits import LimitExceeded
from coursewire.wire.request import asked_format

NEVER = float("inf")


class Deadlines(Struct, frozen=True, kw_only=True):
    """How long a client may take, in seconds, and how slow a body may be, in bytes a second."""

    head: float = 10.0
    body: float = 60.0
    slowest_body: float = 500.0
    slow_after: float = 5.0
    answer: float = 60.0
    sweep: float = 0.25


class HeadLimits(Struct, frozen=True, kw_only=True):
    """How large a request's head may be: bytes of the header block, number of headers, target."""

    block: int = 32 * 1024
    headers: int = 100
    # One byte below 64 KiB: the parser counts the places in a target with 16 bits.
    target: int = 64 * 1024 - 1


class Guard:
    """What all connections of a server share: the limits, and the sweeper."""

    def __init__(
        self,
        *,
        connections: int = 4096,
        per_network: int = 256,
        trusted: Rules | None = None,
        deadlines: Deadlines = Deadlines(),  # noqa: B008 - frozen
        head: HeadLimits = HeadLimits(),  # noqa: B008 - frozen
        bare_names: bool = False,
    ) -> None:
        self.bare_names = bare_names
        self.deadlines = deadlines
        self.head = head
        self._connections = connections
        self._per_network = per_network
        self._trusted = trusted
        self._open: set[GuardedProtocol] = set()
        self._networks: Counter[str] = Counter()
        self._sweeper: asyncio.TimerHandle | None = None

    def admit(self, connection: "GuardedProtocol", peer: str) -> bool:
        """Take a connection in, unless there are too many in all or from its network."""
        network = self._network(peer)
        if len(self._open) >= self._connections:
            return False
        if network:
            if self._networks[network] >= self._per_network:
                return False
            self._networks[network] += 1
        connection.network = network
        self._open.add(connection)
        if self._sweeper is None:
            self._sweep_later(connection.loop)
        return True

    def forget(self, connection: "GuardedProtocol") -> None:
        """Let a connection go."""
        if connection not in self._open:
            return
        self._open.discard(connection)
        if connection.network:
            self._networks[connection.network] -= 1
            if not self._networks[connection.network]:
                del self._networks[connection.network]

    def _network(self, peer: str) -> str:
        """Return the peer's network, or '' for trusted proxies, which carry many clients."""
        if not peer or (self._trusted is not None and self._trusted.allows(peer)):
            return ""
        return _network(peer)

    def _sweep_later(self, loop: asyncio.AbstractEventLoop) -> None:
        self._sweeper = loop.call_later(self.deadlines.sweep, self._sweep, loop)

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for connection in [one for one in self._open if one.is_late(now)]:
            connection.give_up()
        self._sweeper = None
        if self._open:
            self._sweep_later(loop)


# Clients come back, and a flood of connections comes from few.
@lru_cache(maxsize=1024)
def _network(peer: str) -> str:
    try:
        ipaddress.ip_address(peer)
    except ValueError:
        return ""
    return addresses.network(peer)


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 connection with deadlines for head, body and answer."""

    guard: Guard
    network = ""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.deadline = NEVER
        self._write_deadline = NEVER
        self._head_bytes = 0
        self._in_head = True
        self._in_body = False
        self._body_bytes = 0
        self._body_started = 0.0
        served = cast("object", self.app)  # pyright: ignore[reportUnknownMemberType]
        self._prompt = served if isinstance(served, Prompt) else None
        # Whether the request that comes in is answered, or begun, when all of it is there.
        self._waits = False
        # One request of those that come together: others have their turn before the next.
        self._may_answer = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Admit the connection; its first request's head is due from now on."""
        super().connection_made(transport)
        peer = self.client[0] if self.client else ""
        if not self.guard.admit(self, peer):
            self.connections.discard(self)
            transport.abort()
            return
        self.deadline = self.loop.time() + self.guard.deadlines.head

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the connection go."""
        self.guard.forget(self)
        super().connection_lost(exc)
        if self._waits:
            self.cycle.on_response = _nothing

    def data_received(self, data: bytes) -> None:
        """Take bytes in; between requests the first one starts the deadline of the next head."""
        if self.transport.is_closing():
            return
        if self._in_head:
            if self.deadline == NEVER:
                self.deadline = self.loop.time() + self.guard.deadlines.head
            if not self._head_bytes and not data.isascii():
                data = framing.with_escapes(data)
            self._head_bytes += len(data)
            # The target has its own, larger limit, checked when the head is complete.
            most = self.guard.head.block + self.guard.head.target
            if self._head_bytes > most and b"\r\n\r\n" not in data:
                self._refuse_head("431 Request Header Fields Too Large")
                return
        elif self._in_body:
            self._body_bytes += len(data)
        self._may_answer = True
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Give a head its deadline that comes behind another request, which may be answered."""
        self._unset_keepalive_if_required()
        if self.deadline == NEVER:
            self.deadline = self.loop.time() + self.guard.deadlines.head
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Check the head's size; the body is due from now on."""
        block = sum(len(name) + len(value) + 4 for name, value in self.headers)
        head = self.guard.head
        if block > head.block or len(self.headers) > head.headers:
            self._refuse_head("431 Request Header Fields Too Large")
            return
        if len(self.url) > head.target:
            self._refuse_target()
            return
        if framing.is_ambiguous(self.parser.get_http_version(), self.headers):  # pyright: ignore[reportOptionalMemberAccess] - set while data comes in
            self.send_400_response("The request's head is ambiguous.\n")
            return
        self._in_head = False
        self._in_body = True
        self._head_bytes = 0
        self._body_bytes = 0
        self._body_started = self.loop.time()
        self.deadline = self._body_started + self.guard.deadlines.body
        super().on_headers_complete()
        # The application is given the request later.
        self.scope["extensions"] = cast("Any", {at_once.AT_ONCE: Way(self.cycle)})

    def on_message_complete(self) -> None:
        """The request is in; how long its answer takes is not the client's fault."""
        self._in_body = False
        self._in_head = True
        self.deadline = NEVER
        if not self.transport.is_closing():
            super().on_message_complete()
            if self._waits and self._prompt is not None:
                self._waits = False
                self._answer_or_begin(self.cycle, self._prompt)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """Begin a request, which waits for its body first where the answer may come with it."""
        prompt = self._prompt
        if prompt is not None and prompt is cast("object", app) and cycle.more_body:
            self._waits = not cycle.waiting_for_100_continue and prompt.may_answer_at_once(
                _scope(cycle)
            )
        if not self._waits:
            super()._start_asgi_task(cycle, app)

    def _answer_or_begin(self, cycle: RequestResponseCycle, prompt: Prompt) -> None:
        """Answer a request that is in, or begin what is to be run for it."""
        remaining: App | None = prompt
        if self._may_answer and cycle.keep_alive and not cycle.flow.write_paused:
            self._may_answer = False
            try:
                remaining = prompt.answer(_scope(cycle), bytes(cycle.body))
            except Exception as error:  # noqa: BLE001 - what runs a task tells and answers it
                remaining = partial(_fail, error)
        if remaining is not None:
            super()._start_asgi_task(cycle, cast("ASGI3Application", remaining))
        else:
            # As after a task: the connection holds the cycle, which must not hold the connection.
            cycle.on_response = _nothing
            cycle.body = bytearray()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body in, unless the connection was refused meanwhile."""
        if not self.transport.is_closing():
            super().on_body(body)

    def pause_writing(self) -> None:
        """The client does not read; it has so long to begin again."""
        self._write_deadline = self.loop.time() + self.guard.deadlines.answer
        super().pause_writing()

    def resume_writing(self) -> None:
        """The client reads again."""
        self._write_deadline = NEVER
        super().resume_writing()

    def is_late(self, now: float) -> bool:
        """Tell whether the client has used up its time, or sends its body too slowly."""
        if now >= self.deadline or now >= self._write_deadline:
            return True
        if not self._in_body:
            return False
        taken = now - self._body_started
        limits = self.guard.deadlines
        return taken >= limits.slow_after and self._body_bytes < taken * limits.slowest_body

    def give_up(self) -> None:
        """Close at once: a client that is late gets no answer."""
        self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, in place of uvicorn's answer, which lacks headers (OUT-2)."""
        self._refuse("400 Bad Request", PLAIN, msg.encode("ascii"))

    def _refuse_head(self, status: str) -> None:
        self._refuse(status, PLAIN, b"The request's head is too large.\n")

    def _refuse_target(self) -> None:
        """Refuse with the document of a limit: the body, which may name a format, is not read."""
        format_ = asked_format(self.url.partition(b"?")[2])
        refusal = LimitExceeded(413, "bytes in the request target", self.guard.head.target)
        document = fault_document(refusal, format_, bare_names=self.guard.bare_names)
        self._refuse("413 Content Too Large", REST_HEADERS[format_], document)

    def _refuse(self, status: str, headers: Headers, body: bytes) -> None:
        """Answer and close: nobody knows where a next request would begin."""
        if self.transport.is_closing():
            return
        lines = [b"%b: %b\r\n" % pair for pair in headers]
        head = b"HTTP/1.1 %b\r\n%bcontent-length: %d\r\nconnection: close\r\n\r\n"
        self.transport.write(head % (status.encode("ascii"), b"".join(lines), len(body)) + body)
        self.transport.close()


def _scope(cycle: RequestResponseCycle) -> Scope:
    return cast("Scope", cycle.scope)


def _nothing() -> None:
    pass


async def _fail(error: Exception, _scope: Scope, _receive: Receive, _send: Send) -> None:
    raise error


def guarded(guard: Guard) -> type[GuardedProtocol]:
    """Return the protocol class for uvicorn's `http` option, bound to this guard."""
    return type("BoundProtocol", (GuardedProtocol,), {"guard": guard})
