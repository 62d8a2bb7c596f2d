"""The manifest of a backup: what is in it, so that a flipped bit anywhere is found (BAK-1)."""

import hashlib
import hmac
import os
from pathlib import Path

import msgspec
from msgspec import Struct

from coursewire.store.keys import Keys
from coursewire.transfer.problems import BadBackup

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "site.sqlite3"


class AuditHead(Struct, frozen=True, kw_only=True):
    """How far the audit record went."""

    records: int
    last: int


class Manifest(Struct, frozen=True, kw_only=True):
    """What a backup holds; `keys` tells which key file belongs to it, and nothing of its keys."""

    format: int
    program: str
    made: int
    engine: str
    revision: str
    size: int
    sha256: str
    rows: dict[str, int]
    audit: AuditHead
    keys: str


class _Sealed(Struct, frozen=True, kw_only=True):
    manifest: Manifest
    sha256: str


def mark(keys: Keys) -> str:
    """Return a text by which a key file is told from others."""
    return hmac.digest(keys.audit, b"which key file", "sha256")[:8].hex()


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, for its owner's eyes only."""
    handle = os.open(folder / MANIFEST, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(_written(manifest))
        file.flush()
        os.fsync(file.fileno())


def read(folder: Path) -> Manifest:
    """Read the manifest, or say why it cannot be trusted."""
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
    except OSError as problem:
        msg = f"{folder} is no backup: {path.name}: {problem.strerror}"
        raise BadBackup(msg) from problem
    try:
        found = msgspec.json.decode(content, type=_Sealed).manifest
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        msg = f"the manifest {path} is damaged: {problem}"
        raise BadBackup(msg) from problem
    # Written again it must be the same to the byte: so no bit of it can have changed unnoticed.
    if not hmac.compare_digest(_written(found), content):
        msg = f"the manifest {path} is damaged: it does not match its own checksum"
        raise BadBackup(msg)
    if found.format != FORMAT:
        msg = f"the backup {folder} has format {found.format}, this program knows {FORMAT}"
        raise BadBackup(msg)
    return found


def _written(manifest: Manifest) -> bytes:
    checksum = hashlib.sha256(msgspec.json.encode(manifest)).hexdigest()
    sealed = msgspec.json.encode(_Sealed(manifest=manifest, sha256=checksum))
    return msgspec.json.format(sealed) + b"\n"
