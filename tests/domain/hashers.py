"""A cheap hasher that counts, for tests of everything but the hashing itself (AUTH-1)."""

import threading
from hashlib import sha256

from coursewire.domain.password_hashes import ARGON2

_KIND = f"{ARGON2}cheap$"


class Counting:
    """Hashes in a microsecond; tells how often it computed, and against which stored hashes."""

    def __init__(self) -> None:
        self.verified: list[str] = []
        self.made = 0
        self._lock = threading.Lock()

    def hash(self, password: bytes) -> str:
        with self._lock:
            self.made += 1
        return _KIND + sha256(password).hexdigest()

    def renew(self, password: bytes, old: str) -> str:
        del old
        return self.hash(password)

    def verify(self, password: bytes, stored: str) -> bool:
        with self._lock:
            self.verified.append(stored)
        return stored == _KIND + sha256(password).hexdigest()

    def is_outdated(self, stored: str) -> bool:
        return not stored.startswith(_KIND)

    @property
    def unmatchable(self) -> str:
        return _KIND + "no password"

    @property
    def computations(self) -> int:
        return self.made + len(self.verified)
