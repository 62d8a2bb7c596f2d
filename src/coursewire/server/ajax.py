"""What the entry points beside REST have in common: how they refuse, and how they send."""

from collections.abc import Iterable
from typing import NamedTuple

import structlog

from coursewire.contracts.errors import Refusal, TooManyRequests
from coursewire.domain.hashing import Busy
from coursewire.server.placing import Overloaded
from coursewire.server.record import Recorder
from coursewire.server.troubles import ServerBusy
from coursewire.server.types import Headers, Scope, Send
from coursewire.wire.faults import ajax_fault
from coursewire.wire.limits import LimitExceeded

log = structlog.get_logger("coursewire")

# Seconds after which to ask again; a network that guesses waits a minute at most.
_WAITS = {429: b"60", 503: b"1"}


class Refused(NamedTuple):
    """The status and the error document of a request that was not answered."""

    status: int
    body: bytes


def refused(recorder: Recorder, request_id: str, path: str, error: Exception) -> Refused:
    """Tell what is sent in place of an answer; what is no refusal becomes an incident (OUT-1)."""
    if isinstance(error, LimitExceeded):
        return Refused(error.status, ajax_fault(error))
    if isinstance(error, Busy | Overloaded):
        return Refused(ServerBusy.status, ajax_fault(ServerBusy()))
    if isinstance(error, Refusal):
        log.info("refused", request=request_id, path=path, reason=error.reason)
        status = error.status if isinstance(error, TooManyRequests) else 200
        return Refused(status, ajax_fault(error))
    unforeseen = recorder.unforeseen(request_id, error)
    return Refused(unforeseen.status, ajax_fault(unforeseen))


async def send_answer(
    send: Send,
    scope: Scope,
    status: int,
    headers: Iterable[tuple[bytes, bytes]],
    request_id: str,
    body: bytes,
) -> None:
    """Send an answer with its request id; a client that sent HEAD gets no body."""
    sent: Headers = [*headers, (b"coursewire-request", request_id.encode("ascii"))]
    if status in _WAITS:
        sent.append((b"retry-after", _WAITS[status]))
    await send({"type": "http.response.start", "status": status, "headers": sent})
    shown = b"" if scope["method"] == "HEAD" else body
    await send({"type": "http.response.body", "body": shown})
