"""What a person is asked at a terminal: secrets unseen, and before anything is removed."""

import os
import pty
import subprocess
import time
from pathlib import Path

import pytest

from coursewire.cli import progress, showing
from tests.cli.conftest import Command
from tests.support.served import COMMAND

GOOD = "Correct.horse1"


def at_a_terminal(*arguments: str, typed: list[tuple[str, str]]) -> tuple[int, str]:
    """Run a command at a terminal; type each answer when its question is shown."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        [str(COMMAND), *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        env={**os.environ, "TERM": "dumb"},
    ) as process:
        os.close(slave)
        seen = ""
        for question, answer in typed:
            seen += _until(master, question)
            os.write(master, f"{answer}\n".encode())
        seen += _until(master, None)
        code = process.wait(30)
    os.close(master)
    return code, seen


def _until(master: int, question: str | None) -> str:
    """Read what is shown up to a question, or to the end."""
    seen, deadline = "", time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            piece = os.read(master, 4096).decode()
        except OSError:
            return seen
        seen += piece
        if question is not None and question in seen:
            return seen
    raise TimeoutError(seen)


@pytest.fixture
def place(command: Command) -> tuple[str, str]:
    command("init", "--data", "data")
    return "--data", "data"


def test_a_password_is_typed_twice_and_not_shown(command: Command, place: tuple[str, str]) -> None:
    names = ("--firstname", "Ann", "--lastname", "Alder", "--email", "ann@school.example")
    typed = [("New password: ", GOOD), ("Repeat for confirmation: ", GOOD)]
    code, seen = at_a_terminal("user", "create", "ann", *names, *place, typed=typed)
    assert code == 0, seen
    assert GOOD not in seen
    assert "Made the user ann" in seen
    assert command("user", "show", "ann", *place).code == 0


def test_a_token_is_typed_and_not_shown(place: tuple[str, str]) -> None:
    value = "0123456789abcdef0123456789abcdef"
    code, seen = at_a_terminal("token", "check", *place, typed=[("Token: ", value)])
    assert code == 1
    assert value not in seen
    assert "no token has this value" in seen


@pytest.mark.parametrize(("answer", "code", "left"), [("n", 1, True), ("y", 0, False)])
def test_a_person_decides_what_is_removed(
    command: Command, place: tuple[str, str], answer: str, code: int, left: bool
) -> None:
    command("service", "create", "Reports", *place)
    typed = [("Delete 'Reports' and end 0 tokens? [y/N]: ", answer)]
    found, seen = at_a_terminal("service", "delete", "Reports", *place, typed=typed)
    assert found == code, seen
    assert ("nothing was changed" in seen) == left
    names = [one["name"] for one in command("service", "list", *place, "--json").json]
    assert ("Reports" in names) == left


def test_long_work_shows_a_bar_to_a_person(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = showing.VisibleConsole(stderr=True, force_terminal=True, width=60)
    monkeypatch.setattr(progress, "err", terminal)
    with progress.shown() as tell:
        tell("copying", 1, 4)
        tell("copying", 4, 4)
    assert "copying" in capsys.readouterr().err


def test_nobody_watching_sees_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.shown() as tell:
        tell("copying", 1, 4)
    assert capsys.readouterr().err.strip() == ""


def test_what_is_wide_is_wrapped_for_a_person_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    del tmp_path
    terminal = showing.VisibleConsole(highlight=False, force_terminal=True, color_system=None)
    terminal.size = (40, 25)
    assert terminal.size.width == 40
    monkeypatch.setattr(showing, "out", terminal)
    showing.print_table(("name",), [("word " * 20,)])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 2
    assert max(map(len, lines)) <= 40
