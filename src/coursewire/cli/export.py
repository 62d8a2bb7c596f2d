"""`coursewire export`: write a site as a site file."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from coursewire.cli.acting import acting
from coursewire.cli.common import DatabaseOption, DataOption, Failure, err, load_settings
from coursewire.sitefile.export import export as exported


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(export)


def export(
    file: Annotated[
        Path | None,
        typer.Argument(help="Where to write; left out: standard output.", show_default=False),
    ] = None,
    secrets: Annotated[
        bool, typer.Option("--secrets", help="Write password hashes as well.")
    ] = False,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Write a site as a site file; token values are never written."""
    with acting(load_settings(data, database)) as site:
        found = exported(site.call.session, secrets=secrets)
    if file is None:
        typer.echo(found.text, nl=False)
    else:
        _write(file, found.text)
        err.print(f"Wrote {escape(str(file))}.")
    for noun, number in found.left_out.items():
        err.print(f"[yellow]warning:[/] not in the file: {number} {escape(noun)}")


def _write(path: Path, text: str) -> None:
    """Write the file for its owner only: it may hold addresses, keys of groups and hashes."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as target:
            target.write(text)
    except OSError as error:
        msg = f"{path}: cannot be written: {error.strerror}"
        raise Failure(msg) from error
