"""A client that costs the server nothing it would not do for others: plain keep-alive sockets."""

import socket
import time
from collections.abc import Iterable
from contextlib import closing, suppress
from itertools import islice
from urllib.parse import urlencode

REST = "/webservice/rest/server.php"
_END = b"\r\n\r\n"
_LAST_CHUNK = b"\r\n0\r\n\r\n"


def form(token: str, function: str, **parameters: object) -> bytes:
    """Return a call as the bytes of a POST request."""
    fields = {"wstoken": token, "wsfunction": function, "moodlewsrestformat": "json"}
    body = urlencode({**fields, **parameters}).encode()
    head = (
        f"POST {REST} HTTP/1.1\r\nhost: localhost\r\n"
        f"content-type: application/x-www-form-urlencoded\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Connection:
    """One keep-alive connection.

    An `awake` one asks for its answer again and again: nobody has to wake it, which costs a server
    more the longer it takes to answer.
    """

    def __init__(self, port: int, *, awake: bool = False) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if awake:
            self._socket.setblocking(False)

    def send(self, request: bytes) -> None:
        """Send a request; its answer is read with `answer`."""
        self._socket.sendall(request)

    def answer(self) -> bytes:
        """Return the body of the next answer; anything but status 200 is an error."""
        data = self._more(b"")
        while _END not in data:
            data = self._more(data)
        head, _, body = data.partition(_END)
        if not head.startswith(b"HTTP/1.1 200"):
            raise ConnectionError(data[:300])
        headers = head.lower()
        if b"transfer-encoding: chunked" in headers:
            while not body.endswith(_LAST_CHUNK):
                body = self._more(body)
            return _unchunked(body)
        length = int(headers.partition(b"content-length: ")[2].split(b"\r\n", 1)[0])
        while len(body) < length:
            body = self._more(body)
        return body

    def ask(self, request: bytes) -> bytes:
        """Send a request and return the body of its answer."""
        self.send(request)
        return self.answer()

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def _more(self, data: bytes) -> bytes:
        more = self._received()
        if not more:
            msg = "the server closed the connection"
            raise ConnectionError(msg)
        return data + more

    def _received(self) -> bytes:
        while True:
            with suppress(BlockingIOError):
                return self._socket.recv(1 << 20)


class Driver:
    """Some connections that always have one request each under way."""

    def __init__(self, port: int, connections: int = 1, *, awake: bool = False) -> None:
        self._connections = [Connection(port, awake=awake) for _ in range(connections)]

    def run(self, requests: Iterable[bytes]) -> None:
        """Send all requests; an answer that is an error document is an error."""
        left = iter(requests)
        while batch := list(islice(left, len(self._connections))):
            used = self._connections[: len(batch)]
            for connection, request in zip(used, batch, strict=True):
                connection.send(request)
            for connection in used:
                answer = connection.answer()
                if answer.startswith(b'{"exception"'):
                    raise ConnectionError(answer[:300])

    def close(self) -> None:
        """Close all connections."""
        for connection in self._connections:
            connection.close()


def ask(port: int, request: bytes) -> bytes:
    """Return the answer to one request on a connection of its own."""
    with closing(Connection(port)) as connection:
        return connection.ask(request)


def timed(connection: Connection, request: bytes) -> float:
    """Return the seconds that one call takes."""
    before = time.perf_counter()
    connection.ask(request)
    return time.perf_counter() - before


def _unchunked(body: bytes) -> bytes:
    parts: list[bytes] = []
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        parts.append(body[:length])
        body = body[length + 2 :]
    return b"".join(parts)
