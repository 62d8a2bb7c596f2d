"""Calls that were answered before, byte for byte, which are not read a second time.

Clients that look after a site ask the same again and again. What such a call says is remembered:
neither whether it may, which is looked at each time, nor what it was answered. Bodies are known by
a digest of this process alone, so that no token stays in memory longer than its call takes.
"""

import hashlib
import secrets

from msgspec import Struct

from coursewire.store.keys import Digest, Keys
from coursewire.wire.request import RestRequest

# No longer than most calls are, so that nobody fills the memory of the server.
LONGEST = 512
CAPACITY = 4096
_MARK = 16


class Understood(Struct, frozen=True):
    """What a call says; its token is known by the digests that these keys make of it."""

    request: RestRequest
    digests: tuple[Digest, ...]
    keys: Keys


class Forgotten(Exception):
    """What was understood holds no longer: the call is to be read."""


class UnderstoodCalls:
    """What calls said that came lately; when there are too many, all are forgotten."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._marking = hashlib.blake2b(secrets.token_bytes(_MARK), digest_size=_MARK)
        self._found: dict[bytes, Understood] = {}

    def mark(self, body: bytes) -> bytes:
        """Return what a body is known by, nothing for a long one."""
        if len(body) > LONGEST:
            return b""
        marking = self._marking.copy()
        marking.update(body)
        return marking.digest()

    def find(self, mark: bytes) -> Understood | None:
        """Return what the call with this mark says, if it came before."""
        return self._found.get(mark)

    def keep(self, mark: bytes, understood: Understood) -> None:
        """Remember what a call says that was answered."""
        if len(self._found) >= self._capacity:
            self._found.clear()
        self._found[mark] = understood

    def __len__(self) -> int:
        return len(self._found)

    def forget(self, mark: bytes) -> None:
        """Read the call with this mark the next time."""
        self._found.pop(mark, None)

    def forget_all(self) -> None:
        """Read every call the next time."""
        self._found.clear()
