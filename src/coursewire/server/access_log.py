"""The access log: one JSON line a request, gathered in memory and written in batches (AUD-5)."""

import os
from functools import lru_cache
from pathlib import Path

import msgspec

from coursewire.audit.redaction import line_value, path_without_query

_encode = msgspec.json.Encoder().encode
_FLUSH_AT = 64 * 1024
# What comes from the client; all else is ours.
_SHORT = 200
_GIVEN = ("method", "path", "function")


class AccessLog:
    """Appends lines to a file, created for its owner alone; without a file it does nothing.

    A line holds method, path without query, function, token handle, status, outcome, time and
    size: never a query string, a body or a header.
    """

    def __init__(self, path: str) -> None:
        self._descriptor = -1
        self._lines: list[bytes] = []
        self._size = 0
        # Lines that could not be written.
        self.lost = 0
        if path:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
            self._descriptor = os.open(Path(path), flags, 0o600)

    def line(self, **fields: str | int) -> None:
        """Add one request."""
        if self._descriptor < 0:
            return
        for name in _GIVEN:
            value = fields[name]
            if isinstance(value, str):
                show = _known if len(value) <= _SHORT else _shown
                fields[name] = show(name, value)
        line = _encode(fields)
        self._lines.append(line)
        self._size += len(line)
        if self._size >= _FLUSH_AT:
            self.flush()

    def flush(self) -> None:
        """Write what was gathered."""
        if not self._lines:
            return
        waiting = b"\n".join([*self._lines, b""])
        self._lines.clear()
        self._size = 0
        try:
            while waiting:
                waiting = waiting[os.write(self._descriptor, waiting) :]
        except OSError:
            # A full disk: what waits is lost, a line for each request is not worth a stop.
            self.lost += waiting.count(b"\n")

    def close(self) -> None:
        """Write what was gathered and close the file."""
        if self._descriptor >= 0:
            self.flush()
            os.close(self._descriptor)
            self._descriptor = -1


def _shown(name: str, value: str) -> str:
    return line_value(path_without_query(value) if name == "path" else value)


# Nearly all requests are for a few paths and functions.
_known = lru_cache(maxsize=512)(_shown)
