"""The content of files, each stored once, under its hash."""

import hashlib

from coursewire.store import files as rows
from coursewire.store.session import Session


def keep(session: Session, content: bytes) -> str:
    """Keep bytes, which nobody removes before the transaction ends, and return their hash."""
    # Not for secrecy: a name for the bytes that two different files never share.
    contenthash = hashlib.sha256(content).hexdigest()
    rows.keep_content(session, contenthash, content)
    return contenthash


def read(session: Session, contenthash: str) -> bytes | None:
    """Return the bytes that have a hash; None where they were never kept, or are gone."""
    return rows.content(session, contenthash)
