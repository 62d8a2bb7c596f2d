"""A whole SQLite database kept in memory, and put back by SQLite's backup in milliseconds."""

import sqlite3
from contextlib import closing
from typing import NoReturn

from coursewire.store import sqlite_settings
from coursewire.store.database import Database

_COUNTED = "SELECT coalesce(max(version), 0) FROM facts_version"
_COUNT = "INSERT OR REPLACE INTO facts_version (id, version) VALUES (1, ?)"
# Whatever is written between counting and putting back counts less than this.
_STEP = 1_000_000


class FileState:
    """The state of a database when this was made."""

    def __init__(self, database: Database) -> None:
        self._path = database.path or _no_file()
        self._copy = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(sqlite_settings.connect(self._path)) as source:
            source.backup(self._copy)

    def put_back(self) -> None:
        """Bring the database back to it; other connections see that as one write."""
        with closing(sqlite_settings.connect(self._path)) as target:
            # A test's state need not outlive a power cut.
            target.execute("PRAGMA synchronous = OFF")
            # Servers remember facts by a number: one that never was before makes them look again.
            (counted,) = target.execute(_COUNTED).fetchone()
            with self._copy:
                self._copy.execute(_COUNT, (counted + _STEP,))
            self._copy.backup(target)

    def close(self) -> None:
        """Forget it."""
        self._copy.close()


def _no_file() -> NoReturn:
    msg = "this database is no file"
    raise TypeError(msg)
