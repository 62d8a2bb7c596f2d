"""Rotation of the key for digests: a new one beside the old, and later the old one gone (TOK-4)."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from coursewire.store import keys
from coursewire.store.keys import Entry, KeyFile, KeyFileError, Keys, Purpose
from coursewire.store.syncing import sync_folder

PURPOSE: Purpose = "digest"


def begin(path: Path) -> int:
    """Add a key, which becomes the active one, and return its number; the old one is accepted."""
    with _alone(path):
        file = keys.read(path)
        numbers = _numbers(file)
        if len(numbers) > 1:
            msg = f"a rotation is going on already: key {min(numbers)} is still accepted"
            raise KeyFileError(msg)
        number = max(numbers) + 1
        _replace(path, [*file.keys, keys.new_entry(PURPOSE, number)])
    return number


def finish(path: Path) -> list[int]:
    """Remove all keys but the active one, and return their numbers."""
    with _alone(path):
        file = keys.read(path)
        numbers = _numbers(file)
        old = sorted(numbers)[:-1]
        kept = [it for it in file.keys if it.purpose != PURPOSE or it.number == max(numbers)]
        if old:
            _replace(path, kept)
    return old


def _numbers(file: KeyFile) -> list[int]:
    return [entry.number for entry in file.keys if entry.purpose == PURPOSE]


def _replace(path: Path, entries: list[Entry]) -> None:
    """Write the file anew; killed at any moment, the old or the new one is there."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    keys.write(draft, KeyFile(format=keys.FORMAT, keys=entries))
    draft.replace(path)
    sync_folder(path.parent)


@contextmanager
def _alone(path: Path) -> Generator[None]:
    """Let nobody else change the file meanwhile."""
    lock = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


class KeyWatch:
    """The keys of a running program, read again when their file was changed."""

    def __init__(self, keys_: Keys, path: Path | None = None) -> None:
        """Take the keys that were read; without a path they stay as they are."""
        self.keys = keys_
        self._path = path
        self._seen = self._state()

    def look(self) -> bool:
        """Read the file if it is another than before; tell whether it was."""
        state = self._state()
        if self._path is None or state is None or state == self._seen:
            return False
        self.keys = keys.load(self._path)
        self._seen = state
        return True

    def _state(self) -> tuple[int, int, int] | None:
        if self._path is None:
            return None
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size
