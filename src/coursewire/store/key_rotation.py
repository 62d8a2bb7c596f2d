"""Rotation of the key for digests: a new one beside the old, and later the old one gone (TOK-4)."""

from pathlib import Path

from msgspec.structs import replace

from coursewire.store import keys
from coursewire.store.keys import Entry, KeyFile, KeyFileError, Keys, Purpose
from coursewire.store.syncing import sync_folder

PURPOSE: Purpose = "digest"


def prepare(path: Path) -> int:
    """Add a key that waits, and return its number; it is accepted, and used when it is begun with.

    Servers on other machines accept it as soon as they have the file, so that none of them meets
    a token under a key that it does not know.
    """
    with keys.alone(path):
        file = keys.read(path)
        number = _next(file)
        _replace(path, [*file.keys, keys.new_entry(PURPOSE, number, waits=True)])
    return number


def begin(path: Path) -> int:
    """Make the key that waits, else a new one, the active one; the old one is accepted."""
    with keys.alone(path):
        file = keys.read(path)
        if any(it.waits for it in file.keys):
            _replace(path, [replace(it, waits=False) for it in file.keys])
            return max(_numbers(file))
        number = _next(file)
        _replace(path, [*file.keys, keys.new_entry(PURPOSE, number)])
    return number


def finish(path: Path) -> list[int]:
    """Remove the keys before the active one, and return their numbers."""
    with keys.alone(path):
        file = keys.read(path)
        active = keys.active_number(file)
        old = sorted(number for number in _numbers(file) if number < active)
        kept = [it for it in file.keys if it.purpose != PURPOSE or it.number not in old]
        if old:
            _replace(path, kept)
    return old


def _next(file: KeyFile) -> int:
    """Return the number of a new key, unless another rotation is going on."""
    numbers = _numbers(file)
    if len(numbers) == 1:
        return max(numbers) + 1
    if any(it.waits for it in file.keys):
        msg = f"key {max(numbers)} waits already: copy the file to all machines, then use it"
    else:
        msg = f"a rotation is going on already: key {min(numbers)} is still accepted"
    raise KeyFileError(msg)


def _numbers(file: KeyFile) -> list[int]:
    return [entry.number for entry in file.keys if entry.purpose == PURPOSE]


def _replace(path: Path, entries: list[Entry]) -> None:
    """Write the file anew; killed at any moment, the old or the new one is there."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    keys.write(draft, KeyFile(format=keys.FORMAT, keys=entries))
    draft.replace(path)
    sync_folder(path.parent)


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
