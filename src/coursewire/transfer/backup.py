"""Backups: an online copy of the whole database as one SQLite file, with a manifest (BAK-1).

A site on PostgreSQL is copied row by row, as of one moment, into the same form: so a backup can be
looked into with any SQLite tool and restored on either engine. The key file is never in it (BAK-4).
"""

import hashlib
import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from coursewire.plugin import copies
from coursewire.store import copying, ownership, revisions, sqlite_copy, troubles
from coursewire.store.database import Database
from coursewire.store.keys import Keys
from coursewire.store.migrations import run
from coursewire.store.schema.audit import audit_records
from coursewire.store.session import Session
from coursewire.store.syncing import sync_folder
from coursewire.store.troubles import Trouble
from coursewire.transfer import manifest as manifests
from coursewire.transfer import scratch_folders
from coursewire.transfer.manifest import DATABASE, FORMAT, AuditHead, Manifest
from coursewire.transfer.problems import BadBackup

# Told while work goes on: what is being done, how much is done, of how much.
Progress = Callable[[str, int, int], None]
_PIECE = 1024 * 1024
_SCRATCH = ".unfinished-backup-"


def quiet(_what: str, _done: int, _of: int) -> None:
    """Tell nobody."""


def create(
    database: Database,
    keys: Keys,
    target: Path,
    *,
    now: int,
    program: str,
    progress: Progress = quiet,
) -> Manifest:
    """Write a backup into a new folder, which appears only when all of it is on the disk."""
    _require_free(target)
    # In a folder of its own: another one may be on the way to the same target.
    with scratch_folders.locked(target.parent, _SCRATCH) as scratch:
        draft = scratch / "backup"
        draft.mkdir(mode=0o700)
        with _naming_a_full_disk(target.parent):
            made = _write(database, keys, draft, now, program, progress)
        sync_folder(draft)
        _put(draft, target)
    return made


@contextmanager
def _naming_a_full_disk(folder: Path) -> Generator[None]:
    """Say which disk is full: the one that is written, and not that of the site."""
    try:
        yield
    except (sqlite3.Error, DBAPIError) as problem:
        cause = problem.orig if isinstance(problem, DBAPIError) else problem
        if not isinstance(cause, sqlite3.Error) or troubles.of(cause) is not Trouble.FULL:
            raise
        msg = f"there is no room for a backup in {folder}"
        raise BadBackup(msg) from problem


def _require_free(target: Path) -> None:
    if target.exists():
        msg = f"{target} exists already; a backup overwrites nothing"
        raise BadBackup(msg)


def _put(draft: Path, target: Path) -> None:
    for made in (*draft.iterdir(), draft):
        ownership.give(made, target.parent)
    try:
        draft.rename(target)
    except OSError:
        # Another backup may have come there meanwhile.
        _require_free(target)
        raise
    sync_folder(target.parent)


def _write(
    database: Database, keys: Keys, folder: Path, now: int, program: str, progress: Progress
) -> Manifest:
    file = folder / DATABASE

    def told(done: int, of: int) -> None:
        progress("copying the database", done, of)

    if database.path is not None:
        sqlite_copy.copy(database.path, file, told)
    else:
        _copy_rows(database, file, told)
    made = _described(file, keys, database.engine_name, now, program, progress)
    manifests.write(folder, made)
    return made


def _copy_rows(database: Database, file: Path, told: copying.Progress) -> None:
    copy = Database(f"sqlite:///{file.absolute()}")
    try:
        copy.create()
        with copying.snapshot(database) as source, copy.session() as target:
            run.upgrade_on(target, _revision(source))
            with target.transaction():
                copies.prepare(source, target)
                copying.copy_all(source, target, told)
    finally:
        copy.close()
    sqlite_copy.make_single_file(file)


def _described(
    file: Path, keys: Keys, engine: str, now: int, program: str, progress: Progress
) -> Manifest:
    with sqlite_copy.reading(file) as session:
        revision, rows, head = _revision(session), row_counts(session), audit_head(session)
    return Manifest(
        format=FORMAT,
        program=program,
        made=now,
        engine=engine,
        revision=revision,
        size=file.stat().st_size,
        sha256=checksum(file, progress),
        rows=rows,
        audit=head,
        keys=manifests.mark(keys),
    )


def _revision(session: Session) -> str:
    found = revisions.current(session)
    if found is None:
        msg = "the database is empty: there is nothing to back up"
        raise BadBackup(msg)
    return found


def row_counts(session: Session) -> dict[str, int]:
    """Return how many rows each table has."""
    return {table.name: copying.count(session, table) for table in copying.tables(session)}


def left_out(database: Database, made: Manifest) -> list[str]:
    """Return the tables of somebody else, of which a copy row by row holds nothing."""
    with database.session() as session:
        return sorted({table.name for table in copying.tables(session)} - made.rows.keys())


def audit_head(session: Session) -> AuditHead:
    """Return how far the audit record goes."""
    return AuditHead(
        records=copying.count(session, audit_records), last=copying.newest(session, audit_records)
    )


def checksum(file: Path, progress: Progress = quiet) -> str:
    """Return the SHA-256 of a file."""
    found, size, done = hashlib.sha256(), file.stat().st_size, 0
    with file.open("rb") as stream:
        while piece := stream.read(_PIECE):
            found.update(piece)
            done += len(piece)
            progress("checksum", done, size)
    return found.hexdigest()
