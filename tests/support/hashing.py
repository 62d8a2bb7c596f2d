"""A hasher that costs nothing, for tests in which a password is only passed along."""

from coursewire.domain.hashing import Passwords


class Cheap:
    """Hashes by writing the password down, under the name of the real thing."""

    unmatchable = "$argon2id$cheap$"

    def hash(self, password: bytes) -> str:
        return f"{self.unmatchable}{password.hex()}"

    def renew(self, password: bytes, old: str) -> str:
        del old
        return self.hash(password)

    def verify(self, password: bytes, stored: str) -> bool:
        return stored == self.hash(password)

    def is_outdated(self, stored: str) -> bool:
        return not stored.startswith(self.unmatchable)


CHEAP = Passwords(Cheap(), threads=1)
