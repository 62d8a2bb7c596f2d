"""When tokens were last used, written behind in batches, at most once a minute for each."""

from collections.abc import Collection, Sequence
from typing import TypeAlias

from coursewire.audit import records
from coursewire.audit.records import Record
from coursewire.domain.clock import Clock
from coursewire.store import tokens, user_accesses
from coursewire.store.access import Access
from coursewire.store.session import Session

# Moodle writes a last access no more often than this.
EVERY = 60
CAPACITY = 100_000
# A token that was used, and when.
Use: TypeAlias = tuple[Access, int]


class LastAccess:
    """Uses that wait to be written. Losing them on a crash costs a time in a list, nothing more."""

    def __init__(self) -> None:
        self._waiting: dict[int, Use] = {}
        # What was written lately: a remembered access does not learn of it.
        self._written: dict[int, int] = {}

    def note(self, access: Access, now: int) -> None:
        """Remember a use, unless one within the last minute is written or waits."""
        if now - max(access.lastaccess, self._written.get(access.id, 0)) < EVERY:
            return
        if access.id not in self._waiting and len(self._waiting) < CAPACITY:
            self._waiting[access.id] = (access, now)

    @property
    def waiting(self) -> int:
        """Return how many uses wait to be written."""
        return len(self._waiting)

    def flush(self, session: Session, clock: Clock) -> int:
        """Write what waits in one transaction; return how many tokens that were.

        What somebody else is changing at this moment waits for the next time.
        """
        if not self._waiting:
            return 0
        taken, self._waiting = self._waiting, {}
        try:
            with session.transaction():
                uses = _held(session, taken.values())
                if uses:
                    _write(session, uses, clock)
                left = taken.keys() - {access.id for access, _ in uses}
                busy = tokens.there(session, left)
        except BaseException:
            self._waiting = taken | self._waiting
            raise
        self._waiting = {key: taken[key] for key in busy} | self._waiting
        if len(self._written) >= CAPACITY:
            self._written = {}
        self._written.update((access.id, time) for access, time in uses)
        return len(uses)


def _held(session: Session, uses: Collection[Use]) -> list[Use]:
    """Hold tokens and users of the uses, as far as nobody is changing them.

    Whoever deletes a user takes the user first and then the tokens: waiting here while holding
    others could be waiting in a circle.
    """
    token_ids = tokens.hold_free(session, [access.id for access, _ in uses])
    user_ids = user_accesses.hold_free(session, {access.user_id for access, _ in uses})
    return [use for use in uses if use[0].id in token_ids and use[0].user_id in user_ids]


def _write(session: Session, uses: Sequence[Use], clock: Clock) -> None:
    first = _first_uses(session, uses)
    tokens.touch(session, {access.id: time for access, time in uses if access.id not in first})
    user_accesses.touch(session, {access.user_id: time for access, time in uses})
    new = [_first_use(access, time, clock) for access, time in uses if access.id in first]
    records.append(session, new)


def _first_uses(session: Session, uses: Sequence[Use]) -> set[int]:
    """Write the uses of tokens that had none before; return the ids of those tokens."""
    ids: dict[int, list[int]] = {}
    for access, time in uses:
        if access.lastaccess == 0:
            ids.setdefault(time, []).append(access.id)
    found: set[int] = set()
    for time, some in ids.items():
        found |= tokens.touch_first(session, some, time)
    return found


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
