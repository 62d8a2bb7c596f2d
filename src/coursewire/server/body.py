"""Reading a request's body, refused while it comes in when it is too large (IN-2)."""

import asyncio

from coursewire.server.placing import Overloaded
from coursewire.server.types import Headers, Receive
from coursewire.wire.limits import LimitExceeded

# How long a body that is announced as too large may take to begin, in seconds.
_BEGINS_WITHIN = 0.5
_ENOUGH = 64 * 1024


class Disconnected(Exception):
    """The client went away before its request was complete."""


class BodyTooLarge(LimitExceeded):
    """The body is over its limit; `begun` is what was read of it, which may name a format."""

    def __init__(self, limit: int, begun: bytes) -> None:
        super().__init__(413, "bytes in the body", limit)
        self.begun = begun


async def read_body(receive: Receive, headers: Headers, limit: int) -> bytes:
    """Return the whole body, or raise `BodyTooLarge` as soon as it is known to be that."""
    declared = _declared_length(headers)
    if declared is not None and declared > limit:
        raise BodyTooLarge(limit, await _beginning(receive))
    parts: list[bytes] = []
    size = 0
    while True:
        try:
            message = await receive()
        except asyncio.CancelledError as stopped:
            # Only a server that stops cancels a request; the client is told to come back.
            raise Overloaded from stopped
        if message["type"] == "http.disconnect":
            raise Disconnected
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise BodyTooLarge(limit, _start_of(parts))
        if not message.get("more_body", False):
            return part if not parts else b"".join([*parts, part])
        parts.append(part)


def _start_of(parts: list[bytes]) -> bytes:
    """Return enough of a body to find what a client puts first, without copying all of it."""
    begun = b""
    for part in parts:
        if len(begun) >= _ENOUGH:
            break
        begun += part
    return begun


async def _beginning(receive: Receive) -> bytes:
    """Return the first part of a body that will not be read; empty if none comes soon."""
    try:
        message = await asyncio.wait_for(receive(), _BEGINS_WITHIN)
    except TimeoutError:
        return b""
    begun: bytes = message.get("body", b"")
    return begun


def _declared_length(headers: Headers) -> int | None:
    for name, value in headers:
        if name == b"content-length" and value.isdigit() and len(value) < 20:
            return int(value)
    return None
