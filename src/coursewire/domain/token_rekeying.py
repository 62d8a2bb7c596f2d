"""Tokens that are used while the key for digests changes move to the new key (TOK-4)."""

from coursewire.store import tokens
from coursewire.store.access import Access
from coursewire.store.keys import Digest
from coursewire.store.session import Session

CAPACITY = 100_000


class Rekeying:
    """New digests that wait to be written; one that is lost is found again at the next use."""

    def __init__(self) -> None:
        self._waiting: dict[int, tuple[bytes, Digest]] = {}

    def note(self, access: Access, digest: Digest) -> None:
        """Remember under which digest a token is to be found from now on.

        One that another machine moved to a newer key stays there.
        """
        if access.key_number < digest.number and len(self._waiting) < CAPACITY:
            self._waiting[access.id] = (access.digest, digest)

    def flush(self, session: Session) -> int:
        """Write what waits in one transaction; return how many tokens that were."""
        if not self._waiting:
            return 0
        taken, self._waiting = self._waiting, {}
        try:
            with session.transaction():
                tokens.move_digests(session, taken)
        except BaseException:
            self._waiting = taken | self._waiting
            raise
        return len(taken)
