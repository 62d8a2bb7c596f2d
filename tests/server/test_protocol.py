"""Slow and many connections, on the bare server without a proxy in front (NET-1, NET-2, IN-1).

Times are a twentieth of the real ones; `test_net_1_the_real_deadlines` holds the real ones.
"""

import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress

import pytest

from coursewire.domain.address_rules import compiled
from coursewire.server import listen
from coursewire.server.guard import Deadlines, Guard, HeadLimits
from coursewire.server.protocol import GuardedProtocol, guarded
from coursewire.server.types import Receive, Scope, Send
from tests.support.listening import listening

FAST = Deadlines(head=0.5, body=3.0, slow_after=0.25, slowest_body=500, answer=1.0, sweep=0.05)
LATE = 0.6
CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
SIZES = {"/large": 50_000_000, "/middle": 20_000}


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = b"x" * SIZES.get(scope["path"], 2)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for start in range(0, len(body), 65536):
        part = body[start : start + 65536]
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": str(size).encode()})


@contextmanager
def served(guard: Guard, keep_alive: int = 15) -> Generator[int]:
    with listening(echo, http=guarded(guard), timeout_keep_alive=keep_alive) as port:
        yield port


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def seconds_until_closed(
    connection: socket.socket, drip: bytes = b"", every: float = 0.05
) -> float:
    """Send one byte after another until the server closes; how long did it take?"""
    started = time.monotonic()
    connection.settimeout(every)
    for byte in drip * 1000 if drip else [0] * 400:
        try:
            if drip:
                connection.sendall(bytes([byte]))
            if connection.recv(1024) == b"":
                break
        except TimeoutError:
            continue
        except OSError:
            break
    else:
        raise AssertionError("the connection was never closed")
    return time.monotonic() - started


@pytest.mark.alone
@pytest.mark.parametrize(
    ("sent", "drip", "due"),
    [
        (b"", b"", 0.5),
        (b"GET /", b"a", 0.5),
        (b"POST / HTTP/1.1\r\nHost: x\r\nX-A: ", b"a", 0.5),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n", b"a", 0.25),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n", 0.25),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n", b"", 0.25),
    ],
    ids=["silent", "request line", "header", "body", "chunks", "no body"],
)
def test_net_1_a_slow_client_is_closed_at_its_deadline(
    sent: bytes, drip: bytes, due: float
) -> None:
    with served(Guard(deadlines=FAST)) as port, connect(port) as connection:
        connection.sendall(sent)
        taken = seconds_until_closed(connection, drip)
    assert due - 0.05 <= taken <= due + LATE


@pytest.mark.alone
def test_net_1_a_body_that_is_fast_enough_still_ends_at_its_deadline() -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n"
    with served(Guard(deadlines=FAST)) as port, connect(port) as connection:
        connection.sendall(head)
        started = time.monotonic()
        with suppress(OSError):  # reset or broken pipe
            while time.monotonic() < started + 10:
                connection.sendall(b"a" * 100)
                time.sleep(0.02)
        assert 2.9 <= time.monotonic() - started <= 3.0 + LATE


def test_net_1_a_reader_that_does_not_read_is_closed() -> None:
    with served(Guard(deadlines=FAST)) as port, connect(port) as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(2.5)
        received = 0
        with suppress(ConnectionError):
            while part := connection.recv(1 << 20):
                received += len(part)
        assert received < 50_000_000


def unsent(held: GuardedProtocol) -> int:
    """How much of its answers a connection keeps, once the loop has tried to send all."""
    tried = threading.Event()
    held.loop.call_soon_threadsafe(tried.set)
    assert tried.wait(5)
    size: int = held.transport.get_write_buffer_size()
    return size


def fill(connection: socket.socket, guard: Guard) -> None:
    """Ask, and read nothing, until the server keeps a little of its answers for later."""
    for asked in range(1, 10_000):
        connection.sendall(b"GET /middle HTTP/1.1\r\nHost: x\r\n\r\n")
        until = time.monotonic() + 5
        while not guard._open:
            assert time.monotonic() < until
        (held,) = guard._open
        assert isinstance(held, GuardedProtocol)
        while held.server_state.total_requests < asked:
            assert time.monotonic() < until
            time.sleep(0.001)
        if unsent(held):
            # So little that the transport does not call the connection full.
            assert not held.flow.write_paused
            return
    raise AssertionError("all was sent")


@pytest.mark.alone
@pytest.mark.parametrize("keep_alive", [1, 15], ids=["closing", "open"])
def test_net_1_a_reader_that_leaves_little_unread_is_closed_as_well(keep_alive: int) -> None:
    guard = Guard(deadlines=FAST)
    with served(guard, keep_alive) as port, socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", port))
        fill(connection, guard)
        started = time.monotonic()
        while guard._open:
            assert time.monotonic() - started < 10
            time.sleep(0.01)
        assert 0.9 <= time.monotonic() - started <= 1.0 + LATE


@pytest.mark.alone
def test_net_1_an_idle_connection_is_closed_and_a_busy_one_is_not() -> None:
    request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    with served(Guard(deadlines=FAST), keep_alive=1) as port, connect(port) as connection:
        for _ in range(4):
            time.sleep(0.3)
            connection.sendall(request)
            assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        started = time.monotonic()
        while connection.recv(4096):
            pass
        assert 0.9 <= time.monotonic() - started <= 1.0 + LATE


def test_net_1_the_real_deadlines() -> None:
    limits = Deadlines()
    assert (limits.head, limits.body, limits.answer) == (10, 60, 60)
    assert (limits.slow_after, limits.slowest_body) == (5, 500)
    assert limits.sweep <= 1
    assert listen.configuration(echo, guarded(Guard())).timeout_keep_alive == 15


@pytest.mark.alone
def test_net_2_the_newest_connection_over_the_limit_is_refused_at_once() -> None:
    with served(Guard(connections=3)) as port:
        held = [connect(port) for _ in range(3)]
        time.sleep(0.1)
        with connect(port) as refused:
            assert seconds_until_closed(refused) < 0.5
        held.pop().close()
        time.sleep(0.1)
        with connect(port) as taken:
            taken.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert taken.recv(4096).startswith(b"HTTP/1.1 200")
        for connection in held:
            connection.close()


@pytest.mark.alone
@pytest.mark.parametrize(("trusted", "refused"), [("", True), ("127.0.0.0/8", False)])
def test_net_2_a_network_has_its_own_limit_unless_it_is_a_trusted_proxy(
    trusted: str, refused: bool
) -> None:
    guard = Guard(per_network=2, trusted=compiled(trusted))
    with served(guard) as port:
        held = [connect(port) for _ in range(2)]
        time.sleep(0.1)
        with connect(port) as last:
            last.settimeout(0.5)
            if refused:
                assert seconds_until_closed(last) < 0.5
            else:
                last.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                assert last.recv(4096).startswith(b"HTTP/1.1 200")
        for connection in held:
            connection.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (b"".join(b"X-%d: a\r\n" % n for n in range(99)), b"200"),
        (b"".join(b"X-%d: a\r\n" % n for n in range(100)), b"431"),
        (b"X-A: " + b"a" * 31_000 + b"\r\n", b"200"),
        (b"X-A: " + b"a" * 33_000 + b"\r\n", b"431"),
        (b"X-A: " + b"a" * 200_000 + b"\r\n", b"431"),
    ],
    ids=["100 headers", "101 headers", "31 KB", "33 KB", "200 KB"],
)
def test_in_1_a_head_over_its_limits_is_refused(headers: bytes, status: bytes) -> None:
    with served(Guard(head=HeadLimits())) as port, connect(port) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n")
        assert connection.recv(65536).split(b" ")[1] == status


@pytest.mark.parametrize(
    ("behind", "status"),
    [
        (b"".join(b"X-%d: a\r\n" % n for n in range(100)), b"200"),
        (b"".join(b"X-%d: a\r\n" % n for n in range(101)), b"431"),
        (b"X-A: " + b"a" * 31_000 + b"\r\n", b"200"),
        (b"X-A: " + b"a" * 33_000 + b"\r\n", b"431"),
    ],
    ids=["100 fields", "101 fields", "31 KB", "33 KB"],
)
def test_in_1_fields_behind_a_body_have_the_limits_of_a_head(behind: bytes, status: bytes) -> None:
    with served(Guard(head=HeadLimits())) as port, connect(port) as connection:
        connection.sendall(CHUNKED + b"2\r\nab\r\n0\r\n" + behind + b"\r\n")
        assert connection.recv(65536).split(b" ")[1] == status


@pytest.mark.parametrize(
    ("before", "endless"),
    [(b"0\r\nX-A: ", b"a"), (b"0\r\n", b"X-A: b\r\n"), (b"1;a=", b"a")],
    ids=["value of a field", "fields", "extension of a chunk"],
)
def test_in_2_what_stands_behind_a_body_or_between_its_chunks_ends(
    before: bytes, endless: bytes
) -> None:
    with served(Guard(head=HeadLimits())) as port, connect(port) as connection:
        connection.sendall(CHUNKED + before)
        sent = 0
        while sent < 64 * 1024 * 1024:
            try:
                connection.sendall(endless * 4096)
            except ConnectionError:
                break
            sent += len(endless) * 4096
    assert sent < 8 * 1024 * 1024


def test_a_long_request_may_stand_behind_a_chunked_one() -> None:
    long = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b"a" * 100_000
    with served(Guard(head=HeadLimits())) as port, connect(port) as connection:
        connection.sendall(CHUNKED + b"2\r\nab\r\n")
        time.sleep(0.05)
        connection.sendall(b"0\r\n\r\n" + long)
        received = b""
        while received.count(b"HTTP/1.1 200") < 2 and (part := connection.recv(65536)):
            received += part
    assert received.count(b"HTTP/1.1 200") == 2
