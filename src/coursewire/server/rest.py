"""The REST endpoint as a plain ASGI application: bytes in, the straight line, bytes out."""

import asyncio
import time
from functools import partial

from coursewire.contracts.errors import Refusal, TooManyRequests
from coursewire.functions.binding import AnyBound
from coursewire.server import at_once, call, repeating
from coursewire.server.body import BodyTooLarge, Disconnected, read_body
from coursewire.server.call import Arrival, Outcome
from coursewire.server.peer import address_of, content_type
from coursewire.server.placing import Overloaded, Placing
from coursewire.server.record import Recorder
from coursewire.server.runtime import Runtime
from coursewire.server.troubles import DatabaseTrouble, ServerBusy
from coursewire.server.types import Headers, Receive, Scope, Send
from coursewire.wire.faults import fault_document
from coursewire.wire.headers import REST_HEADERS
from coursewire.wire.limits import LimitExceeded
from coursewire.wire.request import Format, asked_format, asked_function, decode_request

# A body of more bytes is decoded off the event loop.
LARGE_BODY = 32 * 1024
METHODS = frozenset({"GET", "POST", "HEAD"})
PREFLIGHT: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, POST, HEAD, OPTIONS"),
    (b"access-control-allow-headers", b"content-type, idempotency-key"),
    (b"access-control-max-age", b"86400"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-length", b"0"),
]
CLOSED: Headers = [
    (b"content-type", b"text/html; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-length", b"0"),
]

_REST_LINES = {name: at_once.lines(headers) for name, headers in REST_HEADERS.items()}


class RestEndpoint:
    """`/webservice/rest/server.php`, for every method."""

    def __init__(self, runtime: Runtime, placing: Placing, recorder: Recorder) -> None:
        self._runtime = runtime
        self._placing = placing
        self._recorder = recorder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a client that has gone away gets nothing."""
        method: str = scope["method"]
        if method == "OPTIONS":
            await _send_empty(send, 204, PREFLIGHT)
        elif method not in METHODS:
            allow = (b"allow", b"GET, POST, HEAD, OPTIONS")
            await _send_empty(send, 405, [*CLOSED, allow])
        else:
            try:
                await self._answer(scope, receive, send)
            except Disconnected:
                return

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter_ns()
        request_id = self._runtime.request_id()
        query: bytes = scope["query_string"]
        body = b""
        arrival: Arrival | None = None
        status = 200
        try:
            limits = self._runtime.options.limits
            if len(query) + len(scope.get("raw_path") or b"") > limits.target:
                raise LimitExceeded(413, "request target", limits.target)
            body = await read_body(receive, scope["headers"], limits.body)
            if self._placing.is_full and self._would_wait(query, body):
                # Reading the fields of a call that is refused takes time from those that are not.
                raise Overloaded
            if len(body) <= LARGE_BODY:
                arrival = self._arrival(scope, query, body, request_id)
            else:
                # Thousands of fields take a while to read; others are answered meanwhile.
                arrival = await asyncio.to_thread(self._arrival, scope, query, body, request_id)
            outcome = self._on_loop(arrival) or await self._placed(arrival)
            if outcome.refusal is not None:
                status = outcome.refusal.status
        except LimitExceeded as refusal:
            status = refusal.status
            begun = refusal.begun if isinstance(refusal, BodyTooLarge) else body
            outcome = Outcome(format=asked_format(query, begun), refusal=refusal)
        except Refusal as refusal:
            outcome = Outcome(format=asked_format(query, body), refusal=refusal)
        except Overloaded:
            status = ServerBusy.status
            outcome = Outcome(
                format=asked_format(query, body),
                function=self._known(asked_function(query, body)),
                refusal=ServerBusy(),
            )
        except Disconnected:
            raise
        except Exception as error:  # noqa: BLE001 - OUT-1: anything unexpected becomes an incident
            unforeseen = self._recorder.unforeseen(request_id, error)
            status = unforeseen.status
            outcome = Outcome(format=asked_format(query, body), refusal=unforeseen)
        sent = self._sent_at_once(scope, status, request_id, outcome)
        if sent is None:
            sent = await self._send(send, scope["method"], status, request_id, outcome)
        self._recorder.request(
            scope, arrival, outcome, request_id, status, sent, time.perf_counter_ns() - started
        )

    def _arrival(self, scope: Scope, query: bytes, body: bytes, request_id: str) -> Arrival:
        headers: Headers = scope["headers"]
        kind = content_type(headers)
        decoded = decode_request(scope["method"], query, kind, body, self._runtime.options.limits)
        key = repeating.key_of(headers)
        return Arrival(
            tree=decoded.tree,
            method=scope["method"],
            address=address_of(
                scope, self._runtime.trusted_proxies, self._runtime.options.forwarded_header
            ),
            request_id=request_id,
            token_in_query=decoded.token_in_query,
            key=key,
            digest=repeating.request_digest(query, kind, body) if key else "",
        )

    def _known(self, name: str) -> str:
        return name if self._runtime.catalogue.is_known(name) else ""

    def _would_wait(self, query: bytes, body: bytes) -> bool:
        """Tell whether a call names a function that waits for a worker."""
        bound = self._runtime.catalogue.get(asked_function(query, body))
        return bound is not None and not bound.outside and not _is_short(bound)

    def _on_loop(self, arrival: Arrival) -> Outcome | None:
        """Run the call on the loop when it reads, and its size is bounded; None: elsewhere."""
        bound = self._bound(arrival)
        if bound is not None and not _is_short(bound):
            return None
        return self._placing.on_loop(partial(call.answer, self._runtime, arrival=arrival))

    async def _placed(self, arrival: Arrival) -> Outcome:
        """Run the call on a thread."""
        bound = self._bound(arrival)
        work = partial(call.answer, self._runtime, arrival=arrival)
        if bound is not None and bound.outside:
            return await self._placing.outside(work)
        return await self._placing.on_worker(work)

    def _bound(self, arrival: Arrival) -> AnyBound | None:
        name = arrival.tree.get("wsfunction")
        return self._runtime.catalogue.get(name) if isinstance(name, str) else None

    def _sent_at_once(
        self, scope: Scope, status: int, request_id: str, outcome: Outcome
    ) -> int | None:
        """Send what is small and nothing special; return its size, None where it was not sent."""
        answer_at_once = at_once.of(scope)
        if answer_at_once is None or outcome.closed or scope["method"] == "HEAD":
            return None
        chunks = self._document(outcome)
        if len(chunks) != 1 or len(chunks[0]) > at_once.LARGEST:
            return None
        head = _REST_LINES[outcome.format] + at_once.lines(self._marks(request_id, outcome))
        return len(chunks[0]) if answer_at_once(status, head, chunks[0]) else None

    async def _send(
        self, send: Send, method: str, status: int, request_id: str, outcome: Outcome
    ) -> int:
        if outcome.closed:
            await _send_empty(send, 403, [*CLOSED, *self._marks(request_id, outcome)])
            return 0
        chunks = self._document(outcome)
        headers = [*_rest_headers(outcome.format), *self._marks(request_id, outcome)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        sent = 0
        if method != "HEAD":
            for chunk in chunks[:-1]:
                sent += len(chunk)
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        last = chunks[-1] if chunks and method != "HEAD" else b""
        await send({"type": "http.response.body", "body": last})
        return sent + len(last)

    def _document(self, outcome: Outcome) -> list[bytes]:
        if outcome.refusal is None:
            return outcome.chunks
        bare = self._runtime.options.bare_names
        return [fault_document(outcome.refusal, outcome.format, bare_names=bare)]

    def _marks(self, request_id: str, outcome: Outcome) -> Headers:
        marks = [(b"coursewire-request", request_id.encode("ascii"))]
        if isinstance(outcome.refusal, TooManyRequests):
            marks.append((b"retry-after", b"%d" % outcome.refusal.wait))
        elif _may_be_repeated(outcome.refusal):
            marks.append((b"retry-after", b"1"))
        if self._runtime.options.development and outcome.failed_check:
            marks.append((b"coursewire-refusal", outcome.failed_check.encode("ascii")))
        return marks


def _rest_headers(format_: Format) -> Headers:
    return list(REST_HEADERS[format_])


def _is_short(bound: AnyBound) -> bool:
    return bound.contract.kind == "read" and not bound.long


def _may_be_repeated(refusal: Refusal | None) -> bool:
    """Tell whether asking again soon makes sense, and does nothing twice."""
    return (
        refusal is not None
        and refusal.status == 503
        and (not isinstance(refusal, DatabaseTrouble) or refusal.may_be_repeated)
    )


async def _send_empty(send: Send, status: int, headers: Headers) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
