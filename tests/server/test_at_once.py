"""Answers in one write are, byte for byte, those that uvicorn writes in two."""

import re
import socket
from collections.abc import Iterator

import pytest

from coursewire.server import at_once
from coursewire.server.protocol import Guard, guarded
from coursewire.server.types import Headers, Receive, Scope, Send
from tests.support.listening import listening

HEADERS: Headers = [(b"content-type", b"application/json"), (b"coursewire-request", b"a-1")]


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the query, at once where the path says so; tell which way was taken."""
    while (await receive()).get("more_body"):
        pass
    body: bytes = scope["query_string"]
    answer = at_once.of(scope)
    assert answer is not None
    if scope["path"] == "/once" and answer(200, at_once.lines(HEADERS), body):
        return
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with listening(app, http=guarded(Guard())) as found:
        yield found


def exchanged(port: int, *requests: bytes) -> bytes:
    """Send requests in one go; return all that comes until the last answer is whole."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"".join(requests))
        received = b""
        while received.count(b"0\r\n\r\n") < len(requests):
            received += connection.recv(65536)
    return re.sub(rb"date: [^\r]+", b"date: now", received)


def request(path: bytes, *headers: bytes) -> bytes:
    lines = (b"POST %b HTTP/1.1" % path, b"host: here.example", b"content-length: 2", *headers)
    return b"\r\n".join([*lines, b"", b"ab"])


@pytest.mark.parametrize("body", [b"", b"x", b"x" * 300])
@pytest.mark.parametrize("header", [b"x-a: b", b"connection: close"])
def test_the_bytes_are_the_same(port: int, body: bytes, header: bytes) -> None:
    plain, once = (
        exchanged(port, request(b"/%b?%b" % (path, body), header)) for path in (b"plain", b"once")
    )
    assert plain == once
    assert b"transfer-encoding: chunked\r\n" in once


def test_pipelined_requests_are_answered_in_order(port: int) -> None:
    paths = [b"/once?1", b"/plain?2", b"/once?3", b"/once?4"]
    received = exchanged(port, *map(request, paths))
    assert re.findall(rb"\r\n1\r\n(\d)\r\n", received) == [b"1", b"2", b"3", b"4"]


def test_where_there_is_no_way_applications_are_told() -> None:
    assert at_once.of({"type": "http"}) is None
