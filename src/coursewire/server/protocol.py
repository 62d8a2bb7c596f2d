"""Deadlines, limits and framing of connections (NET-1, NET-2, NET-5, IN-1).

A prompt application is asked for its answer here, as soon as a request is in; a head that is known
by then is not read again.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any, cast

from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from coursewire.server import at_once, framing
from coursewire.server.at_once import AtOnce, Prepared, Prompt, Way
from coursewire.server.guard import NEVER, Guard, HeadLimits
from coursewire.server.known_heads import KnownHead, KnownHeads, head_of
from coursewire.server.types import App, Message, Receive, Scope, Send
from coursewire.wire.faults import fault_document
from coursewire.wire.headers import PLAIN, REST_HEADERS, Headers
from coursewire.wire.limits import LimitExceeded
from coursewire.wire.request import asked_format

# So many requests of a connection wait for the one before them; each takes memory.
MOST_WAITING = 64


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
        # Of these, what came since the last byte of content: sizes of chunks, and what ends them.
        self._bytes_between = 0
        self._body_started = 0.0
        served = cast("object", self.app)  # pyright: ignore[reportUnknownMemberType]
        self._prompt = served if isinstance(served, Prompt) else None
        # What answers or begins the request that comes in when all of it is there.
        self._prepared: Prepared | None = None
        self._known = KnownHeads()
        # The bytes of the head that comes in, as far as they are certain.
        self._head = b""
        # Whether nothing of the next request is in, the first or one behind a whole one.
        self._is_between = True
        self._answered_at = 0.0
        # Whether more requests wait than may: the others are left to the client to send again.
        self._is_full = False
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
        self.pipeline.clear()
        if self._prepared is not None:
            self.cycle.on_response = _nothing

    def data_received(self, data: bytes) -> None:
        """Take bytes in; between requests the first one starts the deadline of the next head."""
        if self._is_over():
            return
        if self._is_between and self._is_known(data):
            return
        # A head that begins with these bytes, as far as it is certain that they are its first.
        begins = self._is_between and not self._head_bytes
        self._head = head_of(data) if begins else b""
        # Whatever comes now, an empty line alone, is the parser's until a request is whole again.
        self._is_between = False
        if begins:
            data = framing.without_upgrade(data)
        if self._in_head:
            if self.deadline == NEVER:
                self.deadline = self.loop.time() + self.guard.deadlines.head
            if not self._head_bytes and not data.isascii():
                data = framing.with_escapes(data)
                self._head = b""
            self._head_bytes += len(data)
            # The target has its own, larger limit, checked when the head is complete.
            most = self.guard.head.block + self.guard.head.target
            if self._head_bytes > most and b"\r\n\r\n" not in data:
                self._refuse_head("431 Request Header Fields Too Large")
                return
        elif self._in_body:
            self._body_bytes += len(data)
            self._bytes_between += len(data)
        self._may_answer = True
        super().data_received(data)
        if self._in_body and self._is_ending_too_long():
            self._refuse_head("431 Request Header Fields Too Large")

    def on_message_begin(self) -> None:
        """Give a head its deadline that comes behind another request, which may be answered."""
        self._unset_keepalive_if_required()
        self._is_between = False
        if self.deadline == NEVER and not self._is_full:
            self.deadline = self.loop.time() + self.guard.deadlines.head
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Check the head's size; the body is due from now on."""
        if self._is_over():
            # It came behind one that was refused.
            return
        if len(self.pipeline) >= MOST_WAITING:
            self._take_no_more()
            return
        head = self.guard.head
        if _is_too_large(self.headers, head):
            self._refuse_head("431 Request Header Fields Too Large")
            return
        if len(self.url) > head.target:
            self._refuse_target()
            return
        if framing.is_ambiguous(self.parser.get_http_version(), self.headers):  # pyright: ignore[reportOptionalMemberAccess] - set while data comes in
            self.send_400_response("The request's head is ambiguous.\n")
            return
        if self.parser.should_upgrade() and framing.has_body(self.headers):  # pyright: ignore[reportOptionalMemberAccess] - the same
            self.send_400_response(
                "Bodies cannot come with Upgrade: this server has one protocol.\n"
            )
            return
        self._in_head = False
        self._in_body = True
        self._head_bytes = 0
        self._body_bytes = 0
        self._bytes_between = 0
        self._body_started = self.loop.time()
        self.deadline = self._body_started + self.guard.deadlines.body
        super().on_headers_complete()
        # The application is given the request later.
        self.scope["extensions"] = _extensions(self.cycle)
        if self._prepared is not None and self._head and self.cycle.keep_alive:
            self._known.learn(self._head, _scope(self.cycle), self._prepared)
        self._head = b""
        # Fields behind a chunked body would go into the head, which somebody reads already: there
        # a client could name its own address behind what a proxy wrote (RFC 9110, 6.5.1).
        self.headers = []

    def on_message_complete(self) -> None:
        """The request is in; how long its answer takes is not the client's fault."""
        if _is_too_large(self.headers, self.guard.head):
            self._refuse_head("431 Request Header Fields Too Large")
        self.headers = []
        self._in_body = False
        self._in_head = True
        self._is_between = True
        self.deadline = NEVER
        if not self._is_over():
            super().on_message_complete()
            prepared, self._prepared = self._prepared, None
            if prepared is not None:
                self._answer_or_begin(self.cycle, prepared)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """Begin a request, which waits for its body first where the answer may come with it."""
        if _scope(cycle)["http_version"] == "1.0":
            super()._start_asgi_task(cycle, cast("ASGI3Application", _without_chunks(app, cycle)))
            return
        prompt = self._prompt
        if prompt is not None and prompt is cast("object", app) and cycle.more_body:
            self._prepared = (
                None if cycle.waiting_for_100_continue else prompt.prepare(_scope(cycle))
            )
        if self._prepared is None:
            super()._start_asgi_task(cycle, app)

    def _answer_or_begin(self, cycle: RequestResponseCycle, prepared: Prepared) -> None:
        """Answer a request that is in, or begin what is to be run for it."""
        remaining: App | None = self._prompt
        if self._may_answer and cycle.keep_alive and not cycle.flow.write_paused:
            self._may_answer = False
            remaining = _answered(prepared, bytes(cycle.body), Way(cycle))
        if remaining is not None:
            super()._start_asgi_task(cycle, cast("ASGI3Application", remaining))
        else:
            # As after a task: the connection holds the cycle, which must not hold the connection.
            cycle.on_response = _nothing
            cycle.body = bytearray()

    def _is_known(self, data: bytes) -> bool:
        """Answer or begin a request whose head was read before, if the data are one."""
        found = self._known.find(data)
        if found is None or not self.cycle.response_complete:
            return False
        if self.pipeline or self.flow.write_paused:
            return False
        known, body = found
        answers = self.server_state.total_requests
        remaining = _answered(known.answer, body, self._answer_known)
        if remaining is None:
            return True
        if self.server_state.total_requests == answers:
            self._begin_known(known, body, remaining)
        else:
            # What failed came after the answer: a second one would be taken for the next request's.
            self.transport.close()
        return True

    def _answer_known(self, status: int, head: bytes, body: bytes) -> bool:
        """Answer a request that has no cycle."""
        server = self.server_state
        self.transport.write(at_once.written(server.default_headers, status, head, body))
        server.total_requests += 1
        self._answered_at = self.loop.time()
        return True

    def _begin_known(self, known: KnownHead, body: bytes, remaining: App) -> None:
        """Begin what is to be run for a request, as if its head had been read."""
        self._unset_keepalive_if_required()
        self.scope = cast("Any", known.new_scope())
        self.cycle = cycle = RequestResponseCycle(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=True,
            on_response=self.on_response_complete,
        )
        self.scope["extensions"] = _extensions(cycle)
        cycle.body += body
        cycle.more_body = False
        cycle.message_event.set()
        super()._start_asgi_task(cycle, cast("ASGI3Application", remaining))

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that was idle for long; answers to known heads let the timer be."""
        left = self._answered_at + self.timeout_keep_alive - self.loop.time()
        if left <= 0:
            super().timeout_keep_alive_handler()
        else:
            self.timeout_keep_alive_task = self.loop.call_later(
                left, self.timeout_keep_alive_handler
            )

    def on_body(self, body: bytes) -> None:
        """Take a part of the body in, unless the connection was refused meanwhile."""
        self._bytes_between = 0
        if not self._is_over():
            super().on_body(body)

    def _is_ending_too_long(self) -> bool:
        """Tell whether more comes behind a body, or between its chunks, than a head may hold."""
        head = self.guard.head
        return self._bytes_between > head.block or _is_too_large(self.headers, head)

    def _take_no_more(self) -> None:
        """Answer those that wait, and close: clients send the rest again (RFC 9112, 9.3.2)."""
        self._is_full = True
        self.deadline = NEVER
        newest, _ = self.pipeline[0]
        newest.keep_alive = False

    def _is_over(self) -> bool:
        """Tell whether whatever else comes in is not looked at."""
        return self._is_full or self.transport.is_closing()

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
        self._look_at_unsent(now)
        if now >= self.deadline or now >= self._write_deadline:
            return True
        if not self._in_body:
            return False
        taken = now - self._body_started
        limits = self.guard.deadlines
        return taken >= limits.slow_after and self._body_bytes < taken * limits.slowest_body

    def _look_at_unsent(self, now: float) -> None:
        """Begin the time to read of a client that leaves little unread, which pauses nothing.

        Closing waits for it as well. One that reads a large answer slowly resumes now and then.
        """
        if not (self.transport.get_write_buffer_size() or self.transport.is_closing()):
            self._write_deadline = NEVER
        elif self._write_deadline == NEVER:
            self._write_deadline = now + self.guard.deadlines.answer

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
        if self._is_over():
            return
        lines = [b"%b: %b\r\n" % pair for pair in headers]
        head = b"HTTP/1.1 %b\r\n%bcontent-length: %d\r\nconnection: close\r\n\r\n"
        self.transport.write(head % (status.encode("ascii"), b"".join(lines), len(body)) + body)
        self.transport.close()


def _is_too_large(headers: Sequence[tuple[bytes, bytes]], limits: HeadLimits) -> bool:
    block = sum(len(name) + len(value) + 4 for name, value in headers)
    return block > limits.block or len(headers) > limits.headers


def _scope(cycle: RequestResponseCycle) -> Scope:
    return cast("Scope", cycle.scope)


def _extensions(cycle: RequestResponseCycle) -> Any:  # noqa: ANN401 - uvicorn knows others
    return {at_once.AT_ONCE: Way(cycle)}


def _without_chunks(app: ASGI3Application, cycle: RequestResponseCycle) -> App:
    """Serve a client of HTTP 1.0, which knows no chunks (RFC 9112, 6.1).

    An answer that does not say its length ends with the connection, which is closed then anyway.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        says_length = True

        async def send_plainly(message: Message) -> None:
            nonlocal says_length
            if message["type"] == "http.response.start":
                says_length = any(
                    name == b"content-length" for name, _ in message.get("headers", ())
                )
                if not says_length:
                    cycle.chunked_encoding = False
            elif not says_length:
                cycle.expected_content_length = len(message.get("body", b""))
            await send(message)

        await cast("App", app)(scope, receive, send_plainly)

    return serve


def _answered(prepared: Prepared, body: bytes, way: AtOnce) -> App | None:
    """Answer a request; return what is to be run for it."""
    try:
        return prepared(body, way)
    except Exception as error:  # noqa: BLE001 - what runs a task tells and answers it
        return partial(_fail, error)


def _nothing() -> None:
    pass


async def _fail(error: Exception, _scope: Scope, _receive: Receive, _send: Send) -> None:
    raise error


def guarded(guard: Guard) -> type[GuardedProtocol]:
    """Return the protocol class for uvicorn's `http` option, bound to this guard."""
    return type("BoundProtocol", (GuardedProtocol,), {"guard": guard})
