"""Requests that two readers could understand differently are refused and closed (NET-5)."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from coursewire.server.guard import Guard
from coursewire.server.protocol import MOST_WAITING, guarded
from coursewire.server.types import Message, Receive, Scope, Send
from tests.support.listening import listening

POST = b"POST / HTTP/1.1\r\nHost: x\r\n"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
LAST = b"0\r\n\r\n"
# As Java's client sends it over a connection without TLS.
UPGRADE = POST + (
    b"Connection: Upgrade, HTTP2-Settings\r\nContent-Length: 2\r\n"
    b"HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\nUpgrade: h2c\r\n"
)

REFUSED = {
    "length, then coding": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + LAST,
    "coding, then length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + LAST,
    "length twice": POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nab",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
    "list of lengths": POST + b"Content-Length: 2, 2\r\n\r\nab",
    "length with plus": POST + b"Content-Length: +2\r\n\r\nab",
    "length with minus": POST + b"Content-Length: -2\r\n\r\nab",
    "length in hexadecimal": POST + b"Content-Length: 0x2\r\n\r\nab",
    "empty length": POST + b"Content-Length: \r\n\r\nab",
    "length beyond 64 bits": POST + b"Content-Length: 99999999999999999999999\r\n\r\nab",
    "length with a space inside": POST + b"Content-Length: 1 2\r\n\r\nab",
    "unknown coding": POST + b"Transfer-Encoding: gzip\r\n\r\nab",
    "no coding at all": POST + b"Transfer-Encoding: identity\r\n\r\nab",
    "compressed chunks": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + LAST,
    "chunked is not last": POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n" + LAST,
    "coding twice": POST
    + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
    + LAST,
    "coding listed twice": POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n" + LAST,
    "like chunked": POST + b"Transfer-Encoding: xchunked\r\n\r\n" + LAST,
    "coding after a vertical tab": POST + b"Transfer-Encoding:\x0bchunked\r\n\r\n" + LAST,
    "chunks in HTTP 1.0": b"POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    + LAST,
    "bare line feeds": b"GET / HTTP/1.1\nHost: x\n\n",
    "one bare line feed": b"GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n",
    "bare carriage return": b"GET / HTTP/1.1\r\nHost: x\rA: b\r\n\r\n",
    "folded header": GET + b"A: b\r\n c\r\n\r\n",
    "space before the colon": GET + b"A : b\r\n\r\n",
    "space before the length's colon": POST + b"Content-Length : 2\r\n\r\nab",
    "header without a name": GET + b": c\r\n\r\n",
    "header that begins with a tab": GET + b"\tA: b\r\n\r\n",
    "NUL in a header": GET + b"A: b\0c\r\n\r\n",
    "chunk with minus": CHUNKED + b"-1\r\na\r\n" + LAST,
    "chunk with plus": CHUNKED + b"+1\r\na\r\n" + LAST,
    "chunk with 0x": CHUNKED + b"0x1\r\na\r\n" + LAST,
    "chunk beyond 64 bits": CHUNKED + b"ffffffffffffffffff\r\na\r\n" + LAST,
    "chunk ended by a line feed": CHUNKED + b"1\na\r\n" + LAST,
    "chunk of a word": CHUNKED + b"z\r\na\r\n" + LAST,
    "chunk without a size": CHUNKED + b"\r\na\r\n" + LAST,
    "chunk size with a space": CHUNKED + b"1 \r\na\r\n" + LAST,
    "chunk longer than it says": CHUNKED + b"1\r\nab\r\n" + LAST,
    "no version": b"GET /\r\n\r\n",
    "version 2": b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
    "version 1.2": b"GET / HTTP/1.2\r\nHost: x\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": GET + b"Host: y\r\n\r\n",
    "space in the target": b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
    "space before the method": b" GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "method of a stranger": b"HACK / HTTP/1.1\r\nHost: x\r\n\r\n",
    "method beyond ASCII": b"G\xc3\x89T / HTTP/1.1\r\nHost: x\r\n\r\n",
    "version beyond ASCII": b"GET / HTTP/1.\xb9\r\nHost: x\r\n\r\n",
    "target beyond ASCII, line feed": b"GET /\xe9 HTTP/1.1\nHost: x\r\n\r\n",
    "body with another protocol, method of its own": b"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n"
    b"Content-Length: 2\r\n\r\nab",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}
TAKEN = {
    "length": POST + b"Content-Length: 2\r\n\r\nab",
    "chunks": CHUNKED + b"2\r\nab\r\n" + LAST,
    "chunked in capitals": POST + b"Transfer-Encoding: Chunked\r\n\r\n2\r\nab\r\n" + LAST,
    "HTTP 1.0": b"POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nab",
    "a wish for HTTP/2": UPGRADE + b"\r\nab",
}


async def count(_scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the size of the body."""
    size = 0
    message: Message = {"more_body": True}
    while message.get("more_body", False):
        message = await receive()
        size += len(message.get("body", b""))
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"size=%d" % size})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with listening(count, http=guarded(Guard()), timeout_keep_alive=30) as found:
        yield found


def answers(port: int, sent: bytes, *, wait: float = 5) -> tuple[bytes, bool]:
    """What comes back, and whether the connection was closed."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as connection:
        connection.sendall(sent)
        with suppress(ConnectionError):
            try:
                while part := connection.recv(65536):
                    received += part
            except TimeoutError:
                return received, False
    return received, True


@pytest.mark.parametrize("sent", REFUSED.values(), ids=REFUSED)
def test_net_5_what_is_ambiguous_is_refused_and_closed(port: int, sent: bytes) -> None:
    received, closed = answers(port, sent)
    assert closed
    assert b"HTTP/1.1 200" not in received
    assert received.startswith(b"HTTP/1.1 400 ")
    assert b"x-content-type-options: nosniff\r\n" in received
    assert b"\r\nserver:" not in received.lower()


@pytest.mark.parametrize("sent", TAKEN.values(), ids=TAKEN)
def test_what_is_plain_is_taken(port: int, sent: bytes) -> None:
    received, _ = answers(port, sent, wait=0.5)
    assert received.startswith(b"HTTP/1.1 200 ")
    assert b"size=2" in received


async def in_parts(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer in two parts, and say their length only where the path asks for it."""
    while (await receive()).get("more_body", False):
        pass
    length = [(b"content-length", b"5")] if scope["path"] == "/length" else []
    await send({"type": "http.response.start", "status": 200, "headers": length})
    await send({"type": "http.response.body", "body": b"one, ", "more_body": True})
    await send({"type": "http.response.body", "body": b"" if length else b"two"})


@pytest.mark.parametrize(
    ("line", "body"),
    [(b"GET / ", b"one, two"), (b"GET /length ", b"one, "), (b"HEAD / ", b"")],
    ids=["no length", "length", "HEAD"],
)
@pytest.mark.parametrize("wish", [b"", b"Connection: keep-alive\r\n"], ids=["plain", "wish"])
def test_an_answer_to_http_1_0_comes_without_chunks(line: bytes, body: bytes, wish: bytes) -> None:
    with listening(in_parts, http=guarded(Guard())) as port:
        received, closed = answers(port, line + b"HTTP/1.0\r\n" + wish + b"\r\n")
    head, _, content = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"transfer-encoding" not in head
    assert (content, closed) == (body, True)


def test_net_5_bytes_after_a_request_are_no_second_request(port: int) -> None:
    received, closed = answers(port, TAKEN["length"] + b"more\r\n\r\n")
    assert closed
    assert received.count(b"HTTP/1.1 200 ") <= 1
    assert b"HTTP/1.1 400 " in received


def test_net_5_a_body_that_comes_behind_a_wish_for_http_2_is_a_body(port: int) -> None:
    smuggled = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    head = UPGRADE.replace(b"Length: 2", b"Length: %d" % len(smuggled)) + b"\r\n"
    for pieces in ([head, smuggled], [head + smuggled], [head + smuggled[:9], smuggled[9:]]):
        received = in_pieces(port, pieces)
        assert received.count(b"HTTP/1.1 200 ") == 1
        assert b"size=%d" % len(smuggled) in received


def test_net_5_a_wish_for_http_2_whose_head_comes_in_pieces_is_refused(port: int) -> None:
    received = in_pieces(port, [UPGRADE[:40], UPGRADE[40:] + b"\r\nab"])
    assert received.startswith(b"HTTP/1.1 400 ")
    assert b"Upgrade" in received
    assert b"HTTP/1.1 200 " not in received


def test_net_5_what_comes_behind_a_refused_head_is_not_run() -> None:
    ran: list[str] = []

    async def note(scope: Scope, _receive: Receive, send: Send) -> None:
        ran.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    with listening(note, http=guarded(Guard())) as port:
        behind = b"GET /behind HTTP/1.1\r\nHost: x\r\n\r\n"
        received, closed = answers(port, REFUSED["two hosts"] + behind)
    assert closed
    assert received.startswith(b"HTTP/1.1 400 ")
    assert received.count(b"HTTP/1.1 ") == 1
    assert ran == []


TRAILED = POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n"


async def told(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the names of the headers, as they stand when the body is in."""
    while (await receive()).get("more_body", False):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    names = b",".join(name for name, _ in scope["headers"])
    await send({"type": "http.response.body", "body": b"names=%b;" % names})


@pytest.mark.parametrize("pieces", [1, 2])
def test_net_5_a_field_behind_a_body_is_no_header(pieces: int) -> None:
    behind = b"Host: y\r\nX-Forwarded-For: 10.0.0.1\r\nContent-Type: a/b\r\n\r\n"
    with listening(told, http=guarded(Guard())) as port:
        data = [TRAILED + behind] if pieces == 1 else [TRAILED, behind]
        received = in_pieces(port, [*data, TRAILED + LAST[3:]])
    assert received.count(b"names=host,transfer-encoding;") == 2


def in_pieces(port: int, pieces: list[bytes]) -> bytes:
    """What comes back for data that are sent a little apart."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=0.3) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.05)
        with suppress(TimeoutError, ConnectionError):
            while part := connection.recv(65536):
                received += part
    return received


def test_requests_in_a_row_are_answered_in_their_order(port: int) -> None:
    two = TAKEN["length"] + POST + b"Content-Length: 3\r\n\r\nabc"
    received, _ = answers(port, two, wait=0.5)
    assert received.index(b"size=2") < received.index(b"size=3")


def test_net_5_of_requests_without_end_some_are_answered(port: int) -> None:
    one = GET + b"\r\n" + TAKEN["length"]
    received, closed = answers(port, one * 500)
    assert closed
    assert received.count(b"HTTP/1.1 200 ") == MOST_WAITING + 1
    last = received[received.rindex(b"HTTP/1.1 200 ") :]
    assert b"connection: close\r\n" in last
    assert received.count(b"connection: close\r\n") == 1


def test_requests_that_are_allowed_to_wait_are_answered(port: int) -> None:
    received, closed = answers(port, TAKEN["length"] * (MOST_WAITING + 1), wait=1)
    assert received.count(b"HTTP/1.1 200 ") == MOST_WAITING + 1
    assert received.count(b"size=2") == MOST_WAITING + 1
    assert not closed


async def target(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer with the path and the query, as they are handed on."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    query = scope["path"].encode() + b"?" + scope["query_string"]
    await send({"type": "http.response.body", "body": query})


@pytest.mark.parametrize(
    ("sent", "query"),
    [
        ("/?a=é&b=%C3%A9".encode(), b"/?a=%C3%A9&b=%C3%A9"),
        (b"/?a=\xe9\xff", b"/?a=%E9%FF"),
        ("/é".encode(), "/é?".encode()),
        (b"/?a=1", b"/?a=1"),
    ],
    ids=["UTF-8", "Latin-1", "path", "ASCII"],
)
def test_letters_beyond_ascii_in_a_target_are_escaped(sent: bytes, query: bytes) -> None:
    with listening(target, http=guarded(Guard())) as port:
        request = b"GET %b HTTP/1.1\r\nHost: x\r\nA: \xc3\xa9\r\n\r\n" % sent
        received, _ = answers(port, request, wait=0.5)
        assert received.startswith(b"HTTP/1.1 200 ")
        assert query in received.partition(b"\r\n\r\n")[2]
