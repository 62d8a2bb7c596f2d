"""What is said of a database file that cannot be opened."""

import errno
import sqlite3
from collections import namedtuple
from pathlib import Path
from typing import cast

import pytest

from coursewire.store import sqlite_settings
from coursewire.store.problems import UnusableDatabase

Room = namedtuple("Room", ["free"])


class FailingConnection:
    """Raises the same for every statement; by default as where SQLite cannot make a file."""

    def __init__(self, name: str = "SQLITE_IOERR_SHMSIZE", said: str = "disk I/O error") -> None:
        self._name = name
        self._said = said

    def execute(self, _: str) -> None:
        problem = sqlite3.OperationalError(self._said)
        problem.sqlite_errorname = self._name
        raise problem


@pytest.mark.parametrize(("free", "said"), [(0, "no space left"), (2**20, "database: disk I/O")])
def test_a_full_disk_is_told_as_such(
    free: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Room(free))
    connection = cast("sqlite3.Connection", FailingConnection())
    with pytest.raises(UnusableDatabase, match=said):
        sqlite_settings.apply(connection, tmp_path / "a", sqlite_settings.SETTINGS[0])


@pytest.mark.parametrize(
    ("name", "said"),
    [("SQLITE_IOERR_READ", "disk I/O error"), ("SQLITE_CORRUPT", "the image is malformed")],
)
def test_a_disk_that_tells_no_room_hides_no_problem(
    name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def disk_usage(path: Path) -> Room:
        asked.append(path)
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("shutil.disk_usage", disk_usage)
    connection = cast("sqlite3.Connection", FailingConnection(name, said))
    with pytest.raises(UnusableDatabase, match=f"database: {said}"):
        sqlite_settings.apply(connection, tmp_path / "a", sqlite_settings.SETTINGS[0])
    assert bool(asked) == ("IOERR" in name)
