"""The audit records of one call, kept until its transaction writes them."""

from typing import Protocol

from coursewire.audit import records
from coursewire.audit.records import Record
from coursewire.domain.clock import Clock
from coursewire.store.session import Session


class Actor(Protocol):
    """Who acts."""

    @property
    def id(self) -> int: ...
    @property
    def username(self) -> str: ...


class Source(Protocol):
    """Where the call came from."""

    @property
    def request_id(self) -> str: ...
    @property
    def token_handle(self) -> str: ...
    @property
    def address(self) -> str: ...


class Acting(Protocol):
    """The part of a call that a record tells about."""

    @property
    def session(self) -> Session: ...
    @property
    def caller(self) -> Actor: ...
    @property
    def origin(self) -> Source: ...
    @property
    def clock(self) -> Clock: ...


class AuditTrail:
    """Records of what a call changed; none survives a transaction that was undone (AUD-2)."""

    def __init__(self, acting: Acting) -> None:
        self._acting = acting
        self._waiting: list[Record] = []

    def __len__(self) -> int:
        """Return how many records wait to be written."""
        return len(self._waiting)

    def record(
        self, action: str, target: str, outcome: str = "ok", reason: str = "", **details: object
    ) -> None:
        """Keep a record; `action` is noun.verb (`group.create`), `target` names what it met."""
        acting = self._acting
        self._waiting.append(
            Record(
                time_ms=acting.clock.now_ms(),
                monotonic_ms=int(acting.clock.monotonic() * 1000),
                actor_id=acting.caller.id,
                actor=acting.caller.username,
                token_handle=acting.origin.token_handle,
                address=acting.origin.address,
                request_id=acting.origin.request_id,
                action=action,
                target=target,
                outcome=outcome,
                reason=reason,
                details=records.details(details),
            )
        )

    def write(self) -> None:
        """Write what was kept; the open transaction keeps or undoes it with the change."""
        if self._waiting:
            records.append(self._acting.session, self._waiting)
            self._waiting = []

    def drop(self, keep: int = 0) -> None:
        """Forget the records of changes that were undone: all but the first ones."""
        del self._waiting[keep:]
