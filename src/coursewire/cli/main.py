"""The `coursewire` command: which file holds which command; only what is used is imported."""

import inspect
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Annotated

import typer

from coursewire import __version__
from coursewire.cli import variables
from coursewire.cli.failures import Program

# Commands in the order of the help, each with its file, which offers `register(cli)`. Only the
# file of the command that is run is imported: a server must not carry Alembic, YAML or HTTPX.
COMMANDS: Mapping[str, str] = {
    "up": "up",
    "init": "init",
    "serve": "serve",
    "apply": "apply",
    "export": "export",
    "import": "importing",
    "webservices": "switches",
    "protocol": "switches",
    "token": "token",
    "service": "service",
    "role": "role",
    "user": "user",
    "console": "console",
    "keys": "keys",
    "audit": "audit",
    "settings": "settings",
    "plugin": "plugin",
    "functions": "functions",
    "contracts": "functions",
    "connection": "connection",
    "call": "call",
    "preset": "preset",
    "openapi": "openapi",
    "compare": "compare",
    "record": "compare",
    "backup": "backup",
    "verify": "backup",
    "restore": "backup",
    "migrate": "migrate",
    "doctor": "doctor",
}


def program(commands: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the command with these subcommands, by default with all of them."""
    cli = typer.Typer(
        name="coursewire",
        cls=Program,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    cli.callback()(_coursewire)
    for file in dict.fromkeys(COMMANDS[name] for name in commands):
        import_module(f"coursewire.cli.{file}").register(cli)
    _let_help_flow(cli)
    return cli


def _let_help_flow(cli: typer.Typer) -> None:
    """Join the lines of each paragraph of help.

    Typer does so with the first one only; the others would break where a source file does, which
    is ragged on a narrower terminal.
    """
    for command in cli.registered_commands:
        text = command.help or inspect.getdoc(command.callback) or ""
        command.help = "\n\n".join(" ".join(one.split()) for one in text.split("\n\n"))
    for group in cli.registered_groups:
        if group.typer_instance is not None:
            _let_help_flow(group.typer_instance)


def program_for(arguments: Sequence[str]) -> typer.Typer:
    """Return the command with what these arguments need of it."""
    asked = next(iter(arguments), "")
    return program([asked] if asked in COMMANDS else COMMANDS)


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"coursewire {__version__}")
        raise typer.Exit


VersionOption = Annotated[
    bool,
    typer.Option(
        "--version", callback=_say_version, is_eager=True, help="Show the version and exit."
    ),
]


def _coursewire(_version: VersionOption = False) -> None:
    """Moodle's web-service layer: a server, its tokens and its checks."""
    variables.warn_of_unknown(os.environ)


def _open_closed() -> None:
    """Open what the command began without: the next file, a database, would be taken for it.

    Nobody can write to the output, so that a command whose result is lost says so.
    """
    for number, flags in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            # It gets the lowest number that is free, which is this one.
            os.open(os.devnull, flags)
            # Nor does a server process of several begin without it.
            os.set_inheritable(number, True)
    sys.stdin = sys.stdin or os.fdopen(0)
    # Nothing is held back, which the interpreter would try once more at its end.
    sys.stdout = sys.stdout or TextIOWrapper(os.fdopen(1, "wb", 0), write_through=True)
    sys.stderr = sys.stderr or os.fdopen(2, "w")


def main() -> None:
    """Run the command; what it writes is for its owner alone (OPS-2)."""
    os.umask(0o077)
    _open_closed()
    # A terminal that knows only some letters gets the others written out, not a trace.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    program_for(sys.argv[1:])()
