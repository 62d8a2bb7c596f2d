"""Waiting until files and their names are on the disk."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from coursewire.store import ownership


def sync(path: Path) -> None:
    """Wait until a file is on the disk."""
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


@contextmanager
def replacing_file(path: Path, content: bytes) -> Generator[None]:
    """Put content in the place of a file, for its owner only, once what comes inside went well.

    It is on the disk before that; killed at any moment, old or new is there.
    """
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(ownership.create(draft), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        yield
    except BaseException:
        draft.unlink()
        raise
    draft.replace(path)
    sync_folder(path.parent)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
