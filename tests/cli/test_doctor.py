"""`coursewire doctor` as a command: its table, its exit code, and settings without secrets."""

from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.support import making
from tests.support.sites import TestSite


@pytest.fixture
def sound(command: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """A fresh site in `data`, looked at by somebody who is not root."""
    command("init", "--data", "data")
    monkeypatch.setattr("os.geteuid", lambda: Path("data").stat().st_uid)
    return command


def test_a_sound_site_is_told_to_be_so(sound: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coursewire.doctor.file_modes.ROOT", -1)
    done = sound("doctor", "--data", "data")
    assert done.out.endswith("\nNothing to change.\n")
    lines = done.out.splitlines()
    assert lines[0].split() == ["check", "found"]
    assert lines[1].split()[:2] == ["ok", "bind"]


def test_warnings_and_errors_decide_the_exit_code(
    sound: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coursewire.doctor.file_modes.ROOT", -1)
    monkeypatch.setenv("COURSEWIRE_PUBLIC_URL", "http://moodle.example")
    warned = sound("doctor", "--data", "data", code=1)
    assert "WARN" in warned.out
    assert "fix: let clients use https://" in warned.out
    assert warned.out.endswith("0 errors, 1 warning.\n")
    Path("data/keys.json").chmod(0o644)
    broken = sound("doctor", "--data", "data", code=3)
    assert "ERROR" in broken.out
    findings = sound("doctor", "--data", "data", "--json", code=3).json
    assert {it["check"] for it in findings if it["severity"] == "error"} == {
        "file modes",
        "key file",
    }


def test_no_site_is_looked_at_as_far_as_it_goes(command: Command) -> None:
    done = command("doctor", "--data", "nowhere", code=3)
    assert "there is no folder nowhere" in done.out
    assert "there is no key file" in done.out
    assert "there is no database" in done.out
    assert not Path("nowhere").exists()


def test_stored_text_cannot_steer_the_terminal(placed: Command, site: TestSite) -> None:
    made = making.service(site, "s", "core_webservice_get_site_info")
    del made
    placed("service", "create", "evil\x1b[2J", "--open")
    done = placed("doctor", code=None)
    assert "\x1b" not in done.out
    assert r"evil\u001b[2J" in done.out


def test_settings_are_shown_without_their_secrets(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "postgresql+psycopg://me:hidden@db.example/site"
    monkeypatch.setenv("COURSEWIRE_DATABASE", address)
    shown = command("doctor", "--show-config")
    as_json = command("doctor", "--show-config", "--json")
    for done in (shown, as_json):
        assert "hidden" not in done.out
        assert "postgresql+psycopg://me:***@db.example/site" in done.out
    assert as_json.json["port"] == 8080


def test_ops_4_a_password_behind_the_question_mark_is_not_shown(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "postgresql+psycopg://db.example/site?user=me&password=hidden"
    monkeypatch.setenv("COURSEWIRE_DATABASE", address)
    for done in (command("doctor", "--show-config"), command("doctor", "--show-config", "--json")):
        assert "hidden" not in done.out
        assert "user=me&password=***" in done.out
