"""The files that pages load: a fixed list, each under a name made of its content (WEB-6)."""

import hashlib
from importlib.resources import files
from pathlib import PurePosixPath

from msgspec import Struct

PLACE = "/console/static/"
NAMES = ("console.css", "console.js", "htmx.min.js", "icon.svg")
_KINDS = {
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
}


class StaticFile(Struct, frozen=True):
    """A file with the path under which browsers may keep it for ever."""

    path: str
    kind: bytes
    content: bytes


class StaticFiles:
    """All files by their path; no path of a request ever reaches the file system."""

    def __init__(self) -> None:
        folder = files("coursewire.console") / "static"
        self._by_name = {name: _file(name, (folder / name).read_bytes()) for name in NAMES}
        self._by_path = {file.path: file for file in self._by_name.values()}

    def at(self, path: str) -> StaticFile | None:
        """Return the file of exactly this path."""
        return self._by_path.get(path)

    def path_of(self, name: str) -> str:
        """Return where a page finds a file."""
        return self._by_name[name].path


def _file(name: str, content: bytes) -> StaticFile:
    pure = PurePosixPath(name)
    mark = hashlib.sha256(content).hexdigest()[:12]
    return StaticFile(f"{PLACE}{pure.stem}-{mark}{pure.suffix}", _KINDS[pure.suffix], content)
