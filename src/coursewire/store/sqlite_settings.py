"""How SQLite is opened: settings that keep acknowledged writes, read back on each connection."""

import os
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from coursewire.store import ownership
from coursewire.store.problems import UnusableDatabase

BUSY_TIMEOUT = 5.0
# Without the WAL-reset repair of 3.51.3 two connections that write and checkpoint at once can
# corrupt a WAL database (DUR-2).
_AFFECTED = ((3, 7, 0), (3, 51, 2))
_STATEMENTS = 512
# What the index of the write-ahead log takes on the disk when it is made.
_ROOM_TO_OPEN = 32 * 1024
# The write-ahead log is folded into the database when it has grown by this much. Its file is kept,
# to be written in place, with room for what came before it could be folded.
CHECKPOINT_BYTES = 4 * 1024 * 1024
LOG_BYTES = 5 * 1024 * 1024


class Setting(NamedTuple):
    """A setting: how it is set, and what SQLite says of it then."""

    put: str
    read: str
    expected: str | int


# All of them (DUR-1). Automatic checkpoints are off everywhere: the serving process runs them
# itself, on one connection.
SETTINGS = (
    Setting("PRAGMA journal_mode = WAL", "PRAGMA journal_mode", "wal"),
    Setting("PRAGMA synchronous = FULL", "PRAGMA synchronous", 2),
    Setting("PRAGMA foreign_keys = ON", "PRAGMA foreign_keys", 1),
    Setting("PRAGMA trusted_schema = OFF", "PRAGMA trusted_schema", 0),
    Setting("PRAGMA wal_autocheckpoint = 0", "PRAGMA wal_autocheckpoint", 0),
    # Pages come from the system's cache; a copy for each connection is memory that answers need.
    Setting("PRAGMA cache_size = -500", "PRAGMA cache_size", -500),
    # What a long transaction took beyond that is given back when the log begins anew.
    Setting(f"PRAGMA journal_size_limit = {LOG_BYTES}", "PRAGMA journal_size_limit", LOG_BYTES),
)
_WITHOUT_WRITING = (
    Setting("PRAGMA query_only = ON", "PRAGMA query_only", 1),
    Setting("PRAGMA trusted_schema = OFF", "PRAGMA trusted_schema", 0),
    Setting("PRAGMA cache_size = -500", "PRAGMA cache_size", -500),
)
CHECKPOINTS = {
    "RESTART": "PRAGMA wal_checkpoint(RESTART)",
    "PASSIVE": "PRAGMA wal_checkpoint(PASSIVE)",
}


def may_corrupt(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> bool:
    """Tell whether this library has the rare WAL-reset corruption."""
    return _AFFECTED[0] <= version <= _AFFECTED[1]


def checkpoint_mode(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> str:
    """Return RESTART, which holds the write lock meanwhile, where the library needs that."""
    return "RESTART" if may_corrupt(version) else "PASSIVE"


def create(path: Path) -> None:
    """Make an empty file that only we can read, in a folder that only we can enter."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(ownership.opened(path))
    except OSError as problem:
        msg = f"cannot create the database {path}: {problem.strerror}"
        raise UnusableDatabase(msg) from problem


def check_file(path: Path) -> None:
    """Refuse a database that is missing or that others may read (OPS-2)."""
    try:
        mode = path.stat().st_mode & 0o777
    except OSError as problem:
        msg = (
            f"there is no database at {path} ({problem.strerror}); make one with `coursewire init`"
            ", or name the one on PostgreSQL by --database"
        )
        raise UnusableDatabase(msg) from problem
    if mode & 0o077:
        msg = f"others may read or write {path} (mode {mode:04o}); run: chmod 600 {path}"
        raise UnusableDatabase(msg)


def connect(path: Path, *, busy_timeout: float = BUSY_TIMEOUT) -> sqlite3.Connection:
    """Open a connection with every setting in force, or say which one is not."""
    writable = is_writable(path)
    address = f"file:{quote(str(path))}?{'mode=rw' if writable else _read_only(path)}"
    try:
        connection = sqlite3.connect(
            address,
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=busy_timeout,
            cached_statements=_STATEMENTS,
        )
    except sqlite3.Error as problem:
        msg = f"cannot open the database {path}: {problem}"
        raise UnusableDatabase(msg) from problem
    try:
        for setting in SETTINGS if writable else _WITHOUT_WRITING:
            apply(connection, path, setting)
    except BaseException:
        connection.close()
        raise
    return connection


def is_writable(path: Path) -> bool:
    """Tell whether the file may be changed and others made beside it; not on read-only media."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _read_only(path: Path) -> str:
    """Return how to open a file that cannot change: with its log, where it has one."""
    log = path.with_name(f"{path.name}-wal")
    has_log = log.exists() and log.stat().st_size > 0
    return "mode=ro" if has_log else "mode=ro&immutable=1"


def _cause(path: Path, problem: sqlite3.DatabaseError) -> str:
    """Return what SQLite says; of a full disk it says "disk I/O error" while it opens its log."""
    if "IOERR" in getattr(problem, "sqlite_errorname", ""):
        # A disk that fails may not tell this either; then what SQLite says is all there is.
        with suppress(OSError):
            if shutil.disk_usage(path.parent).free < _ROOM_TO_OPEN:
                return f"no space left beside it ({problem})"
    return str(problem)


def apply(connection: sqlite3.Connection, path: Path, setting: Setting) -> None:
    """Set one and read it back."""
    try:
        connection.execute(setting.put).fetchall()
        found = connection.execute(setting.read).fetchone()[0]
    except sqlite3.DatabaseError as problem:
        msg = f"{path} cannot be used as a database: {_cause(path, problem)}"
        raise UnusableDatabase(msg) from problem
    if found != setting.expected:
        msg = (
            f"SQLite does not take the setting {setting.put!r} for {path} (it says {found!r});"
            " acknowledged changes could be lost. Put the file on a local disk that supports"
            " write-ahead logs, or use PostgreSQL"
        )
        raise UnusableDatabase(msg)
