"""The REST endpoint as a plain ASGI application: bytes in, the straight line, bytes out."""

import asyncio
import time
from collections.abc import Awaitable
from functools import partial

from coursewire.contracts.errors import Refusal
from coursewire.functions.binding import AnyBound
from coursewire.server import at_once, call, sending
from coursewire.server.asked import Asked, Head, head_of
from coursewire.server.at_once import AtOnce, Prepared
from coursewire.server.body import BodyTooLarge, Disconnected, read_body
from coursewire.server.call import Arrival, Outcome
from coursewire.server.placing import Overloaded, Placing
from coursewire.server.record import Recorder
from coursewire.server.runtime import Runtime
from coursewire.server.sending import CLOSED, PREFLIGHT, Sender, send_empty
from coursewire.server.troubles import ServerBusy
from coursewire.server.types import App, Receive, Scope, Send
from coursewire.server.understood import Forgotten
from coursewire.wire.limits import LimitExceeded
from coursewire.wire.request import asked_format, asked_function

# A body of more bytes is decoded off the event loop.
LARGE_BODY = 32 * 1024
_DIGITS = len(str(LARGE_BODY))
METHODS = frozenset({"GET", "POST", "HEAD"})
_ANSWERED = METHODS - {"HEAD"}


class RestEndpoint:
    """`/webservice/rest/server.php`, for every method."""

    def __init__(self, runtime: Runtime, placing: Placing, recorder: Recorder) -> None:
        self._runtime = runtime
        self._placing = placing
        self._recorder = recorder
        self._sender = Sender(runtime)
        self._small = min(LARGE_BODY, runtime.options.limits.body)
        # Where a call waits for a worker anyway, reading it is not what takes its time.
        self._remembers = placing.in_place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a client that has gone away gets nothing."""
        method: str = scope["method"]
        if method == "OPTIONS":
            await send_empty(send, 204, PREFLIGHT)
        elif method not in METHODS:
            allow = (b"allow", b"GET, POST, HEAD, OPTIONS")
            await send_empty(send, 405, [*CLOSED, allow])
        else:
            asked = self._asked(head_of(scope, self._runtime))
            try:
                outcome = await self._settled(asked, self._outcome(asked, scope, receive))
            except Disconnected:
                return
            await self._send(send, asked, outcome, at_once.of(scope))

    def prepare(self, scope: Scope) -> Prepared | None:
        """Return what answers calls with this head, small enough to be looked at on the loop."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        is_small = (
            b"transfer-encoding" not in headers
            and len(length) <= _DIGITS
            and int(length) <= self._small
            and scope["method"] in _ANSWERED
            and self._is_target_short(scope)
        )
        return partial(self._answer, head_of(scope, self._runtime)) if is_small else None

    def _answer(self, head: Head, body: bytes, way: AtOnce) -> App | None:
        """Answer a call that is in; return what is to be run for it, None when all is done."""
        asked = Asked(head, self._runtime.request_id(), body)
        try:
            outcome = self._met(asked)
        except Exception as error:  # noqa: BLE001 - OUT-1: anything unexpected becomes an incident
            outcome = self._refused(asked, error)
        if isinstance(outcome, Arrival):
            return partial(self._answer_later, asked, outcome)
        if self._sent_at_once(asked, outcome, way):
            return None
        return partial(self._send_later, asked, outcome)

    def _met(self, asked: Asked) -> Outcome | Arrival:
        """Return what a call comes to at once, or the call where it must wait for a worker."""
        self._require_room(asked)
        if self._remembers and asked.head.plain:
            met = self._as_before(asked)
            if met is not None:
                return met
        arrival = asked.arrive(self._runtime)
        return self._on_loop(arrival) or arrival

    async def _answer_later(
        self, asked: Asked, arrival: Arrival, scope: Scope, _receive: Receive, send: Send
    ) -> None:
        outcome = await self._settled(asked, self._placed(arrival))
        await self._send(send, asked, outcome, at_once.of(scope))

    async def _send_later(
        self, asked: Asked, outcome: Outcome, scope: Scope, _receive: Receive, send: Send
    ) -> None:
        await self._send(send, asked, outcome, at_once.of(scope))

    def _asked(self, head: Head) -> Asked:
        return Asked(head, self._runtime.request_id())

    async def _settled(self, asked: Asked, work: Awaitable[Outcome]) -> Outcome:
        """Return what a call comes to; whatever is raised for it becomes its answer."""
        try:
            return await work
        except Disconnected:
            raise
        except Exception as error:  # noqa: BLE001 - OUT-1
            return self._refused(asked, error)

    async def _outcome(self, asked: Asked, scope: Scope, receive: Receive) -> Outcome:
        limits = self._runtime.options.limits
        if not self._is_target_short(scope):
            raise LimitExceeded(413, "request target", limits.target)
        asked.body = await read_body(receive, scope["headers"], limits.body)
        asked.started = time.perf_counter_ns()
        self._require_room(asked)
        if len(asked.body) <= LARGE_BODY:
            arrival = asked.arrive(self._runtime)
        else:
            # Thousands of fields take a while to read; others are answered meanwhile.
            arrival = await asyncio.to_thread(asked.arrive, self._runtime)
        return self._on_loop(arrival) or await self._placed(arrival)

    def _is_target_short(self, scope: Scope) -> bool:
        length = len(scope["query_string"]) + len(scope.get("raw_path") or b"")
        return length <= self._runtime.options.limits.target

    def _require_room(self, asked: Asked) -> None:
        """Refuse a call that finds no room before its fields are read, while others wait."""
        if self._placing.is_full and self._would_wait(asked.head.query, asked.body):
            raise Overloaded

    def _refused(self, asked: Asked, error: Exception) -> Outcome:
        """Return what a call gets that did not come to an outcome of its own."""
        query = asked.head.query
        body = error.begun if isinstance(error, BodyTooLarge) else asked.body
        function = ""
        if isinstance(error, Overloaded):
            refusal: Refusal = ServerBusy()
            function = self._known(asked_function(query, body))
        elif isinstance(error, Refusal):
            refusal = error
        else:
            refusal = self._recorder.unforeseen(asked.request_id, error)
        return Outcome(format=asked_format(query, body), function=function, refusal=refusal)

    def _known(self, name: str) -> str:
        return name if self._runtime.catalogue.is_known(name) else ""

    def _would_wait(self, query: bytes, body: bytes) -> bool:
        """Tell whether a call names a function that waits for a worker."""
        bound = self._runtime.catalogue.get(asked_function(query, body))
        return bound is not None and not bound.outside and not bound.is_short

    def _on_loop(self, arrival: Arrival) -> Outcome | None:
        """Run the call on the loop when it reads, and its size is bounded; None: elsewhere."""
        bound = self._bound(arrival)
        if bound is not None and not bound.is_short:
            return None
        return self._run_on_loop(arrival)

    def _run_on_loop(self, arrival: Arrival) -> Outcome | None:
        return self._placing.on_loop(partial(call.answer, self._runtime, arrival=arrival))

    async def _placed(self, arrival: Arrival) -> Outcome:
        """Run the call on a thread."""
        bound = self._bound(arrival)
        work = partial(call.answer, self._runtime, arrival=arrival)
        if bound is not None and bound.outside:
            return await self._placing.outside(work)
        return await self._placing.on_worker(work)

    def _as_before(self, asked: Asked) -> Outcome | Arrival | None:
        """Return what `_met` does for a call whose bytes came before; None: it is to be read."""
        understood = self._runtime.understood
        asked.mark = understood.mark(asked.body)
        found = understood.find(asked.mark)
        if found is None:
            return None
        arrival = asked.arrive_as(found)
        try:
            outcome = self._run_on_loop(arrival)
        except Forgotten:
            understood.forget(asked.mark)
            return None
        # What the loop cannot do is not tried there a second time.
        return outcome or asked.arrive(self._runtime)

    def _bound(self, arrival: Arrival) -> AnyBound | None:
        name = arrival.tree.get("wsfunction")
        return self._runtime.catalogue.get(name) if isinstance(name, str) else None

    async def _send(self, send: Send, asked: Asked, outcome: Outcome, way: AtOnce | None) -> None:
        if not self._sent_at_once(asked, outcome, way):
            sent = await self._sender.in_parts(send, asked.head.method, asked.request_id, outcome)
            self._note(asked, outcome, sent)

    def _sent_at_once(self, asked: Asked, outcome: Outcome, way: AtOnce | None) -> bool:
        if way is None or asked.head.method == "HEAD":
            return False
        sent = self._sender.at_once(way, asked.request_id, outcome)
        if sent is None:
            return False
        self._note(asked, outcome, sent)
        return True

    def _note(self, asked: Asked, outcome: Outcome, sent: int) -> None:
        self._recorder.request(asked, outcome, sending.status(outcome), sent)
