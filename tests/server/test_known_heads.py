"""A head that came before on a connection is not read again, and nobody can tell (NET-5)."""

import asyncio
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from uvicorn.server import ServerState

from coursewire.server import at_once, known_heads
from coursewire.server.guard import Deadlines, Guard
from coursewire.server.protocol import GuardedProtocol, guarded
from coursewire.server.types import App, Headers, Receive, Scope, Send
from tests.support.listening import listening

LINE = b"POST /a?b=c HTTP/1.1"
HOST = b"host: here.example"
PLAIN: Headers = [(b"content-type", b"text/plain")]


def told(scope: Scope, body: bytes) -> bytes:
    """What an application is told of a request."""
    names = ("method", "path", "raw_path", "query_string", "http_version", "headers", "client")
    return repr([*(scope[name] for name in names), body]).encode()


class Teller(at_once.Prompt):
    """Tells what it was told: at once, or in a task where the path says so."""

    def __init__(self, *, is_prompt: bool = True) -> None:
        self.heads = 0
        self.tasks = 0
        self._is_prompt = is_prompt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell in a task."""
        self.tasks += 1
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": PLAIN})
        await send({"type": "http.response.body", "body": told(scope, body)})

    def prepare(self, scope: Scope) -> at_once.Prepared | None:
        """Count heads."""
        self.heads += 1
        return partial(self._answer, scope) if self._is_prompt else None

    def _answer(self, scope: Scope, body: bytes, way: at_once.AtOnce) -> App | None:
        if scope["path"] == "/task":
            return self
        if scope["path"] == "/fails" and body == b"no":
            raise ValueError(body)
        return None if way(200, at_once.lines(PLAIN), told(scope, body)) else self


@contextmanager
def telling(
    teller: Teller, guard: Guard | None = None, keep_alive: int = 15
) -> Generator[socket.socket]:
    protocol = guarded(guard or Guard())
    with (
        listening(teller, http=protocol, timeout_keep_alive=keep_alive) as port,
        socket.create_connection(("127.0.0.1", port), timeout=10) as connection,
    ):
        yield connection


def request(length: int, *headers: bytes, line: bytes = LINE) -> bytes:
    """The head of a request."""
    return b"\r\n".join((line, HOST, b"content-length: %d" % length, *headers, b"", b""))


def ask(connection: socket.socket, data: bytes) -> bytes:
    connection.sendall(data)
    received = b""
    while not received.endswith(b"0\r\n\r\n"):
        part = connection.recv(65536)
        if not part:
            break
        received += part
    return received


def test_a_head_is_read_once_and_every_body_is_its_own() -> None:
    teller = Teller()
    with telling(teller) as connection:
        answers = [
            ask(connection, request(2) + body) for body in (b"ab", b"cd", b"\r\n", b"\xff\n")
        ]
        assert (teller.heads, teller.tasks) == (1, 0)
    for answer, body in zip(answers, (b"ab", b"cd", b"\r\n", b"\xff\n"), strict=True):
        assert repr(body).encode() in answer


def test_heads_of_other_bytes_are_read() -> None:
    teller = Teller()
    others = (
        request(3),
        request(2, b"x-a: b"),
        request(2, line=b"PUT /a?b=c HTTP/1.1"),
        request(2, line=b"POST /a?b=d HTTP/1.1"),
    )
    with telling(teller) as connection:
        for _ in range(3):
            for head in (request(2), *others):
                length = 3 if head is others[0] else 2
                answer = ask(connection, head + b"abc"[:length])
                assert repr(b"abc"[:length]).encode() in answer
        assert teller.heads == 5


def test_what_is_not_answered_at_once_gets_a_task_like_any_other() -> None:
    teller = Teller()
    head = request(2, line=b"POST /task HTTP/1.1")
    with telling(teller) as connection:
        first, second, third = (ask(connection, head + body) for body in (b"ab", b"ab", b"cd"))
        assert _shown(first) == _shown(second) == _shown(third).replace(b"cd", b"ab")
        assert (teller.heads, teller.tasks) == (1, 3)


def test_an_error_is_answered_like_one_in_a_task() -> None:
    with telling(Teller()) as connection:
        ask(connection, request(2, line=b"POST /fails?no HTTP/1.1") + b"ab")
        connection.sendall(request(2, line=b"POST /fails?no HTTP/1.1") + b"no")
        assert connection.recv(65536).startswith(b"HTTP/1.1 500 Internal Server Error\r\n")


def test_requests_that_come_in_pieces_or_together_are_read() -> None:
    teller = Teller()
    with telling(teller) as connection:
        ask(connection, request(2) + b"ab")
        connection.sendall(request(2) + b"a")
        time.sleep(0.05)
        assert repr(b"ax").encode() in ask(connection, b"x")
        connection.sendall(request(2) + b"ab" + request(2) + b"cd")
        received = b""
        while received.count(b"\r\n0\r\n\r\n") < 2:
            received += connection.recv(65536)
        assert received.index(repr(b"ab").encode()) < received.index(repr(b"cd").encode())
        # What is read puts nothing between the requests that are known.
        assert repr(b"ef").encode() in ask(connection, request(2) + b"ef")
        assert teller.heads == 4


def test_a_known_head_while_another_request_runs_waits_for_its_turn() -> None:
    teller = Teller()
    with telling(teller) as connection:
        ask(connection, request(2) + b"ab")
        connection.sendall(request(2, line=b"POST /task HTTP/1.1") + b"cd")
        connection.sendall(request(2) + b"ef")
        received = b""
        while received.count(b"\r\n0\r\n\r\n") < 2:
            received += connection.recv(65536)
        assert received.index(repr(b"cd").encode()) < received.index(repr(b"ef").encode())


@pytest.mark.parametrize(
    "head",
    [
        b"\r\n" + request(2),
        request(2, b"connection: close"),
        request(2, b"expect: 100-continue"),
        request(2, b"x-long: " + b"x" * known_heads.LONGEST),
        request(2).replace(b" HTTP/1.1", b" HTTP/1.0"),
        request(2).replace(b" HTTP/1.1", b"\xc3\xa9 HTTP/1.1"),
        request(2, *(b"x-%d: y" % number for number in range(known_heads.MOST_HEADERS))),
    ],
    ids=["blank line", "close", "continue", "long", "http 1.0", "beyond ascii", "many headers"],
)
def test_net_5_a_head_that_is_special_is_read_every_time(head: bytes) -> None:
    teller = Teller()
    with telling(teller) as connection:
        ask(connection, head + b"ab")
        read, tasks = teller.heads, teller.tasks
        if b"close" not in head and b"1.0" not in head:
            ask(connection, head + b"ab")
            assert teller.heads + teller.tasks > read + tasks


def test_a_connection_knows_so_many_heads() -> None:
    known = known_heads.KnownHeads()
    scope = {"method": "POST", "headers": [tuple(HOST.split(b": ")), (b"content-length", b"2")]}
    heads = [request(2, line=b"POST /%d HTTP/1.1" % number) for number in range(known_heads.MOST)]
    for head in heads:
        known.learn(head, scope, lambda _body, _way: None)
    assert all(known.find(head + b"ab") for head in heads)
    known.learn(request(2), scope, lambda _body, _way: None)
    assert known.find(request(2) + b"ab")
    assert not any(known.find(head + b"ab") for head in heads)


@pytest.mark.alone
def test_net_1_an_empty_line_between_requests_leaves_no_deadline() -> None:
    guard = Guard(deadlines=Deadlines(head=0.5, sweep=0.05))
    with telling(Teller(), guard, keep_alive=1) as connection:
        ask(connection, request(2) + b"ab")
        connection.sendall(b"\r\n")
        time.sleep(0.1)
        ask(connection, request(2) + b"ab")
        time.sleep(0.7)
        assert ask(connection, request(2) + b"ab").startswith(b"HTTP/1.1 200 ")
        started = time.monotonic()
        assert connection.recv(100) == b""
        assert 0.9 <= time.monotonic() - started <= 1.6


@pytest.mark.alone
def test_net_1_an_idle_connection_is_closed_although_its_heads_are_known() -> None:
    guard = Guard(deadlines=Deadlines(sweep=0.05))
    with telling(Teller(), guard, keep_alive=1) as connection:
        for _ in range(4):
            time.sleep(0.4)
            assert ask(connection, request(2) + b"ab")
        started = time.monotonic()
        assert connection.recv(100) == b""
        assert 0.9 <= time.monotonic() - started <= 1.6


LINES = st.sampled_from(
    [
        *(
            b"x: y",
            b"x:y",
            b"X: y ",
            b" folded",
            b"\tfolded",
            b"content-length: 2",
            b"",
            b"x: \xff",
        ),
        *(b"connection: close", b"connection: upgrade", b"upgrade: h2c", b"host: other"),
        *(b"transfer-encoding: chunked", b"expect: 100-continue", b"content-length:"),
    ]
)
ENDS = st.sampled_from([b"\r\n"] * 9 + [b"\n", b"\r"])
FIRST = st.sampled_from(
    [LINE] * 4 + [b"POST /task HTTP/1.1", b"GET / HTTP/1.0", b"CONNECT a:80 HTTP/1.1"]
)


@st.composite
def odd_requests(draw: st.DrawFn) -> list[bytes]:
    """What a connection brings: some requests, again and again, as they come or cut anywhere.

    Their heads are odd at times: line ends of all kinds, folded lines, empty lines in front.
    """
    heads: list[bytes] = []
    for _ in range(draw(st.integers(1, 2))):
        lines = [draw(FIRST), HOST, b"content-length: 6", *draw(st.lists(LINES, max_size=2)), b""]
        heads.append(b"".join(line + draw(ENDS) for line in lines))
    blank = st.sampled_from([b""] * 6 + [b"\r\n"])
    body = st.sampled_from([b"abcdef", b"\r\n\r\nab", b"2\r\nab\r\n0\r\n\r\n", b"abcde"])
    number = draw(st.integers(2, 5))
    some = [draw(blank) + draw(st.sampled_from(heads)) + draw(body) for _ in range(number)]
    parts = [draw(blank), *some, request(0)]
    if draw(st.booleans()):
        return [part for part in parts if part]
    sent = b"".join(parts)
    ends = [0, *sorted(draw(st.sets(st.integers(1, len(sent) - 1), max_size=4))), len(sent)]
    return [sent[start:end] for start, end in pairwise(ends)]


class Wire(asyncio.Transport):
    """A connection whose other end is a list: what each request was answered with."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[bytes] = []
        self._closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.heard.append(bytes(data))

    def close(self) -> None:
        self._closed = True

    def abort(self) -> None:
        self._closed = True

    def is_closing(self) -> bool:
        return self._closed

    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...


class Reading(GuardedProtocol):
    """Reads every head."""

    guard = Guard()

    def _is_known(self, data: bytes) -> bool:  # noqa: ARG002
        return False


async def _heard(
    protocol: type[GuardedProtocol], parts: list[bytes], teller: Teller | None = None
) -> list[bytes]:
    """Return what a connection hears, part by part, as long as it is open."""
    app = teller or Teller()
    config = uvicorn.Config(
        app, http=protocol, ws="none", lifespan="off", log_config=None, proxy_headers=False
    )
    config.load()
    connection, wire = protocol(config, ServerState(), {}), Wire()
    connection.connection_made(wire)
    for data in parts:
        wire.heard.append(b"now ")
        connection.data_received(data)
        for _ in range(20):
            await asyncio.sleep(0)
    wire.heard.append(b"closed" if wire.is_closing() else b"open")
    connection.connection_lost(None)
    return wire.heard


@settings(deadline=None, max_examples=300)
@given(parts=odd_requests())
def test_net_5_known_heads_change_no_answer(parts: list[bytes]) -> None:
    knowing = asyncio.run(_heard(guarded(Guard()), parts))
    assert knowing == asyncio.run(_heard(Reading, parts))


def test_the_connection_of_that_test_knows_heads() -> None:
    for protocol, heads in ((guarded(Guard()), 1), (Reading, 3)):
        teller = Teller()
        heard = asyncio.run(_heard(protocol, [request(2) + b"ab"] * 3, teller))
        assert (teller.heads, teller.tasks) == (heads, 0)
        assert b"".join(heard).count(b"200 OK") == 3


def test_net_5_the_rest_of_a_line_is_no_head() -> None:
    begun = request(2) + b"ab" + b"POST /a?b="
    rest = b"POST HTTP/1.1\r\n" + request(2).partition(b"\r\n")[2]
    heard = asyncio.run(_heard(guarded(Guard()), [begun, rest + b"cd", rest + b"ef"]))
    assert heard[-1] == b"closed"
    assert repr(b"ef").encode() not in b"".join(heard)


def test_an_error_behind_an_answer_closes_and_answers_nothing_more() -> None:
    class Failing(Teller):
        def _answer(self, scope: Scope, body: bytes, way: at_once.AtOnce) -> App | None:
            super()._answer(scope, body, way)
            if body == b"no":
                raise OSError
            return None

    parts = [request(2) + b"ab", request(2) + b"no", request(2) + b"ab"]
    heard = asyncio.run(_heard(guarded(Guard()), parts, Failing()))
    assert b"".join(heard).count(b"HTTP/1.1 ") == 2
    assert heard[-1] == b"closed"


def test_requests_share_nothing_that_an_application_could_change() -> None:
    class Changing(Teller):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            assert scope["state"] == {}
            assert len(scope["headers"]) == 2
            scope["state"]["seen"] = True
            scope["headers"].append((b"x", b"y"))
            scope["asgi"]["version"] = "none"
            scope["path"] = "/another"
            await super().__call__(scope, receive, send)

    head = request(2, line=b"POST /task HTTP/1.1")
    heard = asyncio.run(_heard(guarded(Guard()), [head + b"ab"] * 3, Changing()))
    assert b"".join(heard).count(b"200 OK") == 3


def _shown(answer: bytes) -> bytes:
    """An answer without its date."""
    return b"\r\n".join(line for line in answer.split(b"\r\n") if not line.startswith(b"date: "))
