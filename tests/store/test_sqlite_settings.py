"""What is said of a database file that cannot be opened."""

import sqlite3
from collections import namedtuple
from pathlib import Path
from typing import cast

import pytest

from coursewire.store import sqlite_settings
from coursewire.store.problems import UnusableDatabase

Room = namedtuple("Room", ["free"])


class FailingConnection:
    """Raises for every statement what SQLite raises where it cannot make a file."""

    def execute(self, _: str) -> None:
        problem = sqlite3.OperationalError("disk I/O error")
        problem.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"
        raise problem


@pytest.mark.parametrize(("free", "said"), [(0, "no space left"), (2**20, "database: disk I/O")])
def test_a_full_disk_is_told_as_such(
    free: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Room(free))
    connection = cast("sqlite3.Connection", FailingConnection())
    with pytest.raises(UnusableDatabase, match=said):
        sqlite_settings.apply(connection, tmp_path / "a", sqlite_settings.SETTINGS[0])
