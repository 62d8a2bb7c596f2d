"""The `coursewire` command: lists the command files."""

import typer

from coursewire.cli import (
    apply,
    export,
    functions,
    init,
    role,
    serve,
    service,
    settings,
    switches,
    token,
    user,
)
from coursewire.cli.failures import Program

app = typer.Typer(
    name="coursewire",
    cls=Program,
    help="Moodle's web-service layer: a server, its tokens and its checks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

COMMANDS = (init, serve, apply, export, switches, settings, token, service, role, user, functions)

for command in COMMANDS:
    command.register(app)


def main() -> None:
    """Run the command."""
    app()
