"""Where a download goes: beside its place first, into it only when it is whole."""

import os
import tempfile
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import unquote, urlsplit


def place(into: str | os.PathLike[str], url: str) -> Path:
    """Return the file to be written; into a folder it goes under its own name.

    Raises ValueError where the address names no file.
    """
    path = Path(into)
    if not path.is_dir():
        return path
    name = unquote(urlsplit(url).path).replace("\\", "/").rpartition("/")[2]
    if name in ("", ".", "..") or not name.isprintable():
        msg = "the address names no file; give the path of the file to write"
        raise ValueError(msg)
    return path / name


class Sink:
    """A file that appears when all of it has come."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._draft: Path | None = None
        self._file: BinaryIO | None = None

    def open(self) -> None:
        """Begin, or begin anew."""
        self.discard()
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".coursewire-")
        self._draft = Path(name)
        self._file = cast("BinaryIO", os.fdopen(handle, "wb"))

    def write(self, data: bytes) -> None:
        """Take a piece."""
        if self._file is not None:
            self._file.write(data)

    def keep(self) -> None:
        """Put the file in its place."""
        if self._file is not None and self._draft is not None:
            self._file.close()
            self._draft.replace(self.path)
            self._file = self._draft = None

    def discard(self) -> None:
        """Leave nothing behind."""
        if self._file is not None and self._draft is not None:
            self._file.close()
            self._draft.unlink(missing_ok=True)
            self._file = self._draft = None
