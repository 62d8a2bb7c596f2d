"""The record of a step of the schema, written in the transaction of the step (AUD-1, AUD-2).

Nothing of the site is read for it: the tables of its people need not be this program's.
"""

from collections.abc import Callable, Mapping, Sequence

from coursewire.audit import records
from coursewire.audit.records import Record
from coursewire.domain.clock import Clock
from coursewire.store.session import Session


def writer(clock: Clock) -> Callable[[Session, str, str], None]:
    """Return what writes that the tables went from one revision to another."""

    def write(session: Session, before: str, after: str) -> None:
        _append(session, clock, {"before": before, "after": after})

    return write


def put_back(session: Session, clock: Clock, triggers: Sequence[str]) -> None:
    """Record that triggers which guard this very record were put back."""
    _append(session, clock, {"put back": ", ".join(triggers)})


def _append(session: Session, clock: Clock, details: Mapping[str, object]) -> None:
    record = Record(
        time_ms=clock.now_ms(),
        monotonic_ms=int(clock.monotonic() * 1000),
        actor_id=0,
        actor="command line",
        action="site.migrate",
        target="site",
        details=records.details(details),
    )
    records.append(session, [record])
