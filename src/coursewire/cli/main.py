"""The `coursewire` command: lists the command files."""

import typer

from coursewire.cli import init, serve, settings, switches
from coursewire.cli.failures import Program

app = typer.Typer(
    name="coursewire",
    cls=Program,
    help="Moodle's web-service layer: a server, its tokens and its checks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

COMMANDS = (init, serve, switches, settings)

for command in COMMANDS:
    command.register(app)


def main() -> None:
    """Run the command."""
    app()
