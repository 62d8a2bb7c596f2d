"""A client of many calls: requests as ready bytes, many of them before the first answer."""

import socket
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from coursewire.server.asgi import REST_PATH
from tests.support.web import FORM

_HEAD_ENDS = b"\r\n\r\n"


class Want(NamedTuple):
    """A request, and what its answer must be: its status, and one of some texts in its body."""

    request: bytes
    texts: tuple[bytes, ...]
    status: int = 200


def request(
    method: str, target: str, body: str = "", headers: Mapping[str, str] | None = None
) -> bytes:
    """A request as it is sent."""
    given = {"Host": "localhost", **(headers or {})}
    if body:
        given |= {"Content-Type": FORM, "Content-Length": str(len(body.encode()))}
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {given[name]}" for name in given)]
    return ("\r\n".join(lines) + f"\r\n\r\n{body}").encode()


def call(
    function: str,
    token: str,
    fields: Mapping[str, object] | None = None,
    *,
    format_: str = "json",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """A call with a form."""
    control = {"wstoken": token, "wsfunction": function, "moodlewsrestformat": format_}
    form = urlencode({**control, **(fields or {})})
    return request("POST", REST_PATH, form, headers)


class Line:
    """One connection that is kept."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._read = b""

    def close(self) -> None:
        self._socket.close()

    def ask(self, requests: Sequence[bytes]) -> list[tuple[int, bytes]]:
        """Send all, then read all answers: status and body of each."""
        self._socket.sendall(b"".join(requests))
        return [self._answer() for _ in requests]

    def require(self, wanted: Sequence[Want]) -> list[bytes]:
        """Send all; demand of each answer what is wanted; gives the bodies."""
        answers = self.ask([want.request for want in wanted])
        for want, (status, body) in zip(wanted, answers, strict=True):
            right = status == want.status and any(text in body for text in want.texts)
            assert right, (want, status, body[:1000])
        return [body for _, body in answers]

    def _answer(self) -> tuple[int, bytes]:
        head = self._until(_HEAD_ENDS)
        status = int(head[9:12])
        lines = head.lower()
        if b"transfer-encoding: chunked" in lines:
            parts: list[bytes] = []
            while length := int(self._until(b"\r\n"), 16):
                parts.append(self._exactly(length + 2)[:-2])
            self._exactly(2)
            return status, b"".join(parts)
        length = int(lines.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return status, self._exactly(length)

    def _until(self, end: bytes) -> bytes:
        while (at := self._read.find(end)) < 0:
            self._more()
        found, self._read = self._read[:at], self._read[at + len(end) :]
        return found

    def _exactly(self, length: int) -> bytes:
        while len(self._read) < length:
            self._more()
        found, self._read = self._read[:length], self._read[length:]
        return found

    def _more(self) -> None:
        data = self._socket.recv(1 << 16)
        assert data, "the server closed the connection"
        self._read += data
