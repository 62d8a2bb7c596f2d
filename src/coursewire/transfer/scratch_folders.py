"""Folders for copies of a whole site that are needed for a while; what is killed leaves one."""

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from coursewire.store import ownership

_LOCK_NAME = "lock"


@contextmanager
def locked(parent: Path, prefix: str) -> Generator[Path]:
    """Make a folder that is locked while it is used, and remove its like that nobody uses."""
    ownership.make_folder(parent)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=parent) as name:
        made = Path(name)
        # Locked before anything is put into it: till then others let it be for being empty.
        with _lock(made):
            _remove_unused(parent, prefix)
            yield made


def _remove_unused(parent: Path, prefix: str) -> None:
    for left in parent.glob(f"{prefix}*"):
        with suppress(OSError):
            if _is_ours(left) and _holds_something(left):
                with _lock(left) as is_free:
                    if is_free:
                        shutil.rmtree(left, ignore_errors=True)


def _is_ours(left: Path) -> bool:
    """Tell whether we made it: others may write to the folder that it lies in as well."""
    found = left.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()


def _holds_something(left: Path) -> bool:
    return any(path.name != _LOCK_NAME for path in left.iterdir())


@contextmanager
def _lock(made: Path) -> Generator[bool]:
    """Lock a folder and tell whether that worked; somebody else's is not waited for."""
    lock = os.open(made / _LOCK_NAME, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        # Used by another one, or the file system has no locks: then none is taken for unused.
        is_free = False
    else:
        is_free = True
    try:
        yield is_free
    finally:
        os.close(lock)
