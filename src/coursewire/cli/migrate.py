"""`coursewire migrate`: brings a site's database to this program's schema, after a backup."""

from pathlib import Path
from typing import Annotated

import typer

from coursewire import app
from coursewire.app import Opened
from coursewire.cli.backup import FOLDER, stamp, write
from coursewire.cli.common import DatabaseOption, DataOption, Failure, load_settings, out
from coursewire.domain import migration_record
from coursewire.store import revisions
from coursewire.store.alone import alone, require_no_server
from coursewire.store.migrations import append_only, run


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(migrate)


def migrate(
    data: DataOption = None,
    database: DatabaseOption = None,
    to: Annotated[
        str | None, typer.Option(help="Another revision than this program's, to go back.")
    ] = None,
    backup: Annotated[
        bool, typer.Option("--backup/--no-backup", help="Make a backup first.")
    ] = True,
) -> None:
    """Bring the database to this program's schema; stop the server first.

    Triggers that guard the audit record are put back where they are gone.

    Each step is one transaction with its record: killed at any moment, the database is before it
    or after it.
    """
    target = revisions.REVISIONS[-1] if to is None else to
    if target not in revisions.REVISIONS:
        msg = f"there is no revision {target!r}"
        raise Failure(msg, 2, remedy=f"known are {', '.join(revisions.REVISIONS)}")
    settings = load_settings(data, database)
    with app.open_site(settings, schema=False) as opened:
        found = _revision(opened)
        if found == target:
            out.print(f"The database is at revision {found} already.")
            _guard(opened)
            return
        with alone(opened.database):
            if backup:
                _back_up(opened, settings.data_folder / FOLDER, found)
                _require_no_server(opened)
            _go(opened, found, target)
        out.print(f"The database went from revision {found} to {target}.")
        _guard(opened)


def _revision(opened: Opened) -> str:
    with opened.database.session() as session:
        found = revisions.current(session)
        if found is None or found not in revisions.REVISIONS:
            revisions.check(session)
            msg = "the database has no revision"
            raise Failure(msg)
    return found


def _back_up(opened: Opened, folder: Path, found: str) -> None:
    now = opened.clock.now()
    target = folder / f"{stamp(now)}-revision-{found}"
    write(opened, target, now)
    out.print(f"Made a backup in {target}.", markup=False)


def _require_no_server(opened: Opened) -> None:
    """Refuse if one was started while the backup was made: its tables would change under it."""
    if opened.database.engine_name == "postgresql":
        with opened.database.session() as session:
            require_no_server(session)


def _go(opened: Opened, found: str, target: str) -> None:
    forward = revisions.REVISIONS.index(target) > revisions.REVISIONS.index(found)
    direction = run.upgrade if forward else run.downgrade
    direction(opened.database, target, told=migration_record.writer(opened.clock))


def _guard(opened: Opened) -> None:
    """Put the triggers back that refuse to alter the audit record, if one is gone."""
    with opened.database.session() as session:
        # Where all are there, nothing is written: the site may be on a read-only disk.
        gone = append_only.missing(session.connection)
        if not gone:
            return
        with session.transaction():
            append_only.release(session.connection)
            append_only.protect(session.connection)
            migration_record.put_back(session, opened.clock, gone)
    out.print(f"Put back what guards the audit record: {', '.join(gone)}.")
