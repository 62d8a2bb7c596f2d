"""Password hashes: Argon2id for new ones; Moodle's are verified once and then replaced.

Whatever is stored for an account, or nothing, a check costs one Argon2id computation of the
current parameters, so its duration does not tell which accounts exist (AUTH-3).
"""

import base64
import hashlib
from typing import Any, Protocol

from msgspec import Struct
from passlib.handlers.argon2 import argon2
from passlib.handlers.bcrypt import bcrypt
from passlib.handlers.sha2_crypt import sha512_crypt

from coursewire.domain.passwords import LONGEST

# The floor of AUTH-1.
MEMORY_KIB = 19_456
PASSES = 2
LANES = 1
SALT_BYTES = 16
TAG_BYTES = 32

ARGON2 = "$argon2id$"
SHA512_CRYPT = "$6$"
BCRYPT = ("$2y$", "$2b$", "$2a$")
# Bcrypt looks at no more bytes; a longer password would be cut, which we never do (AUTH-2).
_BCRYPT_BYTES = 72
# Costs above these come from nobody's Moodle and would hold up everybody else.
_MOST_ROUNDS = 1_000_000
_HIGHEST_COST = 15


class Hasher(Protocol):
    """The one place where passwords are hashed; tests put a cheap one here."""

    def hash(self, password: bytes) -> str:
        """Return a hash to store."""
        ...

    def renew(self, password: bytes, old: str) -> str:
        """Return the hash that replaces an old one: the same for all who renew it at once."""
        ...

    def verify(self, password: bytes, stored: str) -> bool:
        """Tell whether a stored hash of this hasher's kind is that of the password."""
        ...

    def is_outdated(self, stored: str) -> bool:
        """Tell whether a hash should be replaced by one of the current parameters."""
        ...

    @property
    def unmatchable(self) -> str:
        """Return a hash of the current parameters that no password has."""
        ...


class Verified(Struct, frozen=True):
    """Whether the password is right, and a better hash to store instead of the present one."""

    ok: bool
    replacement: str = ""

    def __repr__(self) -> str:
        """Show no hash."""
        return f"Verified(ok={self.ok}, replace={bool(self.replacement)})"


NO_MATCH = Verified(ok=False)


class _Handler(Protocol):
    """What we use of the library's handlers; its stubs leave out most of it."""

    def using(self, *, salt: bytes) -> "_Handler": ...
    def hash(self, secret: bytes) -> str: ...
    def verify(self, secret: bytes, hash: str) -> bool: ...  # noqa: A002 - the library's name
    def needs_update(self, hash: str) -> bool: ...  # noqa: A002 - the library's name


_ARGON2: Any = argon2


class Argon2:
    """Argon2id; parameters below the floor are refused."""

    def __init__(
        self, *, memory_kib: int = MEMORY_KIB, passes: int = PASSES, lanes: int = LANES
    ) -> None:
        if memory_kib < MEMORY_KIB or passes < PASSES or lanes < LANES:
            msg = (
                f"password hashing needs at least {MEMORY_KIB} KiB, {PASSES} passes and "
                f"{LANES} lane, not {memory_kib}, {passes} and {lanes}"
            )
            raise ValueError(msg)
        self._hasher: _Handler = _ARGON2.using(
            type="ID",
            memory_cost=memory_kib,
            rounds=passes,
            parallelism=lanes,
            salt_size=SALT_BYTES,
            digest_size=TAG_BYTES,
        )
        parameters = f"v=19$m={memory_kib},t={passes},p={lanes}"
        salt, tag = (base64.b64encode(bytes(n)).decode().rstrip("=") for n in (16, 32))
        self._unmatchable = f"{ARGON2}{parameters}${salt}${tag}"

    @property
    def unmatchable(self) -> str:
        """Return a hash whose tag is zero: nobody knows a password for it."""
        return self._unmatchable

    def hash(self, password: bytes) -> str:
        """Return the standard encoded text, with a new salt."""
        return self._hasher.hash(password)

    def renew(self, password: bytes, old: str) -> str:
        """Return the standard encoded text; its salt follows from the old hash, which has its own.

        Of two log-ins that renew a hash at once the second knows by that what the first stored.
        """
        salt = hashlib.sha256(old.encode()).digest()[:SALT_BYTES]
        return self._hasher.using(salt=salt).hash(password)

    def verify(self, password: bytes, stored: str) -> bool:
        """Compare in constant time; a damaged hash matches nothing."""
        try:
            return self._hasher.verify(password, stored)
        except ValueError:
            return False

    def is_outdated(self, stored: str) -> bool:
        """Tell whether the hash was made with other parameters."""
        return self._hasher.needs_update(stored)


def hashed(hasher: Hasher, password: str) -> str:
    """Return the hash of a new password."""
    return hasher.hash(_bytes(password))


def check(hasher: Hasher, password: str, stored: str | None) -> Verified:
    """Compare a password with what is stored; None stands for an account that cannot log in."""
    if len(password) > LONGEST:
        return NO_MATCH
    given = _bytes(password)
    kind = stored or ""
    if kind.startswith(ARGON2):
        if not hasher.verify(given, kind):
            return NO_MATCH
        return Verified(True, hasher.renew(given, kind) if hasher.is_outdated(kind) else "")
    if _matches_old(given, kind):
        return Verified(True, hasher.renew(given, kind))
    hasher.verify(given, hasher.unmatchable)
    return NO_MATCH


def _matches_old(password: bytes, stored: str) -> bool:
    """Compare with one of Moodle's hashes; a damaged one, or NUL in the password, matches none."""
    try:
        if stored.startswith(SHA512_CRYPT):
            return _rounds(stored) <= _MOST_ROUNDS and sha512_crypt.verify(password, stored)
        if stored.startswith(BCRYPT) and len(password) <= _BCRYPT_BYTES:
            return int(stored[4:6]) <= _HIGHEST_COST and bcrypt.verify(password, stored)
    except ValueError:
        return False
    return False


def _rounds(stored: str) -> int:
    given = stored.removeprefix(SHA512_CRYPT).partition("$")[0]
    return int(given.removeprefix("rounds=")) if given.startswith("rounds=") else 0


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
