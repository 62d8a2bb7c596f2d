"""Requests over a limit are refused whole, on a real socket (IN-1, IN-2)."""

import json
import select
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest

from coursewire.server.asgi import (
    ANONYMOUS_PATH,
    DOWNLOAD_PATH,
    LOGIN_PATH,
    PAGES_PATH,
    REST_PATH,
    UPLOAD_PATH,
)
from coursewire.server.guard import Guard
from coursewire.server.protocol import guarded
from coursewire.store import groups
from tests.support import making
from tests.support import served as served_command
from tests.support.listening import listening
from tests.support.served import Running, running
from tests.support.sites import TestSite
from tests.support.web import FORM, Web

MEBIBYTE = 1024 * 1024
FUNCTION = "core_group_create_groups"
# A field that changes nothing, however long its value is and however often it comes.
IDLE = "moodlewssettingraw"


class Reply(NamedTuple):
    """What came back."""

    status: int
    kind: str
    body: bytes


@dataclass
class Served:
    """A site on a socket; a request makes one group, if it is let."""

    web: Web
    port: int
    course: int
    token: str

    def control(self, format_: str) -> str:
        """The fields of the call; five of them, and the three of its group."""
        fields = {
            "wstoken": self.token,
            "wsfunction": FUNCTION,
            "moodlewsrestformat": format_,
            "groups[0][courseid]": self.course,
            "groups[0][name]": "Made",
            "groups[0][description]": "",
        }
        return urlencode(fields)

    def post(self, query: str, body: bytes, kind: str = FORM) -> Reply:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            path = f"{REST_PATH}?{query}" if query else REST_PATH
            connection.request("POST", path, body, {"Content-Type": kind})
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers["content-type"], answer.read())
        finally:
            connection.close()

    @property
    def made(self) -> int:
        """How many groups there are."""
        return len(groups.of_course(self.web.site.session, self.course))


@pytest.fixture
def served(web: Web, site: TestSite) -> Iterator[Served]:
    course = making.course(site, "c")
    with listening(web.server, http=guarded(Guard())) as port:
        yield Served(web, port, course, web.token())


def name_of(size: int) -> str:
    """A field name of this many bytes that leaves the call as it is."""
    return f"{IDLE}[{'a' * (size - len(IDLE) - 2)}]=1&{IDLE}=1"


def levels(count: int) -> str:
    return f"{IDLE}{'[a]' * count}=1&{IDLE}=1"


def long_body(served_control: str, size: int) -> str:
    """Fields of at most half a mebibyte each, of so many bytes together."""
    left = size - len(served_control)
    parts = [served_control]
    while left:
        part = min(left, MEBIBYTE // 2)
        # The last field must have room for its name.
        part -= 64 if 0 < left - part < 64 else 0
        parts.append(f"&{IDLE}=".ljust(part, "1"))
        left -= part
    return "".join(parts)


# The limit by name: its status, then query and body of a request at the limit and over it;
# `{control}` stands for the call, `=` for a field without a name.
SIX = 6
AT_AND_OVER: Mapping[str, tuple[int, tuple[str, str], tuple[str, str]]] = {
    "fields in the body": (
        400,
        ("", "{control}" + "&=" * (20_000 - SIX)),
        ("", "{control}" + "&=" * (20_001 - SIX)),
    ),
    "fields in the query": (
        400,
        ("{control}" + "&=" * (20_000 - SIX), ""),
        ("{control}" + "&=" * (20_001 - SIX), ""),
    ),
    "fields in both": (
        400,
        ("=&" * 10_000, "{control}" + "&=" * (10_000 - SIX)),
        ("=&" * 10_000, "{control}" + "&=" * (10_001 - SIX)),
    ),
    "nesting in the body": (
        400,
        ("", levels(32) + "&{control}"),
        ("", levels(33) + "&{control}"),
    ),
    "nesting in the query": (
        400,
        (levels(32), "{control}"),
        (levels(33), "{control}"),
    ),
    "name in the body": (
        413,
        ("", name_of(512) + "&{control}"),
        ("", name_of(513) + "&{control}"),
    ),
    "name in the query": (
        413,
        (name_of(512), "{control}"),
        (name_of(513), "{control}"),
    ),
    "value": (
        413,
        ("", f"{IDLE}={'1' * MEBIBYTE}&{{control}}"),
        ("", f"{IDLE}={'1' * (MEBIBYTE + 1)}&{{control}}"),
    ),
    "value with escapes": (
        413,
        ("", f"{IDLE}={'%31' * MEBIBYTE}&{{control}}"),
        ("", f"{IDLE}={'%31' * (MEBIBYTE + 1)}&{{control}}"),
    ),
    "body": (413, ("", "{body 8388608}"), ("", "{body 8388609}")),
    "target": (
        413,
        ("{target 65535}", "{control}"),
        ("{target 65536}&moodlewsrestformat={format}", "{control}"),
    ),
    "target that is far too long": (
        413,
        ("{target 65535}", "{control}"),
        ("{target 90000}&moodlewsrestformat={format}", "{control}"),
    ),
}


def filled(served: Served, template: str, format_: str) -> str:
    control = served.control(format_)
    if template.startswith("{body "):
        return long_body(control, int(template[6:-1]))
    if template.startswith("{target "):
        size, _, rest = template.removeprefix("{target ").partition("}")
        rest = rest.replace("{format}", format_)
        return f"{IDLE}=".ljust(int(size) - len(REST_PATH) - 1 - len(rest), "1") + rest
    return template.replace("{control}", control)


def refused(reply: Reply, status: int, format_: str) -> None:
    """Assert that a reply is the document of a limit, in the format that was asked for."""
    assert reply.status == status
    assert format_ in reply.kind
    if format_ == "json":
        document = json.loads(reply.body)
        assert list(document) == ["exception", "errorcode", "message"]
        assert document["errorcode"] == "limitexceeded"
    else:
        root = ElementTree.fromstring(reply.body)  # noqa: S314 - ours
        assert root.tag == "EXCEPTION"
        assert root.findtext("ERRORCODE") == "limitexceeded"


@pytest.mark.parametrize("format_", ["json", "xml"])
@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("name", AT_AND_OVER)
def test_in_1_a_request_at_a_limit_is_taken_and_one_over_it_is_not(
    served: Served, name: str, format_: str
) -> None:
    status, at, over = AT_AND_OVER[name]
    query, body = (filled(served, part, format_) for part in over)
    refused(served.post(query, body.encode()), status, format_)
    assert served.made == 0
    query, body = (filled(served, part, format_) for part in at)
    assert served.post(query, body.encode()).status == 200
    assert served.made == 1


def parts(fields: list[tuple[str, str]]) -> bytes:
    lines = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields
    ]
    return "".join([*lines, "--b--\r\n"]).encode()


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_in_1_parts_of_a_multipart_body_are_counted(served: Served) -> None:
    call = [
        ("wstoken", served.token),
        ("wsfunction", FUNCTION),
        ("moodlewsrestformat", "json"),
        ("groups[0][courseid]", str(served.course)),
        ("groups[0][name]", "Made"),
        ("groups[0][description]", ""),
    ]
    for count, status in ((1001, 400), (1000, 200)):
        body = parts([*call, *[(IDLE, "1")] * (count - len(call))])
        reply = served.post("moodlewsrestformat=json", body, "multipart/form-data; boundary=b")
        assert reply.status == status
        assert served.made == (status == 200)


@pytest.mark.parametrize("format_", ["json", "xml"])
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_in_1_items_of_a_call_are_counted(served: Served, format_: str) -> None:
    members = "".join(f"&members[{n}][groupid]=1&members[{n}][userid]=1" for n in range(5001))
    control = served.control(format_).partition("&groups")[0]
    call = control.replace(FUNCTION, "core_group_add_group_members")
    refused(served.post("", (call + members).encode()), 400, format_)
    fewer = members.rpartition("&members[5000][groupid]")[0]
    reply = served.post("", (call + fewer).encode())
    assert reply.status == 200
    assert b"limitexceeded" not in reply.body


def peak(process: subprocess.Popen[bytes]) -> int:
    """The most memory that a process has held so far, in bytes."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server in a process of its own."""
    folder = tmp_path_factory.mktemp("limits")
    place = ("--data", str(folder / "data"))
    served_command.run("init", *place)
    served_command.run("webservices", "on", *place)
    served_command.run("protocol", "rest", "on", *place)
    with running(place, folder / "serve.log") as found:
        yield found


@pytest.mark.alone
@pytest.mark.parametrize("sending", ["nothing", "length", "chunks"])
@pytest.mark.parametrize(
    "path", [REST_PATH, LOGIN_PATH, ANONYMOUS_PATH, PAGES_PATH, UPLOAD_PATH, DOWNLOAD_PATH]
)
def test_in_2_a_body_of_a_gibibyte_is_refused_while_it_comes(
    alone: Running, path: str, sending: str
) -> None:
    before = peak(alone.process)
    framing = "Transfer-Encoding: chunked" if sending == "chunks" else f"Content-Length: {2**30}"
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {FORM}\r\n{framing}\r\n\r\n"
    part = b"moodlewsrestformat=json&a=" + b"1" * 65_510
    part = b"%x\r\n%b\r\n" % (len(part), part) if sending == "chunks" else part
    sent = 0
    crossed = time.monotonic()
    with socket.create_connection(("127.0.0.1", alone.port), timeout=10) as connection:
        connection.sendall(head.encode())
        while sending != "nothing" and not select.select([connection], [], [], 0)[0]:
            connection.sendall(part)
            sent += len(part)
            if sending == "chunks" and sent <= 8 * MEBIBYTE:
                crossed = time.monotonic()
        answer = connection.recv(65_536)
        while b"limitexceeded" not in answer and (more := connection.recv(65_536)):
            answer += more
        assert time.monotonic() - crossed < 1
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"errorcode":"limitexceeded"' in answer or sending == "nothing"
    assert sent < 24 * MEBIBYTE
    assert peak(alone.process) - before <= 12 * MEBIBYTE
