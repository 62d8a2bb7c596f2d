"""When tokens were last used, written behind in batches, at most once a minute for each."""

from collections.abc import Sequence

from coursewire.audit import records
from coursewire.audit.records import Record
from coursewire.domain.clock import Clock
from coursewire.store import tokens, user_accesses
from coursewire.store.access import Access
from coursewire.store.session import Session

# Moodle writes a last access no more often than this.
EVERY = 60
CAPACITY = 100_000


class LastAccess:
    """Uses that wait to be written. Losing them on a crash costs a time in a list, nothing more."""

    def __init__(self) -> None:
        self._waiting: dict[int, tuple[Access, int]] = {}
        # What was written lately: a remembered access does not learn of it.
        self._written: dict[int, int] = {}

    def note(self, access: Access, now: int) -> None:
        """Remember a use, unless one within the last minute is written or waits."""
        if now - max(access.lastaccess, self._written.get(access.id, 0)) < EVERY:
            return
        if access.id not in self._waiting and len(self._waiting) < CAPACITY:
            self._waiting[access.id] = (access, now)

    def flush(self, session: Session, clock: Clock) -> int:
        """Write what waits in one transaction; return how many tokens that were."""
        if not self._waiting:
            return 0
        taken, self._waiting = self._waiting, {}
        uses = list(taken.values())
        try:
            with session.transaction():
                _write(session, uses, clock)
        except BaseException:
            self._waiting = taken | self._waiting
            raise
        if len(self._written) >= CAPACITY:
            self._written = {}
        self._written.update((key, time) for key, (_, time) in taken.items())
        return len(uses)


def _write(session: Session, uses: Sequence[tuple[Access, int]], clock: Clock) -> None:
    first = [
        (access, time)
        for access, time in uses
        if access.lastaccess == 0 and tokens.touch_first(session, access.id, time)
    ]
    tokens.touch(session, {access.id: time for access, time in uses})
    user_accesses.touch(session, {access.user_id: time for access, time in uses})
    records.append(session, [_first_use(access, time, clock) for access, time in first])


def _first_use(access: Access, time: int, clock: Clock) -> Record:
    return Record(
        time_ms=time * 1000,
        monotonic_ms=int(clock.monotonic() * 1000),
        actor_id=access.user_id,
        actor=access.username,
        token_handle=access.handle,
        action="token.first_use",
        target=f"token {access.handle}",
    )
