"""Files that hold people's data: for their owner only, also where one was there before."""

import os
import stat
from pathlib import Path

from coursewire.cli.common import Failure


def write(path: Path, text: str) -> None:
    """Write a file for its owner only: it may hold addresses, keys of groups and hashes."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as target:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                # One that was there before may be open to others.
                os.fchmod(handle, 0o600)
            target.write(text)
    except OSError as error:
        msg = f"{path}: cannot be written: {error.strerror}"
        raise Failure(msg) from error
