"""The control API of `up`, by plain HTTP as other languages call it."""

import os
import stat
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from coursewire.testkit import control
from coursewire.testkit.problems import KitError
from tests.support import postgres as private
from tests.support.running import Up, up
from tests.support.served import COMMAND, serving

REST = "/webservice/rest/server.php"
INFO = "core_webservice_get_site_info"


class Steered:
    """A running `up`, its key and a token for everything."""

    def __init__(self, running: Up, folder: Path, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.data = str(folder / "coursewire-data")
        self.key_file = folder / "coursewire-data" / "testkit.key"
        self.key = self.key_file.read_text().strip()
        self.url = f"http://127.0.0.1:{running.port}"
        headers = {"authorization": f"Bearer {self.key}"}
        self.http = httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=30)
        self.printed = running.printed

    def ask(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        content = {"content": body} if isinstance(body, bytes) else {"json": body}
        answer = self.http.request(method, f"/testkit/{path}", **content)
        assert answer.status_code == status, answer.text
        return answer.json()

    def audit(self, what: str) -> str:
        """Run a command on the audit record beside the server."""
        command = [str(COMMAND), "audit", what, "--data", self.data]
        environ = {**os.environ, **self.environ}
        done = subprocess.run(command, capture_output=True, text=True, env=environ, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def call(self, function: str, token: str, **fields: str) -> httpx.Response:
        form = {"wstoken": token, "wsfunction": function, "moodlewsrestformat": "json", **fields}
        return self.http.post(REST, data=form)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def started(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Steered]:
    folder = tmp_path_factory.mktemp("up")
    with ExitStack() as stack:
        environ: dict[str, str] = {}
        if request.param == "postgres":
            cluster: private.Cluster = request.getfixturevalue("postgres")
            environ["COURSEWIRE_DATABASE"] = stack.enter_context(cluster.fresh())
        running = stack.enter_context(up(folder, environ=environ))
        steered = Steered(running, folder, environ)
        yield steered
        steered.http.close()


@pytest.fixture
def steered(started: Steered) -> Steered:
    started.ask("POST", "reset", {})
    return started


def test_the_key_is_printed_and_lies_in_a_private_file(steered: Steered) -> None:
    assert steered.key in steered.printed
    assert stat.S_IMODE(steered.key_file.stat().st_mode) == 0o600


def test_aud_4_the_audit_record_of_a_state_that_came_back_is_sound(steered: Steered) -> None:
    for _ in range(2):
        steered.ask("POST", "tokens", {})
        assert "Sealed up to" in steered.audit("seal")
        steered.ask("POST", "snapshots", {"name": "sealed"})
        steered.ask("POST", "reset", {})
        steered.audit("verify")
        steered.ask("POST", "reset", {"snapshot": "sealed"})
        steered.audit("verify")
        steered.ask("POST", "reset", {})
    steered.ask("DELETE", "snapshots/sealed")


def test_without_the_key_nothing_is_done(steered: Steered) -> None:
    for headers in ({}, {"authorization": "Bearer wrong"}):
        answer = httpx.get(f"{steered.url}/testkit/calls", headers=headers, trust_env=False)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "badkey"


def test_calls_are_listed_without_secrets(steered: Steered) -> None:
    token = steered.ask("POST", "tokens", {})["token"]
    steered.call(INFO, token)
    steered.call("core_user_get_users", "wrong", **{"criteria[0][key]": "email"})
    first, second = steered.ask("GET", "calls")["calls"]
    assert (first["function"], first["outcome"], len(first["token"]) > 0) == (INFO, "ok", True)
    assert (second["outcome"], second["failed_check"]) == ("invalidtoken", "token known")
    assert second["params"] == {"criteria": [{"key": "email"}]}
    assert token not in str([first, second])
    found = steered.ask("GET", "calls?outcome=invalidtoken")["calls"]
    assert [call["number"] for call in found] == [second["number"]]


@pytest.mark.parametrize("path", [f"/{REST}", "/webservice//rest/server.php", f"{REST}/x/y"])
def test_calls_by_other_spellings_of_a_path_are_listed_and_struck(
    steered: Steered, path: str
) -> None:
    token = steered.ask("POST", "tokens", {})["token"]
    steered.ask("POST", "faults", {"kind": "status", "status": 502})
    form = {"wstoken": token, "wsfunction": INFO, "moodlewsrestformat": "json"}
    answers = [steered.http.post(f"{steered.url}{path}", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [502, 200]
    assert [call["function"] for call in steered.ask("GET", "calls")["calls"]] == [INFO, INFO]


@pytest.mark.parametrize(
    ("path", "fields", "outcome"),
    [
        ("login/token.php", {"username": "ada", "password": "wrong", "service": "x"}, None),
        ("login/token.php", {"username": "ada"}, "missingparam"),
        ("webservice/upload.php", {"token": "wrong"}, "invalidtoken"),
        ("webservice/pluginfile.php/1/a/b/c.txt", {"token": "{token}"}, "filenotfound"),
    ],
)
def test_scripts_beside_the_calls_are_listed_by_errorcode_too(
    steered: Steered, path: str, fields: dict[str, str], outcome: str | None
) -> None:
    token = steered.ask("POST", "tokens", {})["token"]
    form = {name: value.format(token=token) for name, value in fields.items()}
    answer = steered.http.post(path, data=form)
    expected = outcome or answer.json()["errorcode"]
    (call,) = steered.ask("GET", f"calls?outcome={expected}")["calls"]
    assert path.startswith(call["function"])


def test_a_batch_is_listed_by_what_failed_first(steered: Steered) -> None:
    item = {"index": 0, "methodname": "core_fetch_notifications", "args": {"contextid": 1}}
    steered.http.post("/lib/ajax/service.php", json=[item])
    (call,) = steered.ask("GET", "calls")["calls"]
    assert call["outcome"] == "functionnotimplemented"


def test_a_file_that_looks_like_a_refusal_is_none(steered: Steered) -> None:
    token = steered.ask("POST", "tokens", {})["token"]
    content = b'{"errorcode": "invalidtoken"}'
    sent = steered.http.post(
        "/webservice/upload.php", data={"token": token}, files={"f": ("log.json", content)}
    )
    (file,) = sent.json()
    place = f"{file['contextid']}/user/draft/{file['itemid']}/log.json"
    got = steered.http.get(f"/webservice/draftfile.php/{place}", params={"token": token})
    assert got.content == content
    assert [call["outcome"] for call in steered.ask("GET", "calls")["calls"]] == ["ok", "ok"]


@pytest.mark.parametrize(
    ("asked", "sent"), [("reset", {"snapshot": "mine"}), ("snapshots/mine/restore", {})]
)
def test_a_call_that_waits_does_not_come_to_the_next_state(
    steered: Steered, asked: str, sent: dict[str, str]
) -> None:
    token = steered.ask("POST", "tokens", {})["token"]
    steered.ask("POST", "snapshots", {"name": "mine"})
    steered.ask("POST", "faults", {"kind": "latency", "seconds": 0.5})
    course = {"fullname": "Late", "shortname": "LATE", "categoryid": "1"}
    fields = {f"courses[0][{name}]": value for name, value in course.items()}
    form = {"wstoken": token, "wsfunction": "core_course_create_courses", **fields}
    with pytest.raises(httpx.ReadTimeout):
        steered.http.post(REST, data=form, timeout=0.1)
    steered.ask("POST", asked, sent)
    told = steered.ask("POST", "calls/wait", {"timeout": 1}, status=408)
    assert told["error"]["code"] == "nocall"
    assert "LATE" not in steered.call("core_course_get_courses", token).text


@pytest.mark.parametrize(
    ("asked", "sent"), [("reset", {"snapshot": "x"}), ("snapshots/x/restore", {})]
)
def test_a_call_that_waits_is_not_cut_for_a_state_that_is_not_there(
    steered: Steered, asked: str, sent: dict[str, str]
) -> None:
    token = steered.ask("POST", "tokens", {})["token"]
    steered.ask("POST", "faults", {"kind": "latency", "seconds": 0.5})
    course = {"fullname": "Late", "shortname": "LATE", "categoryid": "1"}
    fields = {f"courses[0][{name}]": value for name, value in course.items()}
    form = {"wstoken": token, "wsfunction": "core_course_create_courses", **fields}
    with pytest.raises(httpx.ReadTimeout):
        steered.http.post(REST, data=form, timeout=0.1)
    told = steered.ask("POST", asked, sent, status=404)
    assert told["error"]["code"] == "nosnapshot"
    steered.ask("POST", "calls/wait", {"timeout": 5})
    assert "LATE" in steered.call("core_course_get_courses", token).text


def test_a_site_file_and_its_undoing(steered: Steered) -> None:
    token = steered.ask("POST", "tokens", {})["token"]
    steered.ask("POST", "snapshots", {"name": "mine"})
    done = steered.ask("POST", "site", b"courses: [{shortname: NEW, fullname: New}]")
    assert done["changes"] == 1
    assert done["ids"]["course"]["NEW"] > 1
    assert "NEW" in steered.call("core_course_get_courses", token).text
    steered.ask("POST", "snapshots/mine/restore")
    answer = steered.call("core_course_get_courses", token)
    assert answer.status_code == 200
    assert "NEW" not in answer.text
    steered.ask("DELETE", "snapshots/mine")
    steered.ask("POST", "snapshots/mine/restore", status=404)


def test_a_bad_site_file_names_the_line(steered: Steered) -> None:
    told = steered.ask("POST", "site", b"courses: [{shortnam: X}]", status=400)["error"]
    assert (told["code"], "shortnam" in told["message"]) == ("badsitefile", True)


def test_the_clock_moves(steered: Steered) -> None:
    token = steered.ask("POST", "tokens", {})["token"]
    now = steered.ask("GET", "clock")["now"]
    # The token ends after 90 days; long ended ones are removed once a day passes.
    moved = steered.ask("POST", "clock", {"advance": 100 * 86_400})["now"]
    assert moved >= now + 100 * 86_400
    assert steered.call(INFO, token).json()["errorcode"] == "accessexception"
    stands = steered.ask("POST", "clock", {"set": "2031-01-01T00:00:00Z", "stopped": True})
    assert stands == {"now": 1924992000, "stopped": True}
    assert steered.ask("DELETE", "clock")["stopped"] is False


@pytest.mark.parametrize(
    "moved",
    [
        {"set": 2**63 - 1},
        {"set": -(2**63)},
        {"set": 1_803_108_427_000},
        {"set": "0001-01-01T00:00:00+10:00"},
        {"set": "9999-12-31T23:59:59-10:00"},
        {"advance": 1e300},
        {"advance": -1e15},
        {"set": 1, "advance": 1e15, "stopped": True},
    ],
)
def test_a_time_that_no_calendar_has_is_refused(steered: Steered, moved: dict[str, Any]) -> None:
    before = steered.ask("GET", "clock")["now"]
    told = steered.ask("POST", "clock", moved, status=400)["error"]
    assert (told["code"], bool(told["remedy"])) == ("badtime", True)
    assert 0 <= steered.ask("GET", "clock")["now"] - before < 60


def test_the_state_that_a_reset_comes_back_to_stays(steered: Steered) -> None:
    told = steered.ask("DELETE", "snapshots/beginning", status=400)["error"]
    assert told["code"] == "badname"
    steered.ask("POST", "reset", {})


@pytest.mark.parametrize(
    "body", ["wstoken=x&wsfunction=%ff", "wstoken={token}&wsfunction={info}&a%fe[b][%fd]=%ff"]
)
def test_bytes_that_are_no_letters_are_listed_written_out(steered: Steered, body: str) -> None:
    token = steered.ask("POST", "tokens", {})["token"]
    form = {"content-type": "application/x-www-form-urlencoded"}
    steered.http.post(REST, content=body.format(token=token, info=INFO), headers=form)
    (call,) = steered.ask("GET", "calls")["calls"]
    assert "\\udcff" in f"{call['function']}{call['params']}".replace("\\\\", "\\")
    assert steered.ask("POST", "calls/wait", {"count": 1})["calls"] == [call]


def test_an_answer_that_cannot_be_written_is_a_fault() -> None:
    with pytest.raises(KitError, match="cannot be written as JSON") as told:
        control._encoded({"name": "\udcff"})
    assert (told.value.code, told.value.status) == ("unwritable", 500)


def test_waiting_for_a_call(steered: Steered) -> None:
    told = steered.ask("POST", "calls/wait", {"function": INFO, "timeout": 0.05}, status=408)
    assert "0 of 1" in told["error"]["message"]
    steered.call(INFO, "wrong")
    found = steered.ask("POST", "calls/wait", {"function": INFO, "timeout": 5})["calls"]
    assert found[0]["function"] == INFO


def test_faults_by_http(steered: Steered) -> None:
    token = steered.ask("POST", "tokens", {})["token"]
    steered.ask("POST", "faults", {"kind": "status", "status": 429, "retry_after": 3})
    answer = steered.call(INFO, token)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3")
    made = steered.ask("POST", "faults", {"kind": "error", "errorcode": "x", "exception": "y"})
    assert steered.call(INFO, token).json()["exception"] == "y"
    steered.ask("DELETE", f"faults/{made['id']}")
    steered.ask("POST", "faults", {"kind": "cut"})
    with pytest.raises(httpx.TransportError):
        steered.call(INFO, token)
    steered.ask("POST", "faults", {"kind": "cut", "after_call": True})
    with pytest.raises(httpx.TransportError):
        steered.call(INFO, token)
    steered.ask("POST", "faults", {"kind": "latency", "seconds": 0.2})
    assert steered.call(INFO, token).elapsed.total_seconds() >= 0.2
    assert steered.call(INFO, token).json()["sitename"]
    steered.ask("POST", "faults", {"kind": "none"}, status=400)


def test_wrong_paths_and_methods_are_told(steered: Steered) -> None:
    assert steered.ask("GET", "nothing", status=404)["error"]["code"] == "notfound"
    assert steered.ask("PUT", "reset", status=405)["error"]["code"] == "badmethod"
    assert steered.ask("POST", "reset", {"no": 1}, status=400)["error"]["code"] == "badbody"


@pytest.mark.slow
def test_serve_has_no_control_api(tmp_path: Path) -> None:
    with up(tmp_path):
        pass
    data = tmp_path / "coursewire-data"
    with serving(("--data", str(data)), tmp_path / "log") as base:
        key = (data / "testkit.key").read_text().strip()
        headers = {"authorization": f"Bearer {key}"}
        answer = httpx.get(f"{base}/testkit/", headers=headers, trust_env=False)
        assert answer.status_code == 404
        assert "json" not in answer.headers["content-type"]


@pytest.mark.slow
def test_a_listener_for_others_has_no_control_api(tmp_path: Path) -> None:
    with up(tmp_path, "--host", "0.0.0.0", "--insecure-http") as running:  # noqa: S104
        steered = Steered(running, tmp_path, {})
        assert steered.key not in running.printed
        told = steered.ask("GET", "", status=403)["error"]
        assert told["code"] == "notloopback"
        steered.http.close()
