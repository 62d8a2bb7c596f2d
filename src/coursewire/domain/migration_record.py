"""The record of a step of the schema, written in the transaction of the step (AUD-1, AUD-2)."""

from collections.abc import Callable

from coursewire.audit import records
from coursewire.audit.records import Record
from coursewire.domain.clock import Clock
from coursewire.store.session import Session


def writer(clock: Clock) -> Callable[[Session, str, str], None]:
    """Return what writes that the tables went from one revision to another.

    It reads nothing of the site: the tables of its people need not be this program's.
    """

    def write(session: Session, before: str, after: str) -> None:
        record = Record(
            time_ms=clock.now_ms(),
            monotonic_ms=int(clock.monotonic() * 1000),
            actor_id=0,
            actor="command line",
            action="site.migrate",
            target="site",
            details=records.details({"before": before, "after": after}),
        )
        records.append(session, [record])

    return write
