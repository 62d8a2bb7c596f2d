"""Reading a request's body, refused while it comes in when it is too large (IN-2)."""

from coursewire.server.types import Headers, Receive
from coursewire.wire.limits import LimitExceeded


class Disconnected(Exception):
    """The client went away before its request was complete."""


async def read_body(receive: Receive, headers: Headers, limit: int) -> bytes:
    """Return the whole body, or raise `LimitExceeded` as soon as it is known to be too large."""
    declared = _declared_length(headers)
    if declared is not None and declared > limit:
        raise LimitExceeded(413, "request body", limit)
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise LimitExceeded(413, "request body", limit)
        if not message.get("more_body", False):
            return part if not parts else b"".join([*parts, part])
        parts.append(part)


def _declared_length(headers: Headers) -> int | None:
    for name, value in headers:
        if name == b"content-length" and value.isdigit() and len(value) < 20:
            return int(value)
    return None
