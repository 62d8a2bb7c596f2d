"""Answers in one write are, byte for byte, those that uvicorn writes in two.

Those of an application that is asked as soon as a request is in are the same again.
"""

import gc
import re
import socket
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from coursewire.server import at_once
from coursewire.server.guard import Deadlines, Guard
from coursewire.server.protocol import guarded
from coursewire.server.types import App, Headers, Receive, Scope, Send
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


class Counting(at_once.Prompt):
    """Answers `/once` as soon as it is in, and counts how it was asked."""

    def __init__(self) -> None:
        self.heads = 0
        self.tasks = 0
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request in a task."""
        self.tasks += 1
        await app(scope, receive, send)

    def prepare(self, scope: Scope) -> at_once.Prepared | None:
        """Take all paths but one."""
        self.heads += 1
        return None if scope["path"] == "/plain" else partial(self._answer, scope)

    def _answer(self, scope: Scope, body: bytes, way: at_once.AtOnce) -> App | None:
        """Answer with the query, fail, or leave the request to a task."""
        if scope["path"] == "/fails":
            msg = "this one fails"
            raise RuntimeError(msg)
        if scope["path"] == "/later":
            return self
        self.bodies.append(body)
        return None if way(200, at_once.lines(HEADERS), scope["query_string"]) else self

    @property
    def prompt(self) -> int:
        """How many were answered without a task."""
        return len(self.bodies)


@contextmanager
def counting() -> Generator[tuple[Counting, int]]:
    application = Counting()
    with listening(application, http=guarded(Guard())) as found:
        yield application, found


@pytest.mark.parametrize("path", [b"/once?x", b"/later?x"])
@pytest.mark.parametrize("header", [b"x-a: b", b"connection: close"])
def test_an_answer_without_a_task_has_the_same_bytes(port: int, path: bytes, header: bytes) -> None:
    with counting() as (application, prompt):
        assert exchanged(prompt, request(path, header)) == exchanged(
            port, request(b"/plain?x", header)
        )
        assert application.prompt == (path == b"/once?x" and header == b"x-a: b")
        assert application.prompt + application.tasks == 1


def test_requests_that_come_together_take_turns_with_others() -> None:
    with counting() as (application, port):
        paths = [b"/once?1", b"/once?2", b"/plain?3", b"/later?4", b"/once?5"]
        received = exchanged(port, *map(request, paths))
        assert re.findall(rb"\r\n1\r\n(\d)\r\n", received) == [b"1", b"2", b"3", b"4", b"5"]
        assert (application.prompt, application.tasks) == (1, 4)


def test_a_body_that_comes_in_pieces_is_waited_for() -> None:
    with (
        counting() as (application, port),
        socket.create_connection(("127.0.0.1", port), timeout=10) as connection,
    ):
        for turn in range(2):
            for piece in (request(b"/once?x")[:-2], b"a", b"b"):
                assert (application.prompt, application.tasks) == (turn, 0)
                connection.sendall(piece)
                time.sleep(0.02)
            received = connection.recv(65536)
            assert received.endswith(b"\r\n1\r\nx\r\n0\r\n\r\n")
        assert (application.prompt, application.tasks) == (2, 0)


def test_a_client_that_goes_before_its_body_is_in_is_forgotten() -> None:
    with counting() as (application, port):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(request(b"/once?x")[:-1])
        assert b"200 OK" in exchanged(port, request(b"/once?x"))
        assert (application.prompt, application.tasks) == (1, 0)


def test_net_1_the_start_of_a_next_head_has_its_deadline() -> None:
    guard = Guard(deadlines=Deadlines(head=0.3, sweep=0.05))
    application = Counting()
    with (
        listening(application, http=guarded(guard), timeout_keep_alive=30) as port,
        socket.create_connection(("127.0.0.1", port), timeout=10) as connection,
    ):
        connection.sendall(request(b"/once?x") + b"G")
        received = b"".join(iter(lambda: connection.recv(65536), b""))
        assert received.count(b"200 OK") == application.prompt == 1


def test_one_that_waits_to_be_asked_for_its_body_is_asked() -> None:
    with (
        counting() as (application, port),
        socket.create_connection(("127.0.0.1", port), timeout=10) as connection,
    ):
        connection.sendall(request(b"/once?x", b"expect: 100-continue")[:-2])
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"ab")
        assert b"200 OK" in connection.recv(65536)
        assert (application.prompt, application.tasks) == (0, 1)


def test_an_error_without_a_task_is_answered_like_one_in_a_task() -> None:
    with (
        counting() as (_, port),
        socket.create_connection(("127.0.0.1", port), timeout=10) as connection,
    ):
        connection.sendall(request(b"/fails"))
        assert connection.recv(65536).startswith(b"HTTP/1.1 500 Internal Server Error\r\n")


@pytest.mark.parametrize("path", [b"/once?x", b"/later?x", b"/plain?x"])
def test_a_request_leaves_nothing_for_the_collector(path: bytes) -> None:
    with counting() as (_, port):
        gc.collect()
        gc.disable()
        try:
            for _ in range(5):
                exchanged(port, request(path))
            left = [each for each in gc.get_objects() if type(each).__name__ == "Way"]
        finally:
            gc.enable()
        # The last connection may still hold its last request.
        assert len(left) <= 1


def test_a_client_that_goes_early_leaves_nothing_for_the_collector() -> None:
    with counting() as (_, port):
        gc.collect()
        gc.disable()
        try:
            for _ in range(5):
                with socket.create_connection(("127.0.0.1", port)) as connection:
                    connection.sendall(request(b"/once?x")[:-1])
                    time.sleep(0.05)
            time.sleep(0.1)
            left = [each for each in gc.get_objects() if type(each).__name__ == "Way"]
        finally:
            gc.enable()
        assert len(left) <= 1
