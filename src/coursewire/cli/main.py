"""The `coursewire` command: lists the command files, and turns known errors into one sentence."""

import sys

import typer

from coursewire.app import NoSite
from coursewire.cli import init, serve, settings, switches
from coursewire.cli.common import Failure, console_error
from coursewire.contracts.errors import Refusal
from coursewire.settings import SettingsError
from coursewire.store.keys import KeyFileError
from coursewire.store.problems import UnusableDatabase

app = typer.Typer(
    name="coursewire",
    help="Moodle's web-service layer: a server, its tokens and its checks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

COMMANDS = (init, serve, switches, settings)

for command in COMMANDS:
    command.register(app)


def main() -> None:
    """Run the command; what a user can mend ends in one clear sentence, not in a trace."""
    try:
        app()
    except (SettingsError, NoSite, KeyFileError, UnusableDatabase) as error:
        console_error(str(error))
        sys.exit(3)
    except Failure as error:
        console_error(str(error))
        sys.exit(error.code)
    except Refusal as refusal:
        console_error(refusal.reason, refusal.remedy)
        sys.exit(1)
