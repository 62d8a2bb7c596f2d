"""The access log: one JSON line a request, written in batches, in files of bounded size.

Several processes write to the same file: each line ends where the next one begins (O_APPEND), and
each looks before it writes whether the name still leads to the file that it holds (AUD-5, AUD-7).
"""

import fcntl
import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import msgspec
import structlog

from coursewire.audit.redaction import line_value, path_without_query
from coursewire.domain.clock import Clock
from coursewire.server.done import Done
from coursewire.server.rarely import Rarely
from coursewire.text import times

log = structlog.get_logger("coursewire")

_encode_lines = msgspec.json.Encoder().encode_lines
# What comes from the client; all else is ours.
_SHORT = 200
# As the call log has it. A character is four bytes at most, so a line stays below 16 KiB.
_LONGEST = 255


class _Line(msgspec.Struct, frozen=True, gc=False):
    """What a line holds: never a query string, a body or a header."""

    time: str
    method: str
    path: str
    function: str
    token: str
    status: int
    outcome: str
    microseconds: int
    sent: int
    request_id: str


class AccessLog:
    """Appends lines to a file, created for its owner alone; without a file it does nothing.

    A file that would grow over `most` bytes gets the name `….1`, the one before it `….2`, and so
    on until `kept`; the last one goes. 0 is no limit.
    """

    def __init__(self, path: str, *, most: int = 0, kept: int = 1) -> None:
        self._path = Path(path)
        self._most = most
        self._kept = kept
        self._descriptor = _opened(self._path) if path else -1
        self._in_trouble = False
        # Whether the file ends within a line.
        self._is_cut = False
        self._rarely = Rarely(Clock())
        # Lines that could not be written and were not told of yet, and all.
        self._losing = 0
        self.lost = 0

    def write(self, calls: Sequence[Done]) -> None:
        """Write a line for each call."""
        if self._descriptor < 0 or not calls:
            return
        lines = _encode_lines(map(_line, calls))
        self._look(len(lines))
        waiting = b"\n" + lines if self._is_cut else lines
        try:
            while waiting:
                written = os.write(self._descriptor, waiting)
                self._is_cut = waiting[written - 1 : written] != b"\n"
                waiting = waiting[written:]
        except OSError as problem:
            # A full disk: what waits is lost, a line for each request is not worth a stop.
            self._lose(min(waiting.count(b"\n"), len(calls)), problem)
        else:
            self._recover()

    def close(self) -> None:
        """Close the file, and tell of lines that were lost and not told of."""
        if self._losing:
            log.warning("access log lacks lines", lost=self._losing)
            self._losing = 0
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _lose(self, lines: int, problem: OSError) -> None:
        if not self._losing and self._rarely.may("lost") is not None:
            log.error("access log cannot be written", reason=problem.strerror)
        self._losing += lines
        self.lost += lines

    def _recover(self) -> None:
        if self._losing and self._rarely.may("written") is not None:
            log.warning("access log is written again", lost=self._losing)
            self._losing = 0

    def _look(self, coming: int) -> None:
        """See that so many bytes go into the right file; where that fails, into the old one."""
        try:
            if not self._is_in_place():
                self._reopen()
            elif self._is_full(coming):
                self._rotate()
        except OSError as problem:
            if not self._in_trouble:
                log.warning("access log goes on in its old file", reason=problem.strerror)
            self._in_trouble = True
        else:
            self._in_trouble = False

    def _is_in_place(self) -> bool:
        """Tell whether the name leads to the file at hand: others rotate, logrotate moves away."""
        try:
            return os.path.samestat(self._path.stat(), os.fstat(self._descriptor))
        except FileNotFoundError:
            return False

    def _is_full(self, coming: int) -> bool:
        size = os.fstat(self._descriptor).st_size
        return 0 < self._most < size + coming and size > 0

    def _rotate(self) -> None:
        """Let one process rename the files; what others write meanwhile goes into the old one."""
        if not stat.S_ISREG(self._path.lstat().st_mode):
            # A link, to standard output perhaps: its name is not ours to give.
            return
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        try:
            # Another process may have done it before this one had the lock.
            if self._is_in_place():
                self._rename()
        finally:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        self._reopen()

    def _rename(self) -> None:
        numbered = [Path(f"{self._path}.{number}") for number in range(1, self._kept + 1)]
        for newer, older in reversed([*pairwise([self._path, *numbered])]):
            with suppress(FileNotFoundError):
                newer.rename(older)

    def _reopen(self) -> None:
        fresh = _opened(self._path)
        os.close(self._descriptor)
        self._descriptor = fresh
        self._is_cut = False


def _opened(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def _line(done: Done) -> _Line:
    call = done.call
    return _Line(
        f"{_second(call.time_ms // 1000)}.{call.time_ms % 1000:03}Z",
        _text("method", done.method),
        _text("path", done.path),
        _text("function", call.function),
        call.token_handle,
        done.status,
        _text("outcome", call.outcome),
        call.microseconds,
        done.sent,
        call.request_id,
    )


@lru_cache(maxsize=4)
def _second(seconds: int) -> str:
    return times.written(seconds, "%Y-%m-%dT%H:%M:%S")


def _text(name: str, value: str) -> str:
    return _known(name, value) if len(value) <= _SHORT else _shown(name, value)


def _shown(name: str, value: str) -> str:
    return path_without_query(value) if name == "path" else line_value(value, _LONGEST)


# Nearly all requests are for a few paths and functions.
_known = lru_cache(maxsize=512)(_shown)
