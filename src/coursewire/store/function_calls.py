"""How often a function was called, and how often that was refused."""

from msgspec import Struct
from sqlalchemy import func, select

from coursewire.store.schema.audit import calls
from coursewire.store.session import AnyRow, Session

# The page of a function waits for this, so it reads so many entries of the log at most.
SPAN = 20_000


class CallCounts(Struct, frozen=True):
    """Calls since a time; `is_whole` tells whether everything since then was looked at."""

    calls: int
    errors: tuple[tuple[str, int], ...]
    is_whole: bool

    @property
    def refused(self) -> int:
        """Return how many calls were refused."""
        return sum(number for _, number in self.errors)


def count(session: Session, function: str, since_ms: int) -> CallCounts:
    """Count the calls of a function in the newest span of the log, by error."""
    newest: int = session.scalar(select(func.coalesce(func.max(calls.c.id), 0)))
    bottom = newest - SPAN
    recent = (calls.c.id > bottom, calls.c.time_ms >= since_ms)
    query = select(calls.c.outcome, func.count()).where(*recent, calls.c.function == function)
    found = session.rows(query.group_by(calls.c.outcome))
    first = session.scalar(select(calls.c.time_ms).where(calls.c.id > bottom).order_by(calls.c.id))
    errors = sorted((row[0], int(row[1])) for row in found if row[0] != "ok")
    total = sum(int(row[1]) for row in found)
    return CallCounts(total, tuple(errors), bottom <= 0 or first is None or first <= since_ms)


def last_errors(session: Session, function: str, limit: int) -> list[AnyRow]:
    """Return the newest refused calls of a function in the newest span of the log."""
    newest: int = session.scalar(select(func.coalesce(func.max(calls.c.id), 0)))
    query = select(calls).where(
        calls.c.id > newest - SPAN, calls.c.function == function, calls.c.outcome != "ok"
    )
    return list(session.rows(query.order_by(calls.c.id.desc()).limit(limit)))
