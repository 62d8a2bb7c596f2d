"""What the entry points beside REST have in common: how they refuse, and how they send."""

from collections.abc import Iterable
from typing import NamedTuple

import structlog

from coursewire.audit.redaction import path_without_query, without_tokens
from coursewire.contracts.errors import Refusal
from coursewire.domain.hashing import Busy
from coursewire.server.placing import Overloaded
from coursewire.server.record import Recorder
from coursewire.server.sending import length
from coursewire.server.troubles import ServerBusy, again_in
from coursewire.server.types import Headers, Scope, Send
from coursewire.wire.faults import ajax_fault
from coursewire.wire.limits import LimitExceeded

log = structlog.get_logger("coursewire")


class Answered(NamedTuple):
    """What is sent, and in how many seconds to ask again where it is an error that passes."""

    body: bytes
    status: int = 200
    again_in: int = 0


def refused(recorder: Recorder, request_id: str, path: str, error: Exception) -> Answered:
    """Tell what is sent in place of an answer."""
    refusal = refusal_of(recorder, request_id, path, error)
    return Answered(ajax_fault(refusal), refusal.status, again_in(refusal))


def refusal_of(recorder: Recorder, request_id: str, path: str, error: Exception) -> Refusal:
    """Return what a client is told of an error; what is no refusal becomes an incident (OUT-1)."""
    if isinstance(error, Busy | Overloaded):
        return ServerBusy()
    if not isinstance(error, Refusal):
        return recorder.unforeseen(request_id, error)
    if not isinstance(error, LimitExceeded):
        log_refusal(request_id, path, error)
    return error


def log_refusal(request_id: str, path: str, refusal: Refusal) -> None:
    """Log a refusal; a token that was sent where a path goes on, or as a name, stays in no log."""
    reason = without_tokens(refusal.reason)
    log.info("refused", request=request_id, path=path_without_query(path), reason=reason)


async def send_answer(
    send: Send,
    scope: Scope,
    answered: Answered,
    headers: Iterable[tuple[bytes, bytes]],
    request_id: str,
) -> None:
    """Send an answer with its request id; a client that sent HEAD gets no body."""
    sent: Headers = [*headers, (b"coursewire-request", request_id.encode("ascii"))]
    if answered.again_in:
        sent.append((b"retry-after", b"%d" % answered.again_in))
    shown = b"" if scope["method"] == "HEAD" else answered.body
    if shown:
        sent.append(length(shown))
    await send({"type": "http.response.start", "status": answered.status, "headers": sent})
    await send({"type": "http.response.body", "body": shown})
