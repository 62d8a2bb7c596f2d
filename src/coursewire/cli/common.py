"""What all commands share: where the site is, how results and failures are shown.

Exit codes: 0 done · 1 refused or not possible · 2 wrong usage (and `apply --plan` with changes)
· 3 the settings, the keys or the database cannot be used.
"""

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from coursewire import settings as settings_file
from coursewire.settings import Settings

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

DataOption = Annotated[
    str | None, typer.Option("--data", help="Folder of the site.", show_default=False)
]
DatabaseOption = Annotated[
    str | None,
    typer.Option("--database", help="postgresql+psycopg://USER@HOST/NAME", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


class Failure(Exception):
    """The command cannot do what was asked; the text says why and what to do."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def load_settings(data: str | None, database: str | None, **options: object) -> Settings:
    """Return the settings with these options on top."""
    return settings_file.load({"data": data, "database": database, **options})


def console_error(message: str, remedy: str = "") -> None:
    """Say on standard error what went wrong, and how to mend it."""
    err.print(f"[bold red]error:[/] {escape(message)}")
    if remedy:
        err.print(f"[dim]try:[/]   {escape(remedy)}")
