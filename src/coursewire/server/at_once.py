"""A small answer handed to its connection at once: head and body in one write, of ready bytes.

uvicorn takes an answer in two messages, looks at each header again, and writes twice. What is
known to be right, and small enough never to wait for the client, goes this way; the bytes are the
same. An application that runs on another server finds no way in its scope and sends as usual.

An application that is `Prompt` is asked when the head of a request is in, and what it gives then is
asked as soon as the body is. What can be answered there and then needs no task, which would cost as
much again as taking the request in.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from functools import lru_cache
from weakref import ref

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from coursewire.server.types import App, Headers, Receive, Scope, Send

AT_ONCE = "coursewire.at_once"
# Larger answers wait for clients that read slowly.
LARGEST = 64 * 1024

# Takes status, header lines and body; False: nothing was sent, send as usual.
AtOnce = Callable[[int, bytes, bytes], bool]
# Takes a body and the way back, and answers; returns what is to be run for it, None: all is done.
Prepared = Callable[[bytes, AtOnce], App | None]


def of(scope: Scope) -> AtOnce | None:
    """Return the way to answer a request at once, if there is one."""
    extensions: dict[str, AtOnce] = scope.get("extensions") or {}
    return extensions.get(AT_ONCE)


def lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Write headers as they stand in an answer's head."""
    written = b""
    for header in headers:
        written += b"%b: %b\r\n" % header
    return written


class Prompt(ABC):
    """An application that answers some requests as soon as they are in, besides serving all."""

    @abstractmethod
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve any request, in a task."""

    @abstractmethod
    def prepare(self, scope: Scope) -> Prepared | None:
        """Return what answers requests with this head at once; None: each is to have its task.

        A connection asks it again for heads that come again byte for byte, with the same scope.
        """


class Way:
    """The way for one request on one connection.

    It lies in the scope, which the cycle holds: held weakly, both go as soon as the answer is out,
    and the next request finds their memory at hand.
    """

    __slots__ = ("_cycle",)

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle = ref(cycle)

    def __call__(self, status: int, head: bytes, body: bytes) -> bool:
        """Answer, unless the client waits for something special or does not read."""
        cycle = self._cycle()
        if cycle is None or cycle.disconnected:
            return True
        if cycle.response_started or not cycle.keep_alive or cycle.flow.write_paused:
            return False
        cycle.response_started = True
        cycle.waiting_for_100_continue = False
        cycle.transport.write(written(cycle.default_headers, status, head, body))
        cycle.response_complete = True
        cycle.message_event.set()
        cycle.on_response()
        return True


def written(default_headers: Headers, status: int, head: bytes, body: bytes) -> bytes:
    """Return an answer as uvicorn writes it, with the headers that all answers have."""
    chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
    return b"%b%b%btransfer-encoding: chunked\r\n\r\n%b0\r\n\r\n" % (
        STATUS_LINE[status],
        _default_lines(tuple(default_headers)),
        head,
        chunk,
    )


# They hold the date, and so change once a second.
@lru_cache(maxsize=4)
def _default_lines(headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
    return lines(headers)
