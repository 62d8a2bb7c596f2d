"""Accounts by commands: passwords never are arguments, and never are shown."""

import os
import subprocess

import pytest

from coursewire.cli.user import commands
from coursewire.domain.hashing import STANDARD
from coursewire.store import users
from tests.cli.conftest import Command
from tests.support import making
from tests.support.served import COMMAND
from tests.support.sites import TestSite

GOOD = "Correct.horse1"
ANN = ("--firstname", "Ann", "--lastname", "Alder", "--email", "ann@school.example")


def test_a_password_comes_on_standard_input(placed: Command, site: TestSite) -> None:
    done = placed("user", "create", "ann", *ANN, stdin=f"{GOOD}\n")
    assert GOOD not in done.out + done.err
    made = users.by_username(site.session, "ann")
    assert made is not None
    assert STANDARD.check(GOOD, made.password).ok
    placed("user", "password", "ann", stdin="Another.horse1\n")
    changed = users.by_username(site.session, "ann")
    assert changed is not None
    assert STANDARD.check("Another.horse1", changed.password).ok


def test_no_command_has_an_option_for_a_password() -> None:
    taken = {
        name
        for command in commands.registered_commands
        if command.callback is not None
        for name in command.callback.__annotations__
    }
    assert taken
    assert not {name for name in taken if "password" in name} - {"no_password"}


def test_an_account_without_a_password_matches_none(placed: Command, site: TestSite) -> None:
    placed("user", "create", "ann", *ANN, "--no-password")
    made = users.by_username(site.session, "ann")
    assert made is not None
    assert not STANDARD.check("", made.password).ok
    assert not STANDARD.check(made.password, made.password).ok


def test_a_list_can_be_narrowed(placed: Command, site: TestSite) -> None:
    for name in ("ann", "annabel", "ben"):
        making.user(site, name)
    found = placed("user", "list", "--search", "ANN", "--json").json
    assert [user["username"] for user in found] == ["ann", "annabel"]
    assert "password" not in found[0]
    shown = placed("user", "list", "--limit", "2").out
    assert "2 of 5; narrow it" in shown
    assert placed("user", "list", "--search", "50%_").out == "no such users\n"


def test_an_account_is_shown_without_its_password(placed: Command, site: TestSite) -> None:
    making.user(site, "ann", firstname="An\u009bn")
    shown = placed("user", "show", "ann")
    assert r"An\u009bn Person" in shown.out
    as_json = placed("user", "show", "ann", "--json")
    assert "\u009b" not in as_json.out
    assert as_json.json["firstname"] == "An\u009bn"
    assert not {key for key in as_json.json if "password" in key or "folded" in key}
    assert placed("user", "show", "admin", "--json").json["administrator"] is True


def test_an_account_is_shut_and_opened(placed: Command, site: TestSite) -> None:
    making.user(site, "ann")
    placed("user", "suspend", "ann")
    assert "suspended" in placed("user", "show", "ann").out
    placed("user", "suspend", "ann", "--lift")
    assert "active" in placed("user", "list", "--search", "ann").out


@pytest.mark.parametrize(
    ("arguments", "stdin", "told"),
    [
        (("create", "ann", *ANN), "short\n", "at least 8 characters"),
        (("create", "admin", *ANN), f"{GOOD}\n", "'admin' is taken"),
        (("create", "Ann", *ANN), f"{GOOD}\n", "Ann"),
        (("create", "ann", *ANN, "--auth", "magic"), f"{GOOD}\n", "'magic'"),
        (("create", "ann", *ANN, "--auth", "magic"), f"{GOOD}\n", "choose from cas, db, email"),
        (("password", "admin"), "short\n", "at least 8 characters"),
        (("password", "admin"), "Sunshine-2024\n", "tried first"),
        (("password", "guest"), f"{GOOD}\n", "guest account is never changed"),
        (("show", "nobody"), "", "no user 'nobody'"),
    ],
)
def test_a_refusal_says_what_was_wrong(
    placed: Command, site: TestSite, arguments: tuple[str, ...], stdin: str, told: str
) -> None:
    assert told in placed.refused("user", *arguments, stdin=stdin)
    assert users.by_username(site.session, "ann") is None


def test_an_empty_standard_input_is_no_password(placed: Command) -> None:
    told = placed.refused("user", "create", "ann", *ANN, code=2)
    assert "standard input is empty" in told


def test_a_limit_has_an_end(placed: Command) -> None:
    assert placed("user", "list", "--limit", "9" * 23, code=2).err.startswith("Usage: ")


@pytest.mark.usefixtures("placed")
def test_names_are_shown_where_the_terminal_knows_few_letters(site: TestSite) -> None:
    making.user(site, "zoe", firstname="Zo\u00eb")
    told = subprocess.run(
        [str(COMMAND), "user", "list"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert "Zo\\xeb" in told.stdout
