"""What a whole run of tests left behind, searched for the tokens that its sites gave out (AUD-6).

Tokens that are made in a process of the run begin alike. Tests may keep them where they like, in a
client's file or an answer; no database, log or list of a backup may have them.
"""

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from tests.canaries.secrets import Hit, search

# 80 bits of chance are left: enough for tests.
MARK = "c0ffee5eed15"
# The ends of names of files that tell where a process of the run keeps what its tests write.
NOTED = ".temporary"
PLACES = ("*.sqlite", "*.sqlite-*", "*.log", "manifest.json")


class MarkedSecrets:
    """The functions of `secrets` that make tokens; their digits begin with the mark."""

    choice = staticmethod(secrets.choice)

    @staticmethod
    def token_hex(size: int) -> str:
        """Return so many random bytes in hex, but for the first ones."""
        return MARK + secrets.token_hex(size - len(MARK) // 2)


def left(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Every database, log and list of a backup below some folders."""
    for folder in folders:
        yield from _read(path for path in _files(folder) if any(map(path.match, PLACES)))


def whole(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a PostgreSQL server, among them its log of writes."""
    return _read(_files(folder))


def _files(folder: Path) -> Iterator[Path]:
    """Every file below a folder; other runs of tests may take folders away meanwhile."""
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names)


def _read(paths: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        # A server that still runs takes files away.
        with suppress(FileNotFoundError):
            if path.is_file() and not path.is_symlink():
                yield str(path), path.read_bytes()


def found(places: Iterable[tuple[str, bytes]]) -> list[Hit]:
    """Return where a marked token lies."""
    return search({"token": MARK}, places)
