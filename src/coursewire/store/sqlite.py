"""SQLite: its engine, who may checkpoint, and how to see that another connection wrote."""

import fcntl
import os
import sqlite3
import threading
import time
from pathlib import Path

from sqlalchemy import Connection, QueuePool, create_engine

from coursewire.store import sqlite_settings
from coursewire.store.problems import UnusableDatabase
from coursewire.store.session import Session

# The write-ahead log is folded into the database when it has grown by this much.
CHECKPOINT_BYTES = 4 * 1024 * 1024
_CHECKPOINT_WAIT = 0.1
LOCK_WAIT = 5.0
_FACTS_VERSION = "SELECT version FROM facts_version WHERE id = 1"


class Sqlite:
    """A database file. Only a `serving` process checkpoints, on one connection (DUR-2)."""

    name = "sqlite"
    begin = "BEGIN IMMEDIATE"

    def __init__(self, path: Path, *, serving: bool, pool_size: int) -> None:
        self.path = path
        self.serving = serving
        self.engine = create_engine(
            "sqlite://",
            creator=lambda: sqlite_settings.connect(path),
            poolclass=QueuePool,
            pool_size=pool_size,
            max_overflow=0,
            isolation_level="AUTOCOMMIT",
        )
        self._log = f"{path}-wal"
        self._lock: int | None = None
        self._guard = threading.Lock()
        self._watching: sqlite3.Cursor | None = None
        self._folding: sqlite3.Connection | None = None
        self._folded_at = 0

    def create(self) -> None:
        """Make the file, empty, unless it is there."""
        sqlite_settings.create(self.path)

    def check(self) -> list[str]:
        """Refuse a file that cannot be used; take the lock of the serving process."""
        sqlite_settings.check_file(self.path)
        if not sqlite_settings.is_writable(self.path):
            return [f"{self.path} cannot be written: everything is read-only"]
        if self.serving and self._lock is None:
            self._lock = _take_lock(self.path.with_name(self.path.name + ".serving"))
        return []

    def open_reader(self) -> Connection:
        """Open a connection for reads in place: it never waits and cannot write."""
        connection = self.engine.connect()
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        connection.exec_driver_sql("PRAGMA query_only = ON")
        return connection

    def facts_version(self, _session: Session | None) -> int:
        """Return the number that triggers count (migration): it costs as much as a pragma."""
        with self._guard:
            if self._watching is None:
                self._watching = sqlite_settings.connect(self.path).cursor()
            # All rows, one at most: a statement that is not at its end would hold on to the past.
            rows: list[tuple[int]] = self._watching.execute(_FACTS_VERSION).fetchall()
            return rows[0][0] if rows else 0

    def released(self) -> None:
        """Fold the log into the database when it has grown; writers wait meanwhile."""
        if self._lock is None:
            return
        size = self._log_size()
        if size < self._folded_at:
            # The log has begun anew: all that stands in it is unfolded.
            self._folded_at = 0
        if size - self._folded_at >= CHECKPOINT_BYTES:
            self.checkpoint()

    def checkpoint(self) -> bool:
        """Fold the log into the database; False when a long read held part of it back."""
        if self._lock is None:
            msg = "only the serving process folds the log (DUR-2)"
            raise RuntimeError(msg)
        with self._guard:
            if self._folding is None:
                wait = _CHECKPOINT_WAIT
                self._folding = sqlite_settings.connect(self.path, busy_timeout=wait)
            statement = sqlite_settings.CHECKPOINTS[sqlite_settings.checkpoint_mode()]
            try:
                answer = self._folding.execute(statement).fetchone()
            except sqlite3.OperationalError:
                # Another process is writing and does not let go in time.
                answer = (1,)
            busy = bool(answer[0])
            # Folded or held back: try again only after as much has been written again.
            self._folded_at = self._log_size()
            return not busy

    def _log_size(self) -> int:
        try:
            return os.stat(self._log).st_size  # noqa: PTH116 - a path costs more than the question
        except FileNotFoundError:
            return 0

    def doubt(self) -> None:
        """Close what no thread holds, so that the next connections read the files anew."""
        with self._guard:
            self._forget()
        self.engine.dispose()

    def _forget(self) -> None:
        if self._watching is not None:
            self._watching.connection.close()
        if self._folding is not None:
            self._folding.close()
        self._watching = self._folding = None

    def close(self) -> None:
        """Close everything; the last connection of all folds the log."""
        with self._guard:
            self._forget()
        self.engine.dispose()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _take_lock(path: Path) -> int:
    """Lock the file that tells other processes that this database is served."""
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    deadline = time.monotonic() + LOCK_WAIT
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < deadline:
                time.sleep(0.05)
                continue
            os.close(handle)
            msg = (
                f"another process serves {path.with_suffix('')}; stop it first. SQLite serves with"
                " one process; for several use PostgreSQL"
            )
            raise UnusableDatabase(msg) from None
        return handle
