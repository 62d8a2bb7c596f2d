"""The end of the chain of sealed records, kept in a file beside the keys (AUD-4).

Whoever puts an older database in the place of the present one does not write here.
"""

from contextlib import AbstractContextManager
from pathlib import Path

from coursewire.audit.sealing import Anchor, read_anchor
from coursewire.store.syncing import replacing_file

FILE_NAME = "audit-head"


class HeadUnreadable(Exception):
    """The file is there and holds no anchor; the text says which file."""


def path_beside(key_path: Path) -> Path:
    """Return the path of the file that belongs to a key file."""
    return key_path.with_name(FILE_NAME)


def write(path: Path, anchor: Anchor) -> None:
    """Put the new end in the place of the old one, all at once, for the owner's eyes only."""
    with replacing(path, anchor):
        pass


def replacing(path: Path, anchor: Anchor) -> AbstractContextManager[None]:
    """Do the same once what comes inside has gone well."""
    return replacing_file(path, f"{anchor}\n".encode())


def follow(path: Path, anchor: Anchor | None) -> None:
    """Make the file say what the database says: for a database that went back on purpose."""
    try:
        kept = read(path)
    except HeadUnreadable:
        kept = None
    if anchor is None:
        path.unlink(missing_ok=True)
    elif anchor != kept:
        write(path, anchor)


def read(path: Path) -> Anchor | None:
    """Return the end that was kept; None when none was."""
    try:
        return read_anchor(path.read_text("ascii"))
    except FileNotFoundError:
        return None
    except ValueError as problem:
        msg = f"{path} does not hold the end of an audit record; restore it or remove it"
        raise HeadUnreadable(msg) from problem
