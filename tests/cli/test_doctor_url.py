"""`coursewire doctor --url`: a token of a site that is only known by its address."""

import json
from pathlib import Path

import pytest

from coursewire.cli import asking
from coursewire.cli.doctor_url import _MARKS, _wanted
from coursewire.contracts.registry import entries
from coursewire.doctor.outside.findings import Finding
from coursewire.presets import model
from coursewire.presets.apply import Wanted, apply
from tests.cli.conftest import Command
from tests.support import making
from tests.support.listening import listening
from tests.support.served import free_port
from tests.support.web import Web

TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def cyclr(web: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    """A site with an applied preset, the token in the environment."""
    made = apply(
        web.site.call(), model.load("cyclr"), Wanted(new_user="svc"), entries().__contains__
    )
    monkeypatch.setenv(asking.TOKEN_VARIABLE, made.issued.token)
    return web


def test_a_token_that_works_is_shown_with_what_it_may_do(command: Command, cyclr: Web) -> None:
    with listening(cyclr.server) as port:
        done = command("doctor", "--url", f"127.0.0.1:{port}", "--preset", "cyclr")
    assert "The token works" in done.out
    assert "core_user_get_users" in done.out
    assert "moodle/grade:viewall" in done.out


def test_what_is_missing_is_shown_with_fix_and_link(
    command: Command, cyclr: Web, tmp_path: Path
) -> None:
    making.override(cyclr.site, "cyclr", "moodle/grade:viewall", 0)
    path = tmp_path / "functions.txt"
    path.write_text("# wanted\ngradereport_overview_get_course_grades\ncore_cohort_get_cohorts\n")
    with listening(cyclr.server) as port:
        url = f"http://127.0.0.1:{port}"
        done = command("doctor", "--url", url, "--functions", str(path), "--json", code=1)
    # The server of this test logs to the same standard output.
    report = json.loads(done.out[done.out.index("{\n") :])
    found = {row["name"]: row for row in report["findings"]}
    assert found["moodle/grade:viewall"]["state"] == "missing"
    assert found["moodle/grade:viewall"]["link"] == f"{url}/admin/roles/manage.php"
    assert found["core_cohort_get_cohorts"]["fact"] == "not in the token's service"
    assert "core_cohort_get_cohorts" in found["core_cohort_get_cohorts"]["fix"]
    assert report["exit_code"] == 1


def test_a_refused_token_ends_with_4_and_all_possible_causes(
    command: Command, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(asking.TOKEN_VARIABLE, TOKEN)
    with listening(web.server) as port:
        done = command("doctor", "--url", f"127.0.0.1:{port}", code=4)
    assert done.out.count("one of") == 4
    assert "token-ended" in done.out
    assert "/admin/webservice/tokens.php" in done.out
    assert TOKEN not in done.out


def test_a_site_that_does_not_answer_ends_with_5(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(asking.TOKEN_VARIABLE, TOKEN)
    done = command("doctor", "--url", f"127.0.0.1:{free_port()}", "--json", code=5)
    assert done.json["causes"] == ["connection-refused"]


def test_clear_text_at_an_https_address_is_no_fault_of_a_certificate(
    command: Command, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(asking.TOKEN_VARIABLE, TOKEN)
    with listening(web.server) as port:
        done = command("doctor", "--url", f"https://127.0.0.1:{port}", code=5)
    assert "no-tls" in done.out
    assert "correct the port" in done.out


def test_a_list_with_a_byte_order_mark_names_its_first_function_too(tmp_path: Path) -> None:
    path = tmp_path / "functions.txt"
    path.write_bytes(b"\xef\xbb\xbfcore_course_get_courses\r\ncore_user_get_users\r\n")
    expected = ("core_course_get_courses", "core_user_get_users")
    assert _wanted(None, path).functions == expected
    path.write_bytes(b'\xef\xbb\xbf["core_course_get_courses", "core_user_get_users"]')
    assert _wanted(None, path).functions == expected


def test_an_empty_json_list_names_no_function(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "functions.json"
    path.write_text("[]")
    told = command.refused("doctor", "--url", "x.example", "--functions", str(path), code=2)
    assert "names no function" in told


def test_without_consuming_nobody_is_asked_for_a_token(command: Command, web: Web) -> None:
    with listening(web.server) as port:
        done = command("doctor", "--url", f"127.0.0.1:{port}", "--no-consume")
    assert "was not tried" in done.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--url", "ftp://x.example"], "is not the address of a site"),
        (["--url", "https://u:p@x.example"], "holds a user"),
        (["--preset", "cyclr"], "--url"),
        (["--url", "x.example", "--preset", "cyclr", "--functions", "names.txt"], "give one"),
        (["--url", "x.example", "--functions", "names.txt"], "names no function"),
        (["--url", "x.example", "--functions", "names.json"], "no JSON list"),
        (["--url", "x.example", "--functions", "latin.txt"], "is not UTF-8"),
    ],
)
def test_wrong_usage_is_told(command: Command, arguments: list[str], told: str) -> None:
    Path("names.txt").write_text("# nothing\n")
    Path("names.json").write_text("[1]")
    Path("latin.txt").write_bytes(b"\xff")
    assert told in command.refused("doctor", *arguments, code=2)


def test_an_unknown_preset_is_told(command: Command) -> None:
    assert "there is no preset" in command.refused(
        "doctor", "--url", "x.example", "--preset", "nothing"
    )


def test_a_list_of_functions_needs_what_practice_has_shown(tmp_path: Path) -> None:
    path = tmp_path / "names.json"
    path.write_text('["core_user_get_users"]')
    found = {need.capability: need for need in _wanted(None, path).needs}
    assert found["moodle/user:viewalldetails"].reason
    assert "webservice/rest:use" in found
    assert "moodle/grade:viewall" not in found


def test_every_state_of_a_finding_has_its_mark() -> None:
    states = Finding.__annotations__["state"].__args__
    assert set(_MARKS) == set(states)
