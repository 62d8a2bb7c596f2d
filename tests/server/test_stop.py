"""A stop under load: what runs is finished, and what was acknowledged is there (NET-6)."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from sqlalchemy import text

from coursewire.server.asgi import REST_PATH
from coursewire.store.database import Database
from tests.server.test_call_time import NEVER_ENDING
from tests.support import postgres as private
from tests.support import served
from tests.support.served import COMMAND, Running, ready, run, running
from tests.support.sizes import size
from tests.support.web import FORM

SITE = Path(__file__).parents[1] / "clients" / "site.yaml"
TOKEN = "0123456789abcdef0123456789abcdef"
COURSE = "2"
RESTARTS = size(3, 10)
CLIENTS = 4
BATCH = 5
GRACE = 2
# `coursewire`, which gives running calls less time at its end.
HURRIED = (
    sys.executable,
    "-c",
    "from coursewire.cli import entry\nfrom coursewire.server import listen\n"
    f"listen.STOP_WITHIN = {GRACE}\nentry.main()",
)
STOPPED_IN = 5


class Place(NamedTuple):
    """How the command finds the site."""

    options: tuple[str, ...]
    environ: dict[str, str]
    folder: Path


def ask(port: int, function: str, **fields: str) -> Any:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.connect()
    control = {"wstoken": TOKEN, "wsfunction": function, "moodlewsrestformat": "json"}
    try:
        form = urlencode({**control, **fields})
        connection.request("POST", REST_PATH, form, {"Content-Type": FORM})
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


@dataclass
class Client:
    """Makes groups, one call after another, until the server is gone."""

    port: int
    name: str
    acknowledged: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)
    strange: list[Any] = field(default_factory=list)

    def run(self) -> None:
        number = 0
        while True:
            number += 1
            names = {f"{self.name}/{number}/{item}" for item in range(BATCH)}
            try:
                self._make(names)
            except ConnectionRefusedError:
                return
            except (OSError, HTTPException):
                self.unanswered |= names

    def _make(self, names: set[str]) -> None:
        fields: dict[str, str] = {}
        for item, name in enumerate(sorted(names)):
            group = {"courseid": COURSE, "name": name, "description": ""}
            fields |= {f"groups[{item}][{key}]": value for key, value in group.items()}
        answer = ask(self.port, "core_group_create_groups", **fields)
        if isinstance(answer, list) and {made["name"] for made in answer} == names:
            self.acknowledged |= names
        else:
            self.strange.append(answer)


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as stack:
        environ: dict[str, str] = {}
        if request.param == "postgres":
            cluster: private.Cluster = request.getfixturevalue("postgres")
            environ["COURSEWIRE_DATABASE"] = stack.enter_context(cluster.fresh())
        options = ("--data", str(tmp_path / "data"))
        run("apply", str(SITE), *options, "--yes", environ=environ)
        yield Place(options, environ, tmp_path)


def stop_under_load(server: Running, name: str) -> list[Client]:
    """Let clients write, ask the server to stop, and wait until it is gone."""
    clients = [Client(server.port, f"{name}.{number}") for number in range(CLIENTS)]
    threads = [threading.Thread(target=client.run) for client in clients]
    for thread in threads:
        thread.start()
    while not all(client.acknowledged for client in clients):
        time.sleep(0.01)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(30) == 0
    assert not ready(server.port)
    for thread in threads:
        thread.join(60)
    return clients


@pytest.mark.slow
def test_net_6_no_acknowledged_write_is_lost_and_none_is_half_done(place: Place) -> None:
    clients: list[Client] = []
    for number in range(RESTARTS):
        log = place.folder / f"serve-{number}.log"
        with running(place.options, log, environ=place.environ) as server:
            clients += stop_under_load(server, str(number))
        assert "Traceback" not in log.read_text()
    with running(place.options, place.folder / "last.log", environ=place.environ) as server:
        listed = ask(server.port, "core_group_get_course_groups", courseid=COURSE)
    present = {group["name"] for group in listed}
    acknowledged = {name for client in clients for name in client.acknowledged}
    unanswered = {name for client in clients for name in client.unanswered}
    assert [client.strange for client in clients if client.strange] == []
    assert len(acknowledged) >= RESTARTS * CLIENTS * BATCH
    assert acknowledged <= present
    # Whatever took effect was answered, so nothing else is there either.
    assert present & unanswered == set()
    assert present == acknowledged


@pytest.mark.slow
def test_net_6_a_running_call_finishes_and_nobody_new_comes_in(place: Place) -> None:
    """A body that is still coming in holds its call open while the server is asked to stop."""
    form = urlencode(
        {
            "wstoken": TOKEN,
            "wsfunction": "core_group_create_groups",
            "moodlewsrestformat": "json",
            "groups[0][courseid]": COURSE,
            "groups[0][name]": "Late",
            "groups[0][description]": "",
        }
    ).encode()
    log = place.folder / "serve.log"
    with running(place.options, log, environ=place.environ) as server:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.putrequest("POST", REST_PATH)
        connection.putheader("Content-Type", FORM)
        connection.putheader("Content-Length", str(len(form)))
        connection.endheaders(form[:10])
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        while ready(server.port):
            time.sleep(0.01)
        assert server.process.poll() is None
        connection.send(form[10:])
        (made,) = json.loads(connection.getresponse().read())
        connection.close()
        assert server.process.wait(30) == 0
    assert made["name"] == "Late"


@pytest.mark.slow
def test_a_server_that_leaves_takes_calls_until_a_balancer_has_seen_it(place: Place) -> None:
    environ = {**place.environ, "COURSEWIRE_LEAVE_FOR": "2"}
    with running(place.options, place.folder / "serve.log", environ=environ) as server:
        server.process.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        while ready(server.port):
            time.sleep(0.01)
        assert ask(server.port, "core_webservice_get_site_info")["userid"]
        time.sleep(1)
        assert ask(server.port, "core_webservice_get_site_info")["userid"]
        assert server.process.wait(30) == 0
        assert 2 <= time.monotonic() - asked < 10


@pytest.mark.slow
def test_net_6_a_hangup_stops_no_server_that_has_no_terminal(place: Place) -> None:
    log = place.folder / "access.log"
    environ = {**place.environ, "COURSEWIRE_ACCESS_LOG": str(log)}
    with running(place.options, place.folder / "serve.log", environ=environ) as server:
        ask(server.port, "core_webservice_get_site_info")
        while not log.stat().st_size:
            time.sleep(0.05)
        log.rename(place.folder / "access.log.old")
        server.process.send_signal(signal.SIGHUP)
        ask(server.port, "core_webservice_get_site_info")
        while not log.exists():
            time.sleep(0.05)
    assert server.process.returncode == 0
    # Each of the two calls has its line, in one file or the other.
    lines = [log.read_text(), (place.folder / "access.log.old").read_text()]
    assert [text.count("\n") for text in lines] == [1, 1]


@pytest.mark.slow
def test_net_6_a_terminal_that_closes_stops_the_server_that_was_started_in_it(
    place: Place,
) -> None:
    workers = ("--workers", "2") if place.environ else ()
    ours, terminal = os.openpty()
    log = place.folder / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(COMMAND), "serve", *place.options, "--port", "0", *workers],
            env={**os.environ, **place.environ},
            stdin=terminal,
            stderr=output,
            start_new_session=True,
        )
    try:
        while b"Coursewire serves" not in log.read_bytes():
            assert process.poll() is None
            time.sleep(0.05)
        # As the kernel does it: to all that was started there.
        os.killpg(process.pid, signal.SIGHUP)
        assert process.wait(30) == 0
    finally:
        served.stop(process)
        os.close(ours)
        os.close(terminal)
    assert "Traceback" not in log.read_text()


@pytest.mark.alone
@pytest.mark.slow
def test_net_6_a_second_signal_does_not_wait(place: Place) -> None:
    log = place.folder / "serve.log"
    with running(place.options, log, environ=place.environ) as server:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.putrequest("POST", REST_PATH)
        connection.putheader("Content-Length", "1000")
        connection.endheaders(b"a")
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        started = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(30)
        assert time.monotonic() - started < 4
        connection.close()
    told = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    # On PostgreSQL also that the cluster of the tests runs without fsync.
    assert [line for line in told if line["event"] != "database"] == [
        {**told[-1], "event": "stopped at once", "cut_off": 1, "level": "warning"}
    ]
    assert "exception" not in told[-1]


def database(place: Place) -> Database:
    file = Path(place.options[1]) / "site.sqlite3"
    return Database(place.environ.get("COURSEWIRE_DATABASE", f"sqlite:///{file}"))


def never_end(place: Place) -> None:
    """Let no group be stored within the time of a test."""
    opened = database(place)
    with opened.session() as session, session.transaction():
        for statement in NEVER_ENDING[opened.engine_name]:
            session.execute(text(statement))
    opened.close()


def groups(place: Place) -> int:
    opened = database(place)
    with opened.session() as session:
        stored = int(session.scalar(text("SELECT count(*) FROM groups")))
    opened.close()
    return stored


def begin_a_call(port: int) -> HTTPConnection:
    """Send a call that writes, and wait until it is at work."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    form = {
        "wstoken": TOKEN,
        "wsfunction": "core_group_create_groups",
        "moodlewsrestformat": "json",
        "groups[0][courseid]": COURSE,
        "groups[0][name]": "Unheard of",
        "groups[0][description]": "",
    }
    connection.request("POST", REST_PATH, urlencode(form), {"Content-Type": FORM})
    time.sleep(1)
    return connection


def told_to_come_back(connection: HTTPConnection) -> None:
    answer = connection.getresponse()
    body = answer.read()
    assert (answer.status, json.loads(body)["errorcode"]) == (503, "serverbusy"), body
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["coursewire-request"]
    connection.close()


@pytest.mark.alone
@pytest.mark.slow
@pytest.mark.parametrize("signals", [1, 2], ids=["deadline", "second signal"])
def test_net_6_a_call_that_does_not_end_is_undone_and_told_so(place: Place, signals: int) -> None:
    never_end(place)
    log = place.folder / "serve.log"
    with running(place.options, log, environ=place.environ, coursewire=HURRIED) as server:
        calls = [begin_a_call(server.port) for _ in range(2)]
        for _ in range(signals):
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
        started = time.monotonic()
        for call in calls:
            told_to_come_back(call)
        assert server.process.wait(30) == 0
        assert time.monotonic() - started < (GRACE if signals == 1 else 0) + STOPPED_IN
    assert groups(place) == 0
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    how = "stopped at the deadline" if signals == 1 else "stopped at once"
    assert [(line["event"], line["cut_off"]) for line in lines if "cut_off" in line] == [(how, 2)]
    assert {line["level"] for line in lines} <= {"info", "warning"}
    assert "Traceback" not in log.read_text()


@pytest.mark.alone
@pytest.mark.slow
def test_net_6_a_request_that_is_not_whole_at_the_deadline_is_told_so(place: Place) -> None:
    log = place.folder / "serve.log"
    with running(place.options, log, environ=place.environ, coursewire=HURRIED) as server:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.putrequest("POST", f"{REST_PATH}?moodlewsrestformat=json")
        connection.putheader("Content-Type", FORM)
        connection.putheader("Content-Length", "100000")
        connection.endheaders(b"a")
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        told_to_come_back(connection)
        assert server.process.wait(STOPPED_IN) == 0
