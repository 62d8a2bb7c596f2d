"""What is counted, and where it can be read: never on the public listener."""

from http.client import HTTPConnection
from pathlib import Path

import pytest

from coursewire.audit.calls import CallLog
from coursewire.contracts.registry import is_published
from coursewire.server.metrics import Metrics
from tests.support import served
from tests.support.served import NotServed, free_port, run
from tests.support.web import Web

SITE_INFO = "core_webservice_get_site_info"


def get(port: int, path: str, method: str = "GET") -> tuple[int, str, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return (
            answer.status,
            answer.headers.get("x-content-type-options", ""),
            answer.read().decode(),
        )
    finally:
        connection.close()


def counted(page: str, name: str) -> float:
    """The value of the line that begins like this."""
    (line,) = [line for line in page.splitlines() if line.startswith(name)]
    return float(line.rpartition(" ")[2])


def test_calls_are_counted_by_function_and_outcome(web: Web) -> None:
    token = web.token()
    for _ in range(3):
        web.call(SITE_INFO, token)
    web.call(SITE_INFO, "0" * 32)
    page = web.server.recorder.metrics_page().decode()
    name = 'coursewire_calls_total{function="core_webservice_get_site_info",outcome='
    assert counted(page, f'{name}"ok"') == 3
    assert counted(page, f'{name}"invalidtoken"') == 1
    assert counted(page, "coursewire_call_seconds_count") == 4


def test_a_stranger_makes_no_labels(web: Web) -> None:
    for number in range(50):
        web.call(f"invented_{number}", "0" * 32)
    page = web.server.recorder.metrics_page().decode()
    assert "invented" not in page
    assert counted(page, 'coursewire_calls_total{function="unknown"') == 50


def test_neither_people_nor_tokens_are_labels(web: Web) -> None:
    token = web.token()
    answer = web.call(SITE_INFO, token).json
    page = web.server.recorder.metrics_page().decode()
    assert token not in page
    assert answer["username"] not in page


def test_calls_that_the_log_lost_are_counted() -> None:
    calls = CallLog(capacity=1)
    metrics = Metrics(is_published, lost=lambda: calls.lost)
    assert counted(metrics.page().decode(), "coursewire_call_log_lost_total") == 0
    calls.lost += 7
    assert counted(metrics.page().decode(), "coursewire_call_log_lost_total") == 7


def test_metrics_have_a_listener_of_their_own(tmp_path: Path) -> None:
    place = ("--data", str(tmp_path / "data"))
    run("init", *place)
    port = free_port()
    environ = {"COURSEWIRE_METRICS_PORT": str(port)}
    with served.running(place, tmp_path / "serve.log", environ=environ) as server:
        status, nosniff, page = get(port, "/metrics")
        assert (status, nosniff) == (200, "nosniff")
        assert "coursewire_call_log_lost_total 0.0" in page
        assert get(port, "/metrics", "DELETE")[0] == 405
        assert get(port, "/webservice/rest/server.php")[0] == 404
        assert get(server.port, "/metrics")[0] == 404
    assert server.process.returncode == 0


def test_without_a_port_there_is_no_listener(tmp_path: Path) -> None:
    place = ("--data", str(tmp_path / "data"))
    run("init", *place)
    with served.running(place, tmp_path / "serve.log") as server:
        sockets = Path(f"/proc/{server.process.pid}/net/tcp").read_text()
        links = [str(link.readlink()) for link in Path(f"/proc/{server.process.pid}/fd").iterdir()]
        listening = [
            line.split()
            for line in sockets.splitlines()[1:]
            if line.split()[3] == "0A" and f"socket:[{line.split()[9]}]" in links
        ]
        assert len(listening) == 1


def test_a_port_that_is_taken_is_told_in_one_sentence(tmp_path: Path) -> None:
    place = ("--data", str(tmp_path / "data"))
    run("init", *place)
    port = free_port()
    environ = {"COURSEWIRE_METRICS_PORT": str(port)}
    with served.running(place, tmp_path / "serve.log", environ=environ):
        other = ("--data", str(tmp_path / "other"))
        run("init", *other)
        with pytest.raises(NotServed) as told:
            run("serve", *other, "--port", "0", environ=environ)
    text = str(told.value)
    assert "exit status 1" in text
    assert f"cannot listen on 127.0.0.1:{port}" in text
    assert "COURSEWIRE_METRICS_PORT" in text
    assert "Traceback" not in text
