"""What `up` makes of a site and prints, without serving it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from coursewire import app, settings
from coursewire.app import Opened
from coursewire.cli import up, up_tokens
from coursewire.cli.common import Failure
from coursewire.sitefile import reading
from tests.cli.conftest import Command
from tests.support.sites import TestSite

KEY = "control-key"


@contextmanager
def found() -> Iterator[Opened]:
    """The site that the environment names."""
    with app.open_site(settings.load()) as opened:
        yield opened


def prepared(capsys: pytest.CaptureFixture[str], file: reading.ReadFile | None = None) -> str:
    capsys.readouterr()
    with found() as opened:
        up.prepare(opened, file, KEY)
    return capsys.readouterr().out


def live(command: Command) -> list[tuple[str, str]]:
    return [(one["name"], one["service"]) for one in command("token", "list", "--json").json]


def test_an_empty_site_gets_the_demo_and_tokens_of_its_own(
    placed: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = prepared(capsys)
    assert "Coursewire demo (just made" in printed
    assert printed.count("curl http://") == 2
    assert live(placed) == [(up_tokens.NAME, "Health check"), (up_tokens.NAME, "Cyclr")]
    values = placed("settings", "get", "--json").json
    assert values["enablewebservices"] is True
    again = prepared(capsys)
    assert "as it was left" in again
    assert len(live(placed)) == 2
    assert [one["state"] for one in placed("token", "list", "--all", "--json").json] == [
        "revoked",
        "revoked",
        "live",
        "live",
    ]


def test_a_site_in_use_gets_only_the_health_check(
    placed: Command, site: TestSite, capsys: pytest.CaptureFixture[str]
) -> None:
    placed("service", "create", "Mine")
    with pytest.raises(Failure, match="web services are off"):
        prepared(capsys)
    placed("webservices", "on")
    placed("protocol", "rest", "on")
    printed = prepared(capsys)
    assert site.load().fullname in printed
    assert printed.count("curl http://") == 1
    assert live(placed) == [(up_tokens.NAME, "Health check")]
    placed("service", "delete", "health_check", "--yes")
    prepared(capsys)
    assert live(placed) == [(up_tokens.NAME, "Health check")]


def test_a_site_file_is_applied_to_a_site_in_use_as_well(
    placed: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    prepared(capsys)
    content = b"categories:\n- {idnumber: LAW, name: Law}\n"
    printed = prepared(capsys, reading.read("more.yaml", content))
    assert "as it was left" in printed
    assert "Law" in placed("call", "core_course_get_categories").out


def test_tokens_of_a_site_file_are_shown_once(
    placed: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    content = b"""
users: [{username: bot, firstname: B, lastname: Ot, email: b@school.example}]
services: [{shortname: s, name: S, enabled: true, authorised_users: [{user: bot}]}]
tokens: [{name: t, user: bot, service: s}, {name: u, user: bot, service: s, value: "%s"}]
""" % (b"0" * 31 + b"1")
    capsys.readouterr()
    with found() as opened:
        up.prepare(opened, reading.read("own.yaml", content), KEY)
    shown = capsys.readouterr()
    assert "Tokens of the site file, shown this once:" in shown.out
    (line,) = [line for line in shown.out.splitlines() if "t of bot for s" in line]
    assert len(line.split()[-1]) == 32
    assert "u of bot" not in shown.out
    assert "stands in a file" in shown.err
    del placed


def test_a_token_that_cannot_be_made_is_a_warning(
    placed: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    prepared(capsys)
    placed("user", "suspend", "svc-cyclr")
    with found() as opened:
        up.prepare(opened, None, KEY)
    shown = capsys.readouterr()
    assert "no token for Cyclr: svc-cyclr is suspended" in shown.err
    assert shown.out.count("curl http://") == 1


def test_lines_name_the_place_of_the_site(
    command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command("init", "--data", "my site")
    monkeypatch.setenv("COURSEWIRE_DATA", "my site")
    monkeypatch.setattr("sys.argv", ["./bin/coursewire"])
    printed = prepared(capsys)
    assert "in my site)" in printed
    assert "bin/coursewire service list --data 'my site'\n" in printed
    assert Path("my site/keys.json").exists()
