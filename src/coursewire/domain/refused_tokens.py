"""Tokens that were refused: once an hour for each token and check, written behind (AUD-1).

Whoever holds a token that ended may call as often as they like, and whoever holds none may make
tokens up. The call log has each such call and is trimmed; the record of changes is not.
"""

import threading
from collections.abc import Mapping
from typing import TypeAlias

from coursewire.audit import records
from coursewire.audit.records import Record
from coursewire.domain import gate
from coursewire.domain.clock import Clock
from coursewire.domain.gate import Failed
from coursewire.store.access import Access
from coursewire.store.session import Session

EVERY = 3600.0
CAPACITY = 10_000
# The first use of a token after its end has a record of its own; the others refuse no token, but
# what was asked for, or everybody.
_OTHERS = {gate.EXPIRED, gate.MAINTENANCE, *(c.name for c in gate.CHECKS[1:] if not c.token)}
# A token, by its id, and the check that refused it.
_Case: TypeAlias = tuple[int, str]


class RefusedTokens:
    """Refusals that wait to be written. Losing them on a crash leaves them in the call log."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # Calls are answered by several threads.
        self._guard = threading.Lock()
        # What was noted within the last hour and when, the oldest first.
        self._noted: dict[_Case, float] = {}
        self._waiting: list[Record] = []
        self._unknown = 0
        self._unknown_after = 0.0

    def note(self, access: Access, failed: Failed, address: str, request_id: str) -> None:
        """Remember that a token was refused, unless that was noted within the last hour."""
        case = (access.id, failed.check.name)
        if failed.check.name in _OTHERS:
            return
        with self._guard:
            now = self._clock.monotonic()
            self._forget(now - EVERY)
            if case in self._noted or max(len(self._noted), len(self._waiting)) >= CAPACITY:
                return
            self._noted[case] = now
            target, told = f"token {access.handle}", {"check": failed.check.name}
            reason = failed.refusal.reason
            record = self._record(target, reason, told, access, address, request_id)
            self._waiting.append(record)

    def note_unknown(self) -> None:
        """Count a token that nobody has: these are recorded together, once an hour."""
        with self._guard:
            self._unknown += 1

    def flush(self, session: Session) -> int:
        """Write what waits in one transaction; return how many records that were."""
        taken, unknown = self._taken()
        made = [*taken, self._of_unknown(unknown)] if unknown else taken
        if not made:
            return 0
        try:
            with session.transaction():
                records.append(session, made)
        except BaseException:
            with self._guard:
                self._waiting = taken + self._waiting
                self._unknown += unknown
            raise
        if unknown:
            self._unknown_after = self._clock.monotonic() + EVERY
        return len(made)

    def _taken(self) -> tuple[list[Record], int]:
        with self._guard:
            taken, self._waiting = self._waiting, []
            if self._clock.monotonic() < self._unknown_after:
                return taken, 0
            unknown, self._unknown = self._unknown, 0
            return taken, unknown

    def _of_unknown(self, calls: int) -> Record:
        return self._record("unknown tokens", "nobody has such a token", {"calls": calls})

    def _forget(self, before: float) -> None:
        while self._noted:
            case = next(iter(self._noted))
            if self._noted[case] > before:
                return
            del self._noted[case]

    def _record(
        self,
        target: str,
        reason: str,
        told: Mapping[str, object],
        access: Access | None = None,
        address: str = "",
        request_id: str = "",
    ) -> Record:
        return Record(
            time_ms=self._clock.now_ms(),
            monotonic_ms=int(self._clock.monotonic() * 1000),
            actor_id=access.user_id if access else 0,
            actor=access.username if access else "",
            action="token.refuse",
            target=target,
            outcome="refused",
            reason=reason,
            token_handle=access.handle if access else "",
            address=address,
            request_id=request_id,
            details=records.details(told),
        )
