"""Sending what became of a call: at once where it can be, in parts where it is large."""

from coursewire.server import at_once
from coursewire.server.at_once import AtOnce
from coursewire.server.call import Outcome
from coursewire.server.runtime import Runtime
from coursewire.server.troubles import again_in
from coursewire.server.types import Headers, Send
from coursewire.wire.faults import fault_document
from coursewire.wire.headers import PLAIN, REST_HEADERS, UNSTORED

PREFLIGHT: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, POST, HEAD, OPTIONS"),
    (b"access-control-allow-headers", b"content-type, idempotency-key, range"),
    (b"access-control-max-age", b"86400"),
    *UNSTORED,
    (b"content-length", b"0"),
]
CLOSED: Headers = [
    (b"content-type", b"text/html; charset=utf-8"),
    *UNSTORED,
    (b"content-length", b"0"),
]

_REST_LINES = {name: at_once.lines(headers) for name, headers in REST_HEADERS.items()}


class Sender:
    """Writes outcomes as documents with their headers."""

    def __init__(self, runtime: Runtime) -> None:
        self._options = runtime.options

    def at_once(self, way: AtOnce, request_id: str, outcome: Outcome) -> int | None:
        """Send what is small and nothing special; return the body's size, None if not sent."""
        if outcome.closed:
            return None
        chunks = self._document(outcome)
        if len(chunks) != 1 or len(chunks[0]) > at_once.LARGEST:
            return None
        body = chunks[0]
        if outcome.refusal is None:
            code, marks = 200, b"coursewire-request: %b\r\n" % request_id.encode("ascii")
        else:
            code, marks = outcome.refusal.status, at_once.lines(self._marks(request_id, outcome))
        return len(body) if way(code, _REST_LINES[outcome.format] + marks, body) else None

    async def in_parts(self, send: Send, method: str, request_id: str, outcome: Outcome) -> int:
        """Send as any application does; return the body's size."""
        marks = self._marks(request_id, outcome)
        if outcome.closed:
            await send_empty(send, 403, [*CLOSED, *marks])
            return 0
        chunks = self._document(outcome)
        headers = [*REST_HEADERS[outcome.format], *marks]
        with_body = method != "HEAD"
        if with_body:
            headers.append(length(*chunks))
        await send({"type": "http.response.start", "status": status(outcome), "headers": headers})
        sent = 0
        if with_body:
            for chunk in chunks[:-1]:
                sent += len(chunk)
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        last = chunks[-1] if chunks and with_body else b""
        await send({"type": "http.response.body", "body": last})
        return sent + len(last)

    def _document(self, outcome: Outcome) -> list[bytes]:
        if outcome.refusal is None:
            return outcome.chunks
        bare = self._options.bare_names
        return [fault_document(outcome.refusal, outcome.format, bare_names=bare)]

    def _marks(self, request_id: str, outcome: Outcome) -> Headers:
        marks = [(b"coursewire-request", request_id.encode("ascii"))]
        if outcome.refusal is not None and (wait := again_in(outcome.refusal)):
            marks.append((b"retry-after", b"%d" % wait))
        if self._options.development and outcome.failed_check:
            marks.append((b"coursewire-refusal", outcome.failed_check.encode("ascii")))
        return marks


def length(*parts: bytes) -> tuple[bytes, bytes]:
    """Return the header that tells how long a body is: without it clients of HTTP 1.0 get chunks.

    They know none, and would take their sizes for content (RFC 9112, 6.1).
    """
    return (b"content-length", b"%d" % sum(map(len, parts)))


async def send_plain(send: Send, code: int, body: bytes) -> None:
    """Send a sentence or a word as text."""
    headers = [*PLAIN, length(body)]
    await send({"type": "http.response.start", "status": code, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def status(outcome: Outcome) -> int:
    """Return the status of the answer; refusals of functions have 200, as at Moodle."""
    return 200 if outcome.refusal is None else outcome.refusal.status


async def send_empty(send: Send, code: int, headers: Headers) -> None:
    """Send an answer without a body."""
    await send({"type": "http.response.start", "status": code, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
