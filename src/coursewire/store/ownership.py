"""Whom files belong to: what root makes in a folder of somebody else is given to that account.

A server that runs as its own account could not read the keys or the database otherwise.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

ROOT = 0


def create(path: Path) -> int:
    """Open a new file for writing, for its owner only."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    _give(handle, path.parent)
    return handle


def opened(path: Path) -> int:
    """Open a file for reading and writing; it is made, for its owner only, unless it is there."""
    # What was there keeps its owner: who may write to the folder can put a link there.
    with suppress(FileExistsError):
        os.close(create(path))
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def give(path: Path, folder: Path) -> None:
    """Give a file or folder that root has made to whom a folder belongs."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        _give(handle, folder)
    finally:
        os.close(handle)


def _give(handle: int, folder: Path) -> None:
    if os.geteuid() != ROOT:
        return
    owner, found = folder.stat(), os.fstat(handle)
    is_alone = stat.S_ISDIR(found.st_mode) or found.st_nlink == 1
    if owner.st_uid != ROOT and found.st_uid == ROOT and is_alone:
        # A container may lack the right to do so.
        with suppress(PermissionError):
            os.fchown(handle, owner.st_uid, owner.st_gid)
