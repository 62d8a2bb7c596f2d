"""`coursewire export`: write a site as a site file."""

import os
import stat
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from coursewire.cli.acting import acting
from coursewire.cli.common import DatabaseOption, DataOption, Failure, err, load_settings
from coursewire.sitefile import reading
from coursewire.sitefile.export import export as exported
from coursewire.sitefile.tables import tables
from coursewire.text.counted import counted
from coursewire.text.spreadsheets import document


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
    csv: Annotated[
        Path | None,
        typer.Option(
            help="Write tables for spreadsheets into this folder, one a section of the site file.",
            show_default=False,
        ),
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Write a site as a site file; token values are never written."""
    with acting(load_settings(data, database)) as site:
        found = exported(site.call.session, secrets=secrets)
        with site.call.transaction():
            site.call.audit.record("site.export", "site", secrets=secrets)
    if csv is not None:
        _write_tables(csv, found.text)
    elif file is None or str(file) == "-":
        typer.echo(found.text, nl=False)
    else:
        _write(file, found.text)
        err.print(f"Wrote {escape(str(file))}.")
    for noun, number in found.left_out.items():
        err.print(f"[yellow]warning:[/] not in the file: {number} {escape(noun)}")


def _write_tables(folder: Path, text: str) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        msg = f"{folder}: cannot be made: {error.strerror}"
        raise Failure(msg) from error
    for section, rows in tables(reading.read("export", text.encode()).file):
        path = folder / f"{section}.csv"
        _write(path, document(rows))
        err.print(f"Wrote {escape(str(path))}: {counted(len(rows) - 1, 'row')}.")


def _write(path: Path, text: str) -> None:
    """Write the file for its owner only: it may hold addresses, keys of groups and hashes."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as target:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                # One that was there before may be open to others.
                os.fchmod(handle, 0o600)
            target.write(text)
    except OSError as error:
        msg = f"{path}: cannot be written: {error.strerror}"
        raise Failure(msg) from error
