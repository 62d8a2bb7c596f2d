"""Whom files belong to: what root makes in a folder of somebody else is given to that account.

A server that runs as its own account could not read the keys or the database otherwise.

That account can rename what lies in its folder and put a link in its place at any moment: below the
folder no link is followed, or root would give it the files of others.
"""

import os
import stat
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = 0
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL


def create(path: Path) -> int:
    """Open a new file for writing, for its owner only."""
    with _opened(path.parent) as folder:
        handle = os.open(path.name, _NEW, 0o600, dir_fd=folder)
        _give(handle, folder)
    return handle


def opened(path: Path) -> int:
    """Open a file for reading and writing; it is made, for its owner only, unless it is there."""
    # What was there keeps its owner: who may write to the folder can put a link there.
    with suppress(FileExistsError):
        os.close(create(path))
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def make_folder(path: Path) -> None:
    """Make a folder, for its owner only, and those above it that are not there."""
    for missing in reversed([each for each in (path, *path.parents) if not each.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
        give(missing, missing.parent)


def give(path: Path, folder: Path) -> None:
    """Give a file or folder that root has made somewhere below a folder to whom that belongs."""
    *between, name = path.relative_to(folder).parts
    with _opened(folder) as above, _below(above, between) as beside:
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=beside)
        try:
            _give(handle, above)
        finally:
            os.close(handle)


@contextmanager
def _opened(folder: str | Path, flags: int = 0, above: int | None = None) -> Generator[int]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | flags, dir_fd=above)
    try:
        yield handle
    finally:
        os.close(handle)


@contextmanager
def _below(folder: int, names: Sequence[str]) -> Generator[int]:
    """Open the folder that these names lead to, each a folder in the one before and no link."""
    if not names:
        yield folder
        return
    with (
        _opened(names[0], os.O_NOFOLLOW, folder) as next_one,
        _below(next_one, names[1:]) as last,
    ):
        yield last


def _give(handle: int, folder: int) -> None:
    if os.geteuid() != ROOT:
        return
    owner, found = os.fstat(folder), os.fstat(handle)
    is_alone = stat.S_ISDIR(found.st_mode) or found.st_nlink == 1
    if owner.st_uid != ROOT and found.st_uid == ROOT and is_alone:
        # A container may lack the right to do so.
        with suppress(PermissionError):
            os.fchown(handle, owner.st_uid, owner.st_gid)
