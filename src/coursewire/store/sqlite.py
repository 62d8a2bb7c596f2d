"""SQLite: its engine, who may checkpoint, and how to see that another connection wrote."""

import fcntl
import os
import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, QueuePool, create_engine

from coursewire.store import facts, ownership, pooling, sqlite_settings
from coursewire.store.problems import UnusableDatabase
from coursewire.store.session import Session
from coursewire.store.sqlite_log import Log

LOCK_WAIT = 5.0
_WATCH = "SELECT version FROM facts_version WHERE id = 1"


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
        pooling.close_late_ones(self.engine)
        # Here the writers of this process wait; see `Session`.
        self.queue = threading.Lock()
        self._lock: int | None = None
        self._watch = threading.Lock()
        self._watching: sqlite3.Cursor | None = None
        # Nobody who looks whether facts have changed waits while the log is folded.
        self._fold = threading.Lock()
        self._log: Log | None = None

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

    def may_be_written(self) -> bool:
        """Tell whether the file can be opened for writing now, however it was opened.

        A server that began on a read-only disk has no lock against others, and goes on reading.
        """
        is_ours = self._lock is not None or not self.serving
        return is_ours and sqlite_settings.is_writable(self.path)

    def open_reader(self) -> Connection:
        """Open a connection for reads in place: it never waits and cannot write."""
        connection = self.engine.connect()
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        connection.exec_driver_sql("PRAGMA query_only = ON")
        return connection

    def facts_version(self, session: Session | None) -> int:
        """Return the number that triggers count (migration): it costs as much as a pragma."""
        # All rows, one at most: a statement that is not at its end would hold on to the past.
        if session is not None and not session.driver.in_transaction:
            try:
                found: list[tuple[int]] = session.driver.execute(_WATCH).fetchall()
            except session.driver_error:
                # SQLAlchemy knows broken connections, and names the error.
                return facts.version(session)
            return found[0][0] if found else 0
        # What a transaction has counted may be undone yet.
        with self._watch:
            if self._watching is None:
                self._watching = sqlite_settings.connect(self.path).cursor()
            rows: list[tuple[int]] = self._watching.execute(_WATCH).fetchall()
            return rows[0][0] if rows else 0

    def released(self) -> None:
        """Fold the log into the database when it has grown; writers wait meanwhile."""
        # Whoever folds it now looks after all.
        if self._lock is None or not self._fold.acquire(blocking=False):
            return
        try:
            # What was committed stays: that the log cannot be looked at is no news of this call.
            with suppress(OSError, UnusableDatabase):
                log = self._opened()
                if log.has_grown():
                    log.fold()
        finally:
            self._fold.release()

    def checkpoint(self) -> bool:
        """Fold the log into the database; False when a long read held part of it back."""
        if self._lock is None:
            msg = "only the serving process folds the log (DUR-2)"
            raise RuntimeError(msg)
        with self._fold:
            return self._opened().fold()

    def _opened(self) -> Log:
        if self._log is None:
            self._log = Log(self.path)
        return self._log

    def doubt(self) -> None:
        """Close what no thread holds, so that the next connections read the files anew."""
        self._forget()
        self.engine.dispose()

    def _forget(self) -> None:
        with self._watch:
            if self._watching is not None:
                self._watching.connection.close()
            self._watching = None
        with self._fold:
            if self._log is not None:
                self._log.close()
            self._log = None

    def close(self) -> None:
        """Close everything; the last connection of all folds the log."""
        self._forget()
        self.engine.dispose()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _take_lock(path: Path) -> int:
    """Lock the file that tells other processes that this database is served."""
    handle = ownership.opened(path)
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
