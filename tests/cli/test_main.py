"""The command as a whole: what it imports, what it documents, what every command takes."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.text import Text

from coursewire import __version__
from coursewire.cli import common
from coursewire.cli.apply import CHANGES
from coursewire.cli.doctor import EXIT
from coursewire.cli.failures import REFUSED, UNUSABLE
from coursewire.cli.main import COMMANDS, program
from tests.cli.conftest import Command

ROOT = Path(__file__).resolve().parents[2]
# Nothing of a site is needed to check a folder of files.
WITHOUT_SITE = {
    "compare",
    "record",
    "verify",
    "connection add",
    "connection list",
    "connection test",
    "connection remove",
    "preset list",
    "preset show",
    "preset guide",
    "plugin install",
}
LISTS = {
    "token list",
    "token check",
    "service list",
    "service show",
    "role list",
    "role show",
    "user list",
    "user show",
    "settings get",
    "functions",
    "doctor",
    "backup",
    "verify",
    "restore",
}
IMPORTED = """
import sys
sys.argv = ["coursewire", *sys.argv[1:]]
from coursewire.cli.main import main
try:
    main()
except SystemExit:
    pass
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def commands() -> dict[str, Any]:
    """Every command by its full name."""
    return dict(_below("", typer.main.get_command(program())))


def _below(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    for name, inner in command.commands.items():
        full = f"{path} {name}".strip()
        if getattr(inner, "commands", None):
            yield from _below(full, inner)
        else:
            yield full, inner


def options(command: Any) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts}


def test_every_file_of_a_command_is_listed() -> None:
    folder = ROOT / "src/coursewire/cli"
    registering = {
        path.stem
        for path in folder.glob("*.py")
        if "\ndef register(cli: typer.Typer)" in path.read_text()
    }
    assert registering == set(COMMANDS.values())
    assert {name.split()[0] for name in commands()} == set(COMMANDS)


def test_a_program_that_is_made_again_has_no_command_twice() -> None:
    def registered(group: typer.Typer) -> int:
        below = [each.typer_instance for each in group.registered_groups]
        return len(group.registered_commands) + sum(registered(each) for each in below if each)

    assert registered(program()) == registered(program())


def test_every_command_takes_the_place_of_a_site() -> None:
    for name, command in commands().items():
        if name not in WITHOUT_SITE:
            assert {"--data", "--database"} <= options(command), name


def test_a_paragraph_of_help_breaks_where_the_terminal_ends() -> None:
    for name, command in commands().items():
        assert not any("\n" in one for one in (command.help or "").split("\n\n")), name


def test_what_lists_can_print_json() -> None:
    having = {name for name, command in commands().items() if "--json" in options(command)}
    assert having >= LISTS


def test_no_option_or_argument_takes_a_secret() -> None:
    for name, command in commands().items():
        taken = {parameter.name for parameter in command.params}
        # The value of a setting is none: those that are secret cannot be set this way.
        taken -= {"value"} if name in ("settings set", "plugin settings set") else set()
        assert not taken & {"token", "password", "secret", "value", "key"}, name


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://me:hidden@db.example/site",
        "postgresql+psycopg://me:hid/den@db.example/site",
        "postgresql+psycopg://db.example/site?user=me&password=hidden",
        "postgresql+psycopg://db.example/site?ssl%70assword=hidden",
    ],
)
def test_ops_4_a_password_in_an_address_is_refused_on_the_command_line(
    command: Command, address: str
) -> None:
    told = command.refused("doctor", "--database", address, code=2)
    assert "--database holds a password" in told
    assert "COURSEWIRE_DATABASE" in told
    assert "hid" not in told


def test_every_command_option_and_argument_says_what_it_is() -> None:
    for name, command in commands().items():
        assert command.help, name
        for parameter in command.params:
            if parameter.name != "help":
                assert getattr(parameter, "help", None), f"{name} {parameter.name}"


def test_no_word_of_help_is_taken_for_markup(command: Command) -> None:
    for name, each in commands().items():
        for said in [each.help, *(getattr(one, "help", "") for one in each.params)]:
            assert Text.from_markup(said).plain == said.replace("\\[", "["), name
    assert "groups[0][name]=Red" in command("call", "--help").out
    assert "coursewire-data" in command("serve", "--help").out


def test_every_exit_code_is_documented() -> None:
    """docs/reference/commands.md says them from this text."""
    of_doctor_url = {0, 1, 4, 5}
    codes = {2, 130, REFUSED, UNUSABLE, CHANGES, *EXIT.values(), *of_doctor_url}
    written = (common.__doc__ or "").partition("Exit codes: ")[2]
    assert {int(entry.split()[0]) for entry in written.split("·")} == codes


def test_the_version_is_told(command: Command) -> None:
    assert command("--version").out == f"coursewire {__version__}\n"


@pytest.mark.parametrize("asked", [(), ("nonsense",), ("token",), ("token", "nonsense")])
def test_wrong_usage_ends_with_2(command: Command, asked: tuple[str, ...]) -> None:
    assert "Usage: coursewire" in command(*asked, code=2).err + command(*asked, code=2).out


def test_a_server_carries_no_library_that_it_does_not_use() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, "serve", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    imported = set(done.stdout.splitlines()[-1].split())
    assert "uvicorn" in imported
    assert not imported & {"alembic", "httpx", "jinja2", "psycopg", "starlette", "yaml"}


def test_a_server_process_of_several_carries_no_tools() -> None:
    """Such a process loads the script that was run, and the file that serves."""
    code = (
        "import sys, coursewire.cli.entry, coursewire.cli.serving;"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "uvicorn" in loaded
    # Click comes with uvicorn, and Rich with structlog, which looks whether it is there.
    assert loaded.isdisjoint({"typer", "alembic", "httpx", "jinja2", "starlette", "yaml"})


STARTS_ANOTHER = """
import subprocess, sys
from coursewire.cli import main
main.program_for = lambda _: lambda: subprocess.run([sys.executable, "-c", sys.argv[1]])
main.main()
"""


def test_a_program_that_a_command_starts_finds_no_stream_closed_either(tmp_path: Path) -> None:
    found = tmp_path / "found"
    tell = f"""
import os
open("{found}", "w").write(" ".join(os.readlink(f"/proc/self/fd/{{n}}") for n in range(3)))
"""
    closed = '"$0" -c "$1" "$2" <&- >&- 2>&-'
    subprocess.run(["/bin/sh", "-c", closed, sys.executable, STARTS_ANOTHER, tell], check=True)
    assert found.read_text() == "/dev/null /dev/null /dev/null"
