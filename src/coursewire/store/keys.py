"""The key file: outside the database, for its owner's eyes only (TOK-2, BAK-4).

Without it a copy of the database holds no usable token, session or secret setting. Each key has
a purpose and a number; of the keys for digests two may live at once, while tokens move from the
old one to the new one (TOK-4). A new one may wait until every machine has it: it is accepted then,
and nothing is written under it.
"""

import base64
import fcntl
import hmac
import os
import secrets
import stat
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from coursewire.store import ownership
from coursewire.store.syncing import sync_folder

SIZE = 32
FORMAT = 1
FILE_NAME = "keys.json"
_NONCE = 12
# What the folder of a new site may hold: settings, backups that were brought along, and what a
# disk has that is mounted there.
_MAY_BE_THERE = frozenset({"backups", "coursewire.toml", "lost+found"})
# Each call of site info asks for the key of its caller.
DERIVED_KEPT = 4096

Purpose = Literal["digest", "derivation", "audit", "sealing"]
PURPOSES: tuple[Purpose, ...] = ("digest", "derivation", "audit", "sealing")


class KeyFileError(Exception):
    """The key file cannot be used; the text says why and what to do."""


class Digest(NamedTuple):
    """A secret as the database knows it: which key, and the keyed digest."""

    number: int
    value: bytes


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A key as the file holds it; no text made of it shows the key."""

    purpose: Purpose
    number: int
    key: str
    # Accepted, but not used until all machines have it.
    waits: bool = False

    def __repr__(self) -> str:
        return f"Entry(purpose={self.purpose!r}, number={self.number})"


class KeyFile(Struct, frozen=True, kw_only=True):
    """What stands in the file."""

    format: int
    keys: list[Entry]


class Keys:
    """The keys of a site; no text made of it shows them."""

    def __init__(
        self, digest: dict[int, bytes], others: Mapping[str, bytes], *, active: int | None = None
    ) -> None:
        # The newest key that does not wait is the active one; all others are accepted.
        first = max(digest) if active is None else active
        self._digest = sorted(digest.items(), key=lambda it: (it[0] == first, it[0]), reverse=True)
        self._derivation = others["derivation"]
        self._sealing = AESGCM(others["sealing"])
        self.audit = others["audit"]
        self._remembered = lru_cache(maxsize=DERIVED_KEPT)(self._derive)

    def __repr__(self) -> str:
        return f"<Keys: digest keys {[number for number, _ in self._digest]}>"

    @property
    def numbers(self) -> tuple[int, ...]:
        """Return the numbers of the keys for digests, the active one first."""
        return tuple(number for number, _ in self._digest)

    @property
    def active(self) -> int:
        """Return the number of the key under which new digests are made."""
        return self._digest[0][0]

    @property
    def waiting(self) -> int | None:
        """Return the number of a key that is accepted, and not used until all machines have it."""
        newest = max(self.numbers)
        return newest if newest > self.active else None

    def digests(self, secret: str) -> tuple[Digest, ...]:
        """Return the digests under which a secret may be stored, the active key's first."""
        message = secret.encode("utf-8", "surrogatepass")
        found: list[Digest] = []
        for number, key in self._digest:
            found.append(Digest(number, hmac.digest(key, message, "sha256")))
        return tuple(found)

    def digest(self, secret: str) -> Digest:
        """Return the digest that a new secret is stored as."""
        return self.digests(secret)[0]

    def derived(self, row_id: int, salt: bytes, *, purpose: str = "") -> str:
        """Return 32 hex digits that only this key, the row's id and its salt give again (TOK-7)."""
        return self._remembered(row_id, salt, purpose)

    def _derive(self, row_id: int, salt: bytes, purpose: str) -> str:
        message = purpose.encode() + row_id.to_bytes(8, "big") + salt
        return hmac.digest(self._derivation, message, "sha256")[:16].hex()

    def seal(self, text: str, purpose: str) -> bytes:
        """Return a text encrypted for one purpose, for keeping in the database."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._sealing.encrypt(nonce, text.encode(), purpose.encode())

    def unseal(self, sealed: bytes, purpose: str) -> str:
        """Return a text sealed for this purpose; KeyFileError when another key sealed it."""
        try:
            opened = self._sealing.decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
        except (InvalidTag, ValueError) as problem:
            msg = (
                f"a stored secret ({purpose}) cannot be opened with this key file; "
                "use the key file that belongs to the database, or set the secret anew"
            )
            raise KeyFileError(msg) from problem
        return opened.decode()


def create(path: Path) -> Keys:
    """Make a new key file, for its owner only, and return its keys; never overwrite one."""
    try:
        write(path, fresh())
    except FileExistsError as problem:
        msg = f"the key file {path} exists already; it is never overwritten"
        raise KeyFileError(msg) from problem
    except OSError as problem:
        msg = f"the key file {path} cannot be made: {problem.strerror}"
        raise KeyFileError(msg) from problem
    return load(path)


def fresh() -> KeyFile:
    """Return what a new key file holds: the first key for each purpose."""
    return KeyFile(format=FORMAT, keys=[new_entry(purpose, 1) for purpose in PURPOSES])


@contextmanager
def alone(path: Path) -> Generator[None]:
    """Let nobody else make or change a key file meanwhile."""
    beside = path.with_name(path.name + ".lock")
    try:
        lock = ownership.opened(beside)
    except OSError as problem:
        msg = f"{beside}, which keeps others away meanwhile, cannot be made: {problem.strerror}"
        raise KeyFileError(msg) from problem
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def new_entry(purpose: Purpose, number: int, *, waits: bool = False) -> Entry:
    """Return a new key for a purpose."""
    key = base64.b64encode(secrets.token_bytes(SIZE)).decode()
    return Entry(purpose=purpose, number=number, key=key, waits=waits)


def write(path: Path, file: KeyFile) -> None:
    """Write a file that is not there yet, for its owner only, down to the disk."""
    with os.fdopen(ownership.create(path), "wb") as opened:
        opened.write(msgspec.json.format(msgspec.json.encode(file)) + b"\n")
        opened.flush()
        os.fsync(opened.fileno())
    sync_folder(path.parent)


def require_private(folder: Path) -> None:
    """Refuse a folder of keys and data that others may enter (OPS-2), and what is none."""
    found = folder.stat()
    if not stat.S_ISDIR(found.st_mode):
        raise _no_folder(folder)
    mode = stat.S_IMODE(found.st_mode)
    if mode & 0o077:
        msg = (
            f"others may enter the folder {folder} (mode {mode:04o}); run chmod 700 {folder}, and "
            "think about who has read what lies in it"
        )
        raise KeyFileError(msg)


def make_private(folder: Path) -> None:
    """Make a folder for a new site, or close an empty one that is there to others.

    One that holds other things stays as it is: who wrote `/` by a slip would lock everybody out.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError as problem:
        raise _no_folder(folder) from problem
    except OSError as problem:
        msg = f"the folder {folder} cannot be made: {problem.strerror}"
        raise KeyFileError(msg) from problem
    found = folder.stat()
    if not found.st_mode & 0o077:
        return
    if found.st_mode & stat.S_ISVTX:
        msg = f"{folder} is a folder that all users share; choose one of its own for the site"
        raise KeyFileError(msg)
    if found.st_uid != os.geteuid():
        require_private(folder)
    _require_own(folder)
    folder.chmod(0o700)


def _no_folder(path: Path) -> KeyFileError:
    return KeyFileError(f"{path} is a file; the data of a site needs a folder")


def _require_own(folder: Path) -> None:
    """Refuse to close a folder that holds other things."""
    if other := next((it.name for it in folder.iterdir() if it.name not in _MAY_BE_THERE), ""):
        msg = (
            f"{folder} holds other things ({other}), and others may enter it; choose a folder of"
            f" its own for the site, or run chmod 700 {folder} if all in it is yours alone"
        )
        raise KeyFileError(msg)


def load(path: Path) -> Keys:
    """Read a key file that only its owner may read."""
    file = read(path)
    digest = {entry.number: _key(entry, path) for entry in file.keys if entry.purpose == "digest"}
    others: dict[str, bytes] = {
        entry.purpose: _key(entry, path) for entry in file.keys if entry.purpose != "digest"
    }
    return Keys(digest, others, active=active_number(file))


def active_number(file: KeyFile) -> int:
    """Return the number of the key under which digests are made: the newest that does not wait."""
    found = [entry for entry in file.keys if entry.purpose == "digest"]
    return max(entry.number for entry in [it for it in found if not it.waits] or found)


def read(path: Path) -> KeyFile:
    """Return what stands in a key file that only its owner may read, or say what is wrong."""
    content = _content(path)
    try:
        file = msgspec.json.decode(content, type=KeyFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        msg = f"the key file {path} is damaged; restore it from its backup"
        raise KeyFileError(msg) from problem
    if file.format != FORMAT:
        msg = f"the key file {path} has format {file.format}, this program knows {FORMAT}"
        raise KeyFileError(msg)
    present = {entry.purpose for entry in file.keys}
    for purpose in PURPOSES:
        if purpose not in present:
            msg = f"the key file {path} lacks a key for {purpose}; restore it from its backup"
            raise KeyFileError(msg)
    return file


def load_or_create(path: Path) -> Keys:
    """Read the key file, or make it on a first start."""
    return load(path) if path.exists() else create(path)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                msg = f"the key file {path} is not a file"
                raise KeyFileError(msg)
            if found.st_mode & 0o077:
                mode = stat.S_IMODE(found.st_mode)
                msg = (
                    f"the key file {path} may be read by others (mode {mode:04o}); "
                    f"run chmod 600 {path}, and think about who has read it"
                )
                raise KeyFileError(msg)
            return file.read()
    except FileNotFoundError as problem:
        msg = f"there is no key file {path}; restore it, or run coursewire init for a new site"
        raise KeyFileError(msg) from problem
    except OSError as problem:
        msg = f"the key file {path} cannot be read: {problem.strerror}"
        raise KeyFileError(msg) from problem


def _key(entry: Entry, path: Path) -> bytes:
    try:
        key = base64.b64decode(entry.key, validate=True)
    except ValueError:
        key = b""
    if len(key) != SIZE:
        msg = f"the key file {path} is damaged: key {entry.number} for {entry.purpose}"
        raise KeyFileError(msg)
    return key
