"""The access log: one JSON line a request, written in batches (AUD-5)."""

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from coursewire.audit.redaction import line_value, path_without_query
from coursewire.server.done import Done

_encode_lines = msgspec.json.Encoder().encode_lines
# What comes from the client; all else is ours.
_SHORT = 200


class _Line(msgspec.Struct, frozen=True, gc=False):
    """What a line holds: never a query string, a body or a header."""

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
    """Appends lines to a file, created for its owner alone; without a file it does nothing."""

    def __init__(self, path: str) -> None:
        self._descriptor = -1
        # Lines that could not be written.
        self.lost = 0
        if path:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
            self._descriptor = os.open(Path(path), flags, 0o600)

    def write(self, calls: Sequence[Done]) -> None:
        """Write a line for each call."""
        if self._descriptor < 0 or not calls:
            return
        waiting = _encode_lines(map(_line, calls))
        try:
            while waiting:
                waiting = waiting[os.write(self._descriptor, waiting) :]
        except OSError:
            # A full disk: what waits is lost, a line for each request is not worth a stop.
            self.lost += waiting.count(b"\n")

    def close(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _line(done: Done) -> _Line:
    call = done.call
    return _Line(
        _text("method", done.method),
        _text("path", done.path),
        _text("function", call.function),
        call.token_handle,
        done.status,
        call.outcome,
        call.microseconds,
        done.sent,
        call.request_id,
    )


def _text(name: str, value: str) -> str:
    return _known(name, value) if len(value) <= _SHORT else _shown(name, value)


def _shown(name: str, value: str) -> str:
    return line_value(path_without_query(value) if name == "path" else value)


# Nearly all requests are for a few paths and functions.
_known = lru_cache(maxsize=512)(_shown)
