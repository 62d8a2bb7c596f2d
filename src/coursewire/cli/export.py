"""`coursewire export`: write a site as a site file."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from coursewire.cli import whole_files
from coursewire.cli.acting import acting
from coursewire.cli.common import DatabaseOption, DataOption, Failure, err, load_settings
from coursewire.cli.whole_files import ForceOption
from coursewire.sitefile.export import export as exported
from coursewire.sitefile.model.site_file import SiteFile
from coursewire.sitefile.tables import tables
from coursewire.text.counted import counted
from coursewire.text.spreadsheets import document

_STANDARD_OUTPUT = "-"


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
    force: ForceOption = False,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Write a site as a site file; token values are never written."""
    whole_files.require_free(_places(file, csv), force=force)
    with acting(load_settings(data, database)) as site:
        found = exported(site.call.session, secrets=secrets)
        # Tables alone are as large as the site is; a file has a limit.
        text = "" if file is None and csv is not None else found.text
        with site.call.transaction():
            site.call.audit.record("site.export", "site", secrets=secrets)
    if csv is not None:
        _write_tables(csv, found.file)
    if file is not None and str(file) != _STANDARD_OUTPUT:
        whole_files.write(file, text)
        err.print(f"Wrote {escape(str(file))}.")
    elif file is not None or csv is None:
        typer.echo(text, nl=False)
    for noun, number in found.left_out.items():
        err.print(f"[yellow]warning:[/] not in the file: {number} {escape(noun)}")


def _places(file: Path | None, csv: Path | None) -> list[Path]:
    """Return all that an export may write."""
    places = (
        [] if csv is None else [csv / f"{section}.csv" for section in SiteFile.__struct_fields__]
    )
    return places if file is None or str(file) == _STANDARD_OUTPUT else [*places, file]


def _write_tables(folder: Path, site: SiteFile) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        msg = f"{folder}: cannot be made: {error.strerror}"
        raise Failure(msg) from error
    found = dict(tables(site))
    for section, rows in found.items():
        path = folder / f"{section}.csv"
        whole_files.write(path, document(rows))
        err.print(f"Wrote {escape(str(path))}: {counted(len(rows) - 1, 'row')}.")
    for section in set(SiteFile.__struct_fields__) - set(found):
        # A table of another time would look like a part of this site.
        (folder / f"{section}.csv").unlink(missing_ok=True)
