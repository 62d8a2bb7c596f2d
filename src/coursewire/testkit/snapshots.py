"""The state of a site, kept in memory under a name and put back: by file, or by all its rows."""

import threading
from collections.abc import Callable
from typing import Protocol

from coursewire.store.database import Database
from coursewire.store.file_state import FileState
from coursewire.store.server_state import InUse, OtherTables, ServerState
from coursewire.testkit.problems import KitError

MOST = 50


class State(Protocol):
    """What a database held when this was made."""

    def put_back(self) -> None:
        """Bring the database back to it."""

    def close(self) -> None:
        """Forget it."""


class Snapshots:
    """Copies of a database; other connections go on and see one that comes back as any write."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._take: Callable[[Database], State] = FileState if database.path else ServerState
        self._kept: dict[str, State] = {}
        self._guard = threading.Lock()

    @property
    def names(self) -> list[str]:
        """Return the names of what is kept."""
        return sorted(self._kept)

    def require(self, name: str) -> None:
        """Raise unless something is kept under a name."""
        if name not in self._kept:
            raise _missing(name, self.names)

    def keep(self, name: str) -> None:
        """Keep the present state under a name."""
        with self._guard:
            if name not in self._kept and len(self._kept) >= MOST:
                msg = f"there are {MOST} snapshots already"
                raise KitError("toomany", msg, remedy="delete one: DELETE /testkit/snapshots/NAME")
            state = self._take(self._database)
            self._drop(name)
            self._kept[name] = state

    def put_back(self, name: str) -> None:
        """Bring the site back to what was kept under a name."""
        with self._guard:
            self.require(name)
            try:
                self._kept[name].put_back()
            except OtherTables as error:
                msg = f"the site has other tables than when the snapshot {name!r} was made"
                remedy = "enable or remove plugins first, and make the snapshot then"
                raise KitError("othertables", msg, remedy=remedy, status=409) from error
            except InUse as error:
                msg = "the site is in use all the time, so the snapshot was not put back"
                remedy = "let calls end first, then ask again"
                raise KitError("inuse", msg, remedy=remedy, status=409) from error

    def remove(self, name: str) -> None:
        """Forget what is kept under a name."""
        with self._guard:
            self.require(name)
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


def _missing(name: str, names: list[str]) -> KitError:
    there = f"there are {', '.join(names)}" if names else "there are none"
    return KitError("nosnapshot", f"there is no snapshot {name!r}; {there}", status=404)
