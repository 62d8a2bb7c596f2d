"""What all commands share: where the site is, how results and failures are shown.

Exit codes: 0 done · 1 refused, not possible, or something is wrong with what was looked at · 2
wrong usage (and `apply --plan` with changes, `token scan` that could not read all) · 3 the
settings, the keys or the database cannot be used · 4 the token is refused (`doctor`, `connection
test`) · 5 the site answers no calls (`doctor`, `connection test`, `compare`) · 130 interrupted.
"""

from typing import Annotated

import typer
from rich.markup import escape

from coursewire import settings as settings_file
from coursewire.cli.showing import err, out
from coursewire.settings import Settings
from coursewire.store import address

__all__ = [
    "DataOption",
    "DatabaseOption",
    "Failure",
    "JsonOption",
    "console_error",
    "err",
    "load_settings",
    "out",
]

DataOption = Annotated[
    str | None,
    typer.Option("--data", help="Folder of the site.", show_default=Settings().data),
]
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        help="postgresql+psycopg://USER@HOST/NAME; with a password only in COURSEWIRE_DATABASE.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


class Failure(Exception):
    """The command cannot do what was asked; the text says why and what to do."""

    def __init__(self, message: str, code: int = 1, *, remedy: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.remedy = remedy


def load_settings(data: str | None, database: str | None, **options: object) -> Settings:
    """Return the settings with these options on top; secrets are no options (OPS-4)."""
    if database and address.holds_secret(database):
        msg = "--database holds a password, which others on this machine can read off the list of "
        remedy = "put the address into COURSEWIRE_DATABASE, or the password into ~/.pgpass"
        raise Failure(msg + "processes", 2, remedy=remedy)
    return settings_file.load({"data": data, "database": database, **options})


def console_error(message: str, remedy: str = "") -> None:
    """Say on standard error what went wrong, and how to mend it."""
    err.print(f"[bold red]error:[/] {escape(message)}")
    if remedy:
        err.print(f"[dim]try:[/]   {escape(remedy)}")
