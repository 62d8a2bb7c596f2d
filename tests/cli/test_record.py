"""`coursewire record`: calls of a client written down, and played again on two sites."""

import json
import signal
import socket
import struct
import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest
import yaml

from coursewire.client import connections
from coursewire.testkit.calls import Wanted
from coursewire.testkit.faults import Fault
from coursewire.testkit.running import RunningSite
from tests.cli.conftest import Command
from tests.client.hostile import Hostile, answer
from tests.support.served import COMMAND

REST = "/webservice/rest/server.php"


@pytest.fixture(scope="module")
def two() -> Iterator[tuple[RunningSite, RunningSite]]:
    sites = RunningSite("a"), RunningSite("b")
    yield sites
    for site in sites:
        site.close()


@contextmanager
def recording(*arguments: str) -> Generator[tuple[str, "subprocess.Popen[str]"]]:
    """The command as a person runs it; gives the address that it prints."""
    command = [str(COMMAND), "record", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            told = process.stderr.readline()
            assert told.startswith("Point the client at http://127.0.0.1:"), told
            yield told.split()[4].rstrip(";"), process
        finally:
            if process.poll() is None:
                process.kill()


def call(base: str, token: str, function: str, **fields: str) -> object:
    form = {"wstoken": token, "wsfunction": function, "moodlewsrestformat": "json", **fields}
    with urlopen(f"{base}{REST}", urlencode(form).encode(), 30) as answer:  # noqa: S310 - loopback
        return json.load(answer)


def test_what_a_client_did_is_played_again_on_two_sites(
    two: tuple[RunningSite, RunningSite],
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    states = [site.state(None) for site in two]
    file = tmp_path / "scenario.yaml"
    with recording("--site", two[0].url, "--out", str(file)) as (base, process):
        course = {
            "courses[0][fullname]": "New",
            "courses[0][shortname]": "new",
            "courses[0][categoryid]": "1",
        }
        made = call(base, states[0].token, "core_course_create_courses", **course)
        assert isinstance(made, list)
        call(base, states[0].token, "core_group_get_course_groups", courseid=str(made[0]["id"]))
        with pytest.raises(HTTPError, match="404"):
            urlopen(f"{base}/login/token.php", timeout=30)  # noqa: S310 - loopback
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stderr is not None
        assert "holds 2 calls." in process.stderr.read()
    written = file.read_text()
    assert states[0].token not in written
    first, second = yaml.safe_load(written)["calls"]
    assert first["params"]["courses"][0]["shortname"] == "new${run}"
    assert second["params"]["courseid"] == "${" + next(iter(first["save"])) + "}"

    # The new course has another id on the second site, and neither has a course `new` twice.
    two[1].kit.apply(b"courses: [{shortname: OTHER, fullname: Other}]")
    for letter, state in zip("AB", states, strict=True):
        monkeypatch.setenv(f"COURSEWIRE_TOKEN_{letter}", state.token)
    sites = [part for site in two for part in ("--site", site.url)]
    assert "2 calls on each site, 0 differences" in command("compare", *sites, str(file)).out


def test_calls_that_are_not_written_down_are_answered_and_told(
    two: tuple[RunningSite, RunningSite], tmp_path: Path
) -> None:
    token = two[0].state(None).token
    file = tmp_path / "scenario.yaml"
    with recording("--site", two[0].url, "--out", str(file)) as (base, process):
        asked = {"wstoken": token, "wsfunction": "core_webservice_get_site_info"}
        with urlopen(f"{base}{REST}", urlencode(asked).encode(), 30) as answer:  # noqa: S310 - loopback
            assert b"<RESPONSE>" in answer.read()
        ids = {f"options[ids][{number}]": "1" for number in range(30_000)}
        with pytest.raises(HTTPError, match="400") as refused:
            call(base, token, "core_course_get_courses", **ids)
        assert json.load(refused.value)["errorcode"] == "limitexceeded"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stderr is not None
        told = process.stderr.read()
    assert "holds 0 calls." in told
    assert "2 calls left out: only calls answered in JSON" in told
    assert "Traceback" not in told


def test_dur_11_a_call_sent_again_under_its_key_runs_once_behind_it(
    two: tuple[RunningSite, RunningSite], tmp_path: Path
) -> None:
    token = two[0].state(None).token
    fields = {
        "wstoken": token,
        "wsfunction": "core_cohort_create_cohorts",
        "moodlewsrestformat": "json",
        "cohorts[0][categorytype][type]": "system",
        "cohorts[0][categorytype][value]": "",
        "cohorts[0][name]": "Choir",
        "cohorts[0][idnumber]": "",
    }
    with recording("--site", two[0].url, "--out", str(tmp_path / "x.yaml")) as (base, _):
        sent = Request(  # noqa: S310 - loopback
            f"{base}{REST}", urlencode(fields).encode(), {"Idempotency-Key": "one"}
        )
        answers: list[bytes] = []
        for _again in range(2):
            with urlopen(sent, timeout=30) as answer:  # noqa: S310 - loopback
                answers.append(answer.read())
    assert b"Choir" in answers[0]
    assert answers[0] == answers[1]
    assert (tmp_path / "x.yaml").read_text().count("core_cohort_create_cohorts") == 1


def test_a_client_that_hangs_up_leaves_no_trace(
    two: tuple[RunningSite, RunningSite], tmp_path: Path
) -> None:
    token = two[0].state(None).token
    two[0].kit.faults.add(Fault(kind="latency", seconds=0.3))
    with recording("--site", two[0].url, "--out", str(tmp_path / "x.yaml")) as (base, process):
        place = urlsplit(base)
        with socket.create_connection((place.hostname, place.port)) as client:
            # Closed so, the connection is reset, and not only shut.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            query = f"wstoken={token}&wsfunction=core_course_get_courses&moodlewsrestformat=json"
            client.sendall(f"GET {REST}?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            two[0].kit.calls.wait(Wanted(), 1, 0.1)
        assert two[0].kit.calls.wait(Wanted(), 1, 10)
        call(base, token, "core_webservice_get_site_info")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stderr is not None
        told = process.stderr.read()
    assert "Traceback" not in told
    assert "holds 2 calls." in told


def test_a_connection_names_the_site(
    two: tuple[RunningSite, RunningSite],
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(connections.VARIABLE, str(tmp_path / "connections.json"))
    token = two[0].state(None).token
    command("connection", "add", "school", two[0].url, stdin=token)
    with recording("--site", "school", "--out", str(tmp_path / "x.yaml")) as (base, _):
        call(base, token, "core_webservice_get_site_info")
    assert "core_webservice_get_site_info" in (tmp_path / "x.yaml").read_text()


def test_an_answer_that_cannot_be_read_is_still_the_clients(tmp_path: Path) -> None:
    nested, site = b"[" * 100_000, Hostile()
    site.plays(answer(nested))
    try:
        with (
            recording("--site", site.address, "--out", str(tmp_path / "x.yaml")) as (base, _),
            urlopen(f"{base}{REST}", b"wsfunction=f", 30) as found,  # noqa: S310 - loopback
        ):
            assert found.read() == nested
    finally:
        site.close()


def test_an_existing_file_is_not_written_over(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text("calls: []\n")
    told = command.refused("record", "--site", "moodle.example.org", "--out", str(file))
    assert "exists already" in told
    assert "--force" in told
    assert file.read_text() == "calls: []\n"


def test_a_site_that_does_not_answer_is_told_to_the_client(tmp_path: Path) -> None:
    with (
        recording("--site", "http://127.0.0.1:9", "--out", str(tmp_path / "x.yaml")) as (base, _),
        pytest.raises(HTTPError, match="502: the site did not answer"),
    ):
        call(base, "x", "core_webservice_get_site_info")
    assert yaml.safe_load((tmp_path / "x.yaml").read_text()) == {"calls": []}


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (f"GET {REST}?a=\x01b HTTP/1.1", 400),
        ("GET http://[ HTTP/1.1", 404),
        (f"POST {REST} HTTP/1.1\r\nContent-Length: \N{SUPERSCRIPT TWO}", 413),
    ],
)
def test_an_odd_request_is_refused_without_a_trace(tmp_path: Path, head: str, status: int) -> None:
    asked = ("--site", "http://127.0.0.1:9", "--out", str(tmp_path / "x.yaml"))
    with recording(*asked) as (base, process):
        place = urlsplit(base)
        with socket.create_connection((place.hostname, place.port)) as client:
            client.sendall(f"{head}\r\nHost: x\r\n\r\n".encode("latin-1"))
            assert client.recv(4096).startswith(f"HTTP/1.1 {status} ".encode())
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


def test_a_folder_is_no_file_to_record_into(command: Command) -> None:
    Path("place").mkdir()
    for name in ("place", ""):
        told = command.refused("record", "--site", "moodle.example.org", "--out", name, "--force")
        assert "is a folder" in told


def test_a_client_is_answered_while_the_file_cannot_be_written(
    two: tuple[RunningSite, RunningSite], tmp_path: Path
) -> None:
    """The site has carried the call out; what was written before stays, and all comes later."""
    token = two[0].state(None).token
    folder, away = tmp_path / "recorded", tmp_path / "away"
    folder.mkdir()
    file = folder / "x.yaml"
    with recording("--site", two[0].url, "--out", str(file)) as (base, process):
        call(base, token, "core_webservice_get_site_info")
        folder.rename(away)
        call(base, token, "core_course_get_courses")
        assert len(yaml.safe_load((away / "x.yaml").read_text())["calls"]) == 1
        away.rename(folder)
        call(base, token, "core_course_get_categories")
        assert len(yaml.safe_load(file.read_text())["calls"]) == 3
        folder.rename(away)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 1
        assert process.stderr is not None
        told = process.stderr.read()
    assert "x.yaml: cannot be written: No such file or directory; the next call tries" in told
    assert "error: " in told
    assert "Traceback" not in told


def test_a_port_that_is_taken_leaves_no_file(command: Command, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        asked = ("record", "--site", "http://127.0.0.1:9", "--out", "s.yaml", "--port", port)
        told = command.refused(*asked)
    assert f"cannot listen on 127.0.0.1:{port}" in told
    assert not (tmp_path / "s.yaml").exists()


@pytest.mark.parametrize("port", ["70000", "-1"])
def test_a_port_that_cannot_be_is_told(command: Command, tmp_path: Path, port: str) -> None:
    asked = ("record", "--site", "http://127.0.0.1:9", "--out", "s.yaml", "--port", port)
    assert "--port" in command(*asked, code=2).err
    assert not (tmp_path / "s.yaml").exists()
