"""A server on bare sockets that reads requests and answers with any bytes, or none."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple
from urllib.parse import parse_qsl

Act = Callable[[socket.socket], None]


class Received(NamedTuple):
    """A request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def fields(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


class Hostile:
    """Answers requests one after another with the acts it was given; the last one stays."""

    def __init__(self, port: int = 0) -> None:
        self.received: list[Received] = []
        self.acts: list[Act] = []
        self.stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", port))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def plays(self, *acts: Act) -> None:
        self.acts = list(acts)

    def close(self) -> None:
        self.stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(20)
        # The client hangs up on a server like this one; that is what the tests look at.
        with contextlib.suppress(OSError), connection:
            while (request := read_request(connection)) is not None:
                act = self.acts[min(len(self.received), len(self.acts) - 1)]
                self.received.append(request)
                act(connection)


def silence(connection: socket.socket) -> None:
    """Say nothing until the client has gone."""
    connection.recv(1)


def drip(start: bytes, piece: bytes = b"x") -> Act:
    """Send a start, then a piece every few milliseconds, until the client has gone."""

    def act(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            time.sleep(0.02)
            connection.sendall(piece)

    return act


def read_request(connection: socket.socket) -> Received | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    line, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, value in (it.split(": ", 1) for it in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    return Received(line, headers, body)


def raw(*pieces: bytes, close: bool = True) -> Act:
    """Send these bytes, and hang up."""

    def act(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)
        if close:
            connection.shutdown(socket.SHUT_RDWR)

    return act


def answer(
    body: bytes = b"",
    status: str = "200 OK",
    kind: str = "application/json",
    headers: Iterable[str] = (),
) -> Act:
    """Answer in proper HTTP and keep the connection."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    if kind:
        lines.append(f"Content-Type: {kind}")
    return raw("\r\n".join([*lines, "", ""]).encode("latin-1") + body, close=False)


def hang_up(connection: socket.socket) -> None:
    """Close without a word."""
    connection.shutdown(socket.SHUT_RDWR)
