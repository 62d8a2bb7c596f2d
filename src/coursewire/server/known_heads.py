"""Heads of requests that came before on a connection, which are not read a second time.

Clients that keep their connection send the same head again and again; only bodies differ. Equal
bytes mean the same head, so what was read, checked and prepared of it holds for all of them.
"""

from msgspec import Struct

from coursewire.server.at_once import Prepared
from coursewire.server.types import Headers, Scope

# Of one connection: those of a few functions, whose bodies have different lengths, find room.
MOST = 8
# Nobody fills the memory of the server with heads.
LONGEST = 1024
MOST_HEADERS = 24
_END = b"\r\n\r\n"
_FRAMING = frozenset({b"transfer-encoding", b"upgrade", b"expect"})


class KnownHead(Struct, frozen=True):
    """What a head says, how many bytes its body has, and what answers such requests."""

    scope: Scope
    length: int
    answer: Prepared

    def new_scope(self) -> Scope:
        """Return the scope of one more request."""
        copied = {name: self.scope[name].copy() for name in ("headers", "asgi", "state")}
        return {**self.scope, **copied}


class KnownHeads:
    """The heads of one connection; when there are too many, all are forgotten."""

    def __init__(self) -> None:
        self._known: dict[bytes, KnownHead] = {}

    def find(self, data: bytes) -> tuple[KnownHead, bytes] | None:
        """Return head and body if the data are one whole request with a head that is known."""
        end = data.find(_END) + len(_END)
        known = self._known.get(data[:end])
        if known is None or len(data) - end != known.length:
            return None
        return known, data[end:]

    def learn(self, head: bytes, scope: Scope, answer: Prepared) -> None:
        """Remember a head that was read, if it is certain which bytes it was."""
        headers: Headers = scope["headers"]
        # Where a body ends whose length is not given is the parser's to know.
        if len(headers) > MOST_HEADERS or any(name in _FRAMING for name, _ in headers):
            return
        if scope["method"] == "CONNECT":
            return
        if not is_exact(head, scope["method"].encode("ascii"), headers):
            return
        if len(self._known) >= MOST:
            self._known.clear()
        length = next((int(value) for name, value in headers if name == b"content-length"), 0)
        self._known[head] = KnownHead(dict(scope), length, answer)


def head_of(data: bytes) -> bytes:
    """Return the bytes up to the first empty line, or nothing: there is none, or it comes late."""
    end = data.find(_END, 0, LONGEST)
    return data[: end + len(_END)] if end > 0 else b""


def is_exact(head: bytes, method: bytes, headers: Headers) -> bool:
    """Tell whether bytes are the line of a request and a line for each header, and nothing else.

    A parser may take other line ends and empty lines in front: its head could end elsewhere.
    """
    lines = len(headers) + 2
    return (
        head.startswith(method + b" ")
        and head.endswith(_END)
        and head.count(b"\r\n") == head.count(b"\n") == head.count(b"\r") == lines
    )
