"""Making a site, its settings and its switches, by commands."""

from pathlib import Path

import pytest

from coursewire.domain.known_settings import SETTINGS
from tests.cli.conftest import Command


def test_a_new_site_is_closed_and_says_what_comes_next(command: Command) -> None:
    said = command("init", "--data", "data", "--fullname", "My school").out
    assert "Web services are off" in said
    assert "coursewire serve --data data" in said
    values = command("settings", "get", "--data", "data", "--json").json
    assert (values["enablewebservices"], values["webserviceprotocols"]) == (False, [])
    assert Path("data").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in Path("data").iterdir()} == {0o600}


def test_a_site_is_never_made_over_another(command: Command) -> None:
    command("init", "--data", "data")
    before = Path("data/keys.json").read_bytes()
    assert "there is a site in data already" in command.refused("init", "--data", "data")
    assert Path("data/keys.json").read_bytes() == before


def test_an_address_that_no_answer_can_hold_is_refused(placed: Command) -> None:
    told = placed.refused("settings", "set", "mobilecssurl", "javascript:x")
    assert "does not fit mobilecssurl" in told
    assert "or nothing" in told


class BrokenOff(Exception):
    """The machine went down."""


def broken_off(command: Command, step: str) -> None:
    """Make a site up to a step: its keys are there then, and its rows are not."""

    def fail(*_: object) -> None:
        raise BrokenOff

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(step, fail)
        with pytest.raises(BrokenOff):
            command("init", "--data", "data")


FILE = "coursewire.app.Database.create"
TABLES = "coursewire.app.migrate"
ROWS = "coursewire.domain.fresh_site.create"
SERVICES = "coursewire.domain.builtin_services.ensure"


@pytest.mark.parametrize("step", [FILE, TABLES, ROWS, SERVICES])
def test_ops_1_a_making_that_was_broken_off_is_finished(command: Command, step: str) -> None:
    broken_off(command, step)
    keys = Path("data/keys.json").read_bytes()
    assert "Made an empty site" in command("init", "--data", "data").out
    assert Path("data/keys.json").read_bytes() == keys
    assert "admin" in command("user", "list", "--data", "data").out
    assert "moodle_mobile_app" in command("service", "list", "--data", "data").out
    assert "there is a site in data already" in command.refused("init", "--data", "data")


@pytest.mark.parametrize("step", [ROWS, SERVICES])
@pytest.mark.parametrize("start", ["serve", "up"])
def test_a_site_whose_making_was_broken_off_is_not_served(
    command: Command, start: str, step: str
) -> None:
    broken_off(command, step)
    told = command.refused(start, "--data", "data", "--port", "0", code=3)
    assert "the database holds no site; set it up with `coursewire init`" in told


@pytest.mark.parametrize("name", ["\udcff", "x" * 1334])
def test_a_name_that_no_site_can_have_is_refused_before_anything_is_made(
    command: Command, name: str
) -> None:
    assert "fullname" in command.refused("init", "--data", "data", "--fullname", name)
    assert not Path("data").exists()


def test_settings_are_read_and_changed(placed: Command) -> None:
    shown = placed("settings", "get").out
    assert all(name in shown for name in SETTINGS)
    placed("settings", "set", "tokenduration", "3600")
    assert placed("settings", "get", "tokenduration", "--json").json == {"tokenduration": 3600}
    placed("settings", "set", "showuseridentity", "email,idnumber")
    assert "email,idnumber" in placed("settings", "get", "showuseridentity").out


@pytest.mark.parametrize(
    ("name", "value", "code", "told"),
    [
        ("tokenduratio", "1", 1, "tokenduratio"),
        ("tokenduration", "soon", 1, "soon"),
        ("enablewebservices", "true", 2, "has a command of its own"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(
    placed: Command, name: str, value: str, code: int, told: str
) -> None:
    assert told in placed.refused("settings", "set", name, value, code=code)


def test_doors_are_opened_and_shut(placed: Command) -> None:
    assert placed("webservices", "on").out == "Web services are on.\n"
    assert placed("protocol", "rest", "on").out == "The protocol rest is on.\n"
    values = placed("settings", "get", "--json").json
    assert (values["enablewebservices"], values["webserviceprotocols"]) == (True, ["rest"])
    placed("webservices", "off")
    placed("protocol", "rest", "off")
    values = placed("settings", "get", "--json").json
    assert (values["enablewebservices"], values["webserviceprotocols"]) == (False, [])
