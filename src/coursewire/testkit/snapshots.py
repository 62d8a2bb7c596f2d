"""The state of a site, kept in memory under a name and put back in milliseconds."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from coursewire.store import sqlite_settings
from coursewire.store.database import Database
from coursewire.testkit.problems import KitError

MOST = 50


class Snapshots:
    """Copies of a SQLite database, made and put back by SQLite's backup.

    Other connections go on: the copy comes back in one transaction, which they see as any write.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[str, sqlite3.Connection] = {}
        self._guard = threading.Lock()

    @property
    def names(self) -> list[str]:
        """Return the names of what is kept."""
        return sorted(self._kept)

    def keep(self, name: str) -> None:
        """Keep the present state under a name."""
        path = self._path()
        with self._guard:
            if name not in self._kept and len(self._kept) >= MOST:
                msg = f"there are {MOST} snapshots already"
                raise KitError("toomany", msg, remedy="delete one: DELETE /testkit/snapshots/NAME")
            copy = sqlite3.connect(":memory:", check_same_thread=False)
            with closing(sqlite_settings.connect(path)) as source:
                source.backup(copy)
            self._drop(name)
            self._kept[name] = copy

    def put_back(self, name: str) -> None:
        """Bring the site back to what was kept under a name."""
        path = self._path()
        with self._guard:
            kept = self._kept.get(name)
            if kept is None:
                raise _missing(name, self.names)
            with closing(sqlite_settings.connect(path)) as target:
                # A test's state need not outlive a power cut.
                target.execute("PRAGMA synchronous = OFF")
                kept.backup(target)

    def remove(self, name: str) -> None:
        """Forget what is kept under a name."""
        with self._guard:
            if name not in self._kept:
                raise _missing(name, self.names)
            self._drop(name)

    def close(self) -> None:
        """Forget everything."""
        with self._guard:
            for name in list(self._kept):
                self._drop(name)

    def _drop(self, name: str) -> None:
        kept = self._kept.pop(name, None)
        if kept is not None:
            kept.close()

    def _path(self) -> Path:
        path = self._database.path
        if path is None:
            msg = "snapshots need SQLite; this site lies in PostgreSQL"
            raise KitError("nosnapshots", msg, remedy="start `up` without --database", status=409)
        return path


def _missing(name: str, names: list[str]) -> KitError:
    there = f"there are {', '.join(names)}" if names else "there are none"
    return KitError("nosnapshot", f"there is no snapshot {name!r}; {there}", status=404)
