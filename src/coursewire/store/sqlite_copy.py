"""SQLite files as wholes: copied while others write, checked, and put in the place of another."""

import os
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import NullPool, create_engine

from coursewire.store import ownership, sqlite_settings
from coursewire.store.copying import Progress
from coursewire.store.problems import UnusableDatabase
from coursewire.store.session import Session
from coursewire.store.sqlite import Sqlite
from coursewire.store.syncing import sync, sync_folder

_PAGES = 256
_SIDE_FILES = ("-wal", "-shm", "-journal")


def copy(source: Path, target: Path, progress: Progress) -> None:
    """Copy a database as it is at one moment into a new file; writers need not wait."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with (
        closing(sqlite_settings.connect(source)) as origin,
        closing(_opened(target)) as made,
    ):
        # Nobody has this file yet: what must be on the disk is synced below.
        made.execute("PRAGMA synchronous = OFF")
        # A read that is open all the while: otherwise every write would begin the copy anew.
        origin.execute("BEGIN")
        origin.execute("SELECT count(*) FROM sqlite_schema").fetchone()

        def told(_status: int, remaining: int, total: int) -> None:
            # Little by little: one sync of the whole would hold up those of calls.
            sync(target)
            progress(total - remaining, total)

        try:
            origin.backup(made, pages=_PAGES, progress=told)
        finally:
            origin.execute("ROLLBACK")
        make_single(made)
    sync(target)


def make_single_file(path: Path) -> None:
    """Leave the write-ahead log of a database that nobody else uses."""
    with closing(_opened(path)) as connection:
        make_single(connection)
    sync(path)


def make_single(connection: sqlite3.Connection) -> None:
    """Leave the write-ahead log, so that the one file is the whole database."""
    mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
    if mode != "delete":
        msg = "another process uses the database; stop it first"
        raise UnusableDatabase(msg)


def problems(path: Path) -> list[str]:
    """Return what is wrong inside a database file that nobody writes."""
    try:
        with closing(_unchanged(path)) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
            orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as problem:
        return [str(problem)]
    broken = sorted({str(row[0]) for row in orphans})
    return [line for line in found if line != "ok"] + [
        f"rows of {name} refer to nothing" for name in broken
    ]


@contextmanager
def reading(path: Path) -> Generator[Session]:
    """Read a database file that nobody writes, without changing a byte of it."""
    engine = create_engine("sqlite://", creator=lambda: _unchanged(path), poolclass=NullPool)
    with engine.connect() as connection:
        yield Session(connection, begin=None)


def _opened(path: Path) -> sqlite3.Connection:
    # From the root on: a name that begins with `file:` would be taken for an address.
    return sqlite3.connect(path.absolute(), isolation_level=None)


def _unchanged(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)


@contextmanager
def alone(path: Path | None) -> Generator[None]:
    """Keep every server from a database file meanwhile; refuse when one is running."""
    if path is None or not path.exists():
        yield
        return
    lock = Sqlite(path, serving=True, pool_size=1)
    lock.check()
    try:
        yield
    finally:
        lock.close()


@contextmanager
def held(path: Path) -> Generator[Session]:
    """Read a database into which nobody writes meanwhile, so that another can take its place.

    Who has waited to write finds that the file has lost its name, and is refused: SQLite looks for
    that as long as there is no log beside it.
    """
    _settle(path)
    engine = create_engine(
        "sqlite://",
        creator=lambda: _opened(path),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
    )
    with engine.connect() as connection:
        session = Session(connection, begin="BEGIN IMMEDIATE")
        with session.transaction():
            if connection.exec_driver_sql("PRAGMA journal_mode").scalar() != "delete":
                msg = f"another process uses {path}; stop it first"
                raise UnusableDatabase(msg)
            yield session


def replace(new: Path, target: Path) -> None:
    """Put a database in the place of another; killed at any moment, the old or the new is there.

    The new one stands in the same folder and has no side files.
    """
    if target.exists():
        _settle(target)
    for suffix in _SIDE_FILES:
        # Only an unreadable database leaves these; beside the new one they would corrupt it.
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    sync(new)
    ownership.give(new, target.parent)
    new.replace(target)
    sync_folder(target.parent)


def _settle(path: Path) -> None:
    """Fold the log of the old database into it, so that nothing of it lies beside its file."""
    with closing(_opened(path)) as connection:
        try:
            make_single(connection)
        except sqlite3.OperationalError as problem:
            msg = f"another process uses {path} ({problem}); stop it first"
            raise UnusableDatabase(msg) from problem
        except sqlite3.DatabaseError:
            return  # it is being replaced because it cannot be read


def remove(path: Path) -> None:
    """Remove a database file with its side files."""
    for suffix in ("", *_SIDE_FILES):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).unlink()
