"""SQLite's write-ahead log: how far it has come, and folding it into the database.

Its file keeps its length when the log begins anew, and is then written in place: a commit waits
for its pages alone, not for the file system to note a new length as well. So the size of the file
tells nothing; its frames do.
"""

import os
import sqlite3
from pathlib import Path

from coursewire.store import sqlite_settings
from coursewire.store.sqlite_settings import CHECKPOINT_BYTES

_CHECKPOINT_WAIT = 0.1
# The header of the log, with the size of a page and the salts it was begun with, and that of each
# frame, which repeats the salts (https://sqlite.org/fileformat2.html#walformat).
_HEAD = 32
_PAGE_SIZE = slice(8, 12)
_SALTS = slice(16, 24)
_FRAME_HEAD = 24
_FRAME_SALTS = 8


class Log:
    """The log, and the one connection that folds it (DUR-2); used by one thread at a time."""

    def __init__(self, database: Path) -> None:
        # SQLite removes the file when the last connection is closed, so ours is open as long.
        self._connection = sqlite_settings.connect(database, busy_timeout=_CHECKPOINT_WAIT)
        self._file = os.open(f"{database}-wal", os.O_RDONLY)
        # The header when it was looked at last: it is another one when the log has begun anew.
        self._head = b""
        # How many frames are folded, or were held back, and where the header of the frame stands
        # that makes the log long enough.
        self._done = 0
        self._place = 0

    def has_grown(self) -> bool:
        """Tell whether so much was written since the log was folded, or held back, last."""
        head = os.pread(self._file, _HEAD, 0)
        if head != self._head:
            self._begin(head, 0)
        salts = head[_SALTS]
        return bool(salts) and os.pread(self._file, len(salts), self._place) == salts

    def fold(self) -> bool:
        """Write the log into the database; False when it was held back, wholly or in part."""
        statement = sqlite_settings.CHECKPOINTS[sqlite_settings.checkpoint_mode()]
        head = os.pread(self._file, _HEAD, 0)
        try:
            busy, frames, _ = self._connection.execute(statement).fetchone()
        except sqlite3.OperationalError:
            # Another process is writing and does not let go in time.
            busy, frames = True, self._done + _enough(head)
        # Folded or held back: try again only after as much has been written again.
        self._begin(head, frames)
        return not busy

    def close(self) -> None:
        """Close the connection and the file."""
        self._connection.close()
        os.close(self._file)

    def _begin(self, head: bytes, done: int) -> None:
        self._head, self._done = head, done
        last = done + _enough(head) - 1
        self._place = _HEAD + last * _frame(head) + _FRAME_SALTS


def _frame(head: bytes) -> int:
    """Return how many bytes a frame takes: its header and a page."""
    return _FRAME_HEAD + int.from_bytes(head[_PAGE_SIZE], "big")


def _enough(head: bytes) -> int:
    """Return how many frames are worth folding."""
    return CHECKPOINT_BYTES // _frame(head)
