"""Reading the call log: the newest entries that are wanted, one entry, and counts by the hour."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, func, select

from coursewire.store.schema.audit import calls
from coursewire.store.schema.users import users
from coursewire.store.session import AnyRow, Session

HOUR_MS = 3_600_000
# One look reads so many entries at most, so a rare thing in a long log keeps nobody waiting.
SPAN = 100_000


class WantedCalls(Struct, frozen=True, kw_only=True):
    """Which calls are asked for; what is empty or 0 does not narrow.

    `outcome` is an error code, `ok` or `refused`; `function` ends with `_` for all that begin so;
    times are Unix milliseconds, `since_ms` included and `until_ms` not.
    """

    function: str = ""
    actor: str = ""
    token_handle: str = ""
    request_id: str = ""
    outcome: str = ""
    failed_check: str = ""
    address: str = ""
    since_ms: int = 0
    until_ms: int = 0
    before_id: int = 0


class Look(Struct, frozen=True, kw_only=True):
    """What one look found, and where the next one goes on; 0 when it saw everything."""

    rows: list[AnyRow]
    next_id: int


class Hour(Struct, frozen=True):
    """The calls of one hour, and how many of them were refused."""

    start: int
    calls: int
    refused: int


_COLUMNS = (*calls.c, users.c.username)
_NAMED = calls.outerjoin(users, users.c.id == calls.c.user_id)


def search(session: Session, wanted: WantedCalls, *, limit: int, span: int = SPAN) -> Look:
    """Return the newest wanted calls first, out of one span of the log."""
    newest: int = session.scalar(select(func.coalesce(func.max(calls.c.id), 0)))
    top = min(wanted.before_id or newest + 1, newest + 1)
    bottom = max(0, top - span)
    found = session.rows(
        select(*_COLUMNS)
        .select_from(_NAMED)
        .where(calls.c.id < top, calls.c.id >= bottom, *_conditions(wanted))
        .order_by(calls.c.id.desc())
        .limit(limit + 1)
    )
    if len(found) > limit:
        return Look(rows=list(found[:limit]), next_id=found[limit - 1].id)
    oldest: int = session.scalar(select(func.coalesce(func.min(calls.c.id), 0)))
    return Look(rows=list(found), next_id=bottom if bottom > oldest else 0)


def get(session: Session, call_id: int) -> AnyRow | None:
    """Return one call."""
    return session.one(select(*_COLUMNS).select_from(_NAMED).where(calls.c.id == call_id))


def of_request(session: Session, request_id: str) -> AnyRow | None:
    """Return the call that was answered under a request id."""
    query = select(*_COLUMNS).select_from(_NAMED).where(calls.c.request_id == request_id)
    return session.one(query)


def as_dict(row: AnyRow) -> dict[str, Any]:
    """Return a call by the names of its columns."""
    return dict(zip([column.name for column in _COLUMNS], row, strict=True))


def hours(session: Session, now: int, number: int = 24) -> list[Hour]:
    """Return the last hours, the oldest first; the last one is not over."""
    first = now // 3600 - number + 1
    starts = range(first, first + number)
    # A count of a range of an index reads no rows; grouping them would.
    everything = session.one(select(*(_in_hour(start) for start in starts)))
    refused = session.one(select(*(_in_hour(start, calls.c.outcome != "ok") for start in starts)))
    if everything is None or refused is None:
        return []
    return [
        Hour(start * 3600, int(made), int(bad))
        for start, made, bad in zip(starts, everything, refused, strict=True)
    ]


def _in_hour(start: int, *which: ColumnElement[bool]) -> ColumnElement[int]:
    begin = start * HOUR_MS
    time = calls.c.time_ms
    query = select(func.count()).where(time >= begin, time < begin + HOUR_MS, *which)
    return query.select_from(calls).scalar_subquery()


def _conditions(wanted: WantedCalls) -> Iterable[ColumnElement[bool]]:
    columns = calls.c
    for name in ("token_handle", "request_id", "failed_check", "address"):
        if value := getattr(wanted, name):
            yield columns[name] == value
    if wanted.function.endswith("_"):
        yield columns.function.startswith(wanted.function, autoescape=True)
    elif wanted.function:
        yield columns.function == wanted.function
    if wanted.actor:
        yield users.c.username == wanted.actor
    if wanted.outcome == "refused":
        yield columns.outcome != "ok"
    elif wanted.outcome:
        yield columns.outcome == wanted.outcome
    if wanted.since_ms:
        yield columns.time_ms >= wanted.since_ms
    if wanted.until_ms:
        yield columns.time_ms < wanted.until_ms
