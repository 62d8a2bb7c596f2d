"""Rows of the audit record, the call log and what reads them back."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Row, Select, bindparam, delete, func, insert, select

from coursewire.store import call_counts
from coursewire.store.call_counts import Counted
from coursewire.store.call_log import SPAN, Look
from coursewire.store.direct import DirectAppend, DirectInsert
from coursewire.store.schema.audit import audit_records, calls
from coursewire.store.schema.site import settings
from coursewire.store.session import AnyRow, Session

# Calls that one transaction removes: a tenth of a second of work on SQLite.
CALLS_REMOVED_AT_ONCE = 20_000
_APPEND = insert(audit_records).inline()
# All but what the database itself gives.
_GIVEN = tuple(column.name for column in audit_records.c if column.name not in ("id", "writer"))
_APPEND_ONE = DirectInsert(insert(audit_records).values({name: bindparam(name) for name in _GIVEN}))
_APPEND_CALL = DirectAppend(
    insert(calls).values(
        {column.name: bindparam(column.name) for column in calls.c if column.name != "id"}
    )
)


def append(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Add records; the table refuses to change or delete them afterwards."""
    if len(rows) == 1 and len(rows[0]) == len(_GIVEN):
        _APPEND_ONE.add(session, rows[0])
    elif rows:
        session.execute(_APPEND, rows)


def append_calls(session: Session, rows: Iterable[Counted]) -> None:
    """Add calls to their log: each has an attribute for each column but the id."""
    made = list(rows)
    _APPEND_CALL.many(session, made)
    call_counts.add(session, made)


def calls_kept(session: Session) -> int | None:
    """Return how many calls the site wants kept; None where it never said."""
    value = session.scalar(select(settings.c.value).where(settings.c.name == "callskept"))
    return None if value is None else int(value)


def keep_newest_calls(session: Session, kept: int) -> bool:
    """Remove the oldest calls beyond a number, so many that no writer waits for long.

    False when more are to go. Ids are never given twice, so they count.
    """
    oldest, newest = (
        int(session.scalar(select(func.coalesce(end(calls.c.id), 0))))
        for end in (func.min, func.max)
    )
    surplus = newest - kept
    last = min(surplus, oldest + CALLS_REMOVED_AT_ONCE - 1)
    session.execute(delete(calls).where(calls.c.id <= last))
    call_counts.forget_removed(session)
    return last == surplus


class Wanted(Struct, frozen=True, kw_only=True):
    """Which records are asked for; what is empty or 0 does not narrow.

    `action` is a whole one (`token.issue`) or a noun with a dot (`token.`); `target` is part of
    one; times are Unix milliseconds, `since_ms` included and `until_ms` not; `before_id` pages;
    outcome `refused` is every one but `ok`.
    """

    action: str = ""
    actor: str = ""
    target: str = ""
    token_handle: str = ""
    request_id: str = ""
    outcome: str = ""
    since_ms: int = 0
    until_ms: int = 0
    before_id: int = 0


def records(session: Session, *, action: str = "", limit: int = 100) -> Sequence[Row[Any]]:
    """Return the newest records first, of one action or of all."""
    return search(session, Wanted(action=action), limit=limit)


def search(session: Session, wanted: Wanted, *, limit: int = 100) -> Sequence[Row[Any]]:
    """Return the newest wanted records first."""
    query: Select[Any] = select(audit_records).where(*_conditions(wanted))
    return session.rows(query.order_by(audit_records.c.id.desc()).limit(limit))


def look(session: Session, wanted: Wanted, *, limit: int, span: int = SPAN) -> Look:
    """Return the newest wanted records first, out of one span of the record."""
    newest: int = session.scalar(select(func.coalesce(func.max(audit_records.c.id), 0)))
    top = min(wanted.before_id or newest + 1, newest + 1)
    bottom = max(0, top - span)
    query = select(audit_records).where(
        audit_records.c.id < top, audit_records.c.id >= bottom, *_conditions(wanted)
    )
    found = session.rows(query.order_by(audit_records.c.id.desc()).limit(limit + 1))
    if len(found) > limit:
        return Look(rows=list(found[:limit]), next_id=found[limit - 1].id)
    oldest: int = session.scalar(select(func.coalesce(func.min(audit_records.c.id), 0)))
    return Look(rows=list(found), next_id=bottom if bottom > oldest else 0)


def walk(session: Session, wanted: Wanted, *, limit: int, span: int = SPAN) -> Iterator[AnyRow]:
    """Give the newest wanted records first, from one span after the other until there are enough.

    Each span is a read of its own: none lasts long, however long the record is and however rare
    what is wanted.
    """
    while limit:
        found = look(session, wanted, limit=limit, span=span)
        yield from found.rows
        limit -= len(found.rows)
        if not found.next_id:
            return
        wanted = replace(wanted, before_id=found.next_id)


def get(session: Session, record_id: int) -> AnyRow | None:
    """Return one record."""
    return session.one(select(audit_records).where(audit_records.c.id == record_id))


def as_dict(record: Row[Any]) -> dict[str, Any]:
    """Return a record by the names of its columns."""
    return {
        column.name: value
        for column, value in zip(audit_records.c, record, strict=True)
        if column.name != "writer"
    }


def _conditions(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    columns = audit_records.c
    for name in ("actor", "token_handle", "request_id"):
        if value := getattr(wanted, name):
            yield columns[name] == value
    if wanted.outcome == "refused":
        yield columns.outcome != "ok"
    elif wanted.outcome:
        yield columns.outcome == wanted.outcome
    if wanted.action.endswith("."):
        yield columns.action.startswith(wanted.action, autoescape=True)
    elif wanted.action:
        yield columns.action == wanted.action
    if wanted.target:
        yield columns.target.contains(wanted.target, autoescape=True)
    if wanted.since_ms:
        yield columns.time_ms >= wanted.since_ms
    if wanted.until_ms:
        yield columns.time_ms < wanted.until_ms
    if wanted.before_id:
        yield columns.id < wanted.before_id


def recorded_calls(session: Session, *, handle: str = "", limit: int = 100) -> Sequence[Row[Any]]:
    """Return the newest calls first, of one token or of all."""
    if handle:
        return _calls_of(session, handle, limit)
    return session.rows(select(calls).order_by(calls.c.id.desc()).limit(limit))


def _calls_of(session: Session, handle: str, limit: int) -> list[Row[Any]]:
    found: list[Row[Any]] = []
    # Each of these holds a call at least.
    for period in call_counts.times(session, handle, limit):
        query = select(calls).where(
            calls.c.time_ms >= period.start,
            calls.c.time_ms < period.stop,
            calls.c.token_handle == handle,
        )
        newest = query.order_by(calls.c.time_ms.desc(), calls.c.id.desc())
        found += session.rows(newest.limit(limit - len(found)))
        if len(found) >= limit:
            break
    return found


def call_of_request(session: Session, request_id: str) -> Row[Any] | None:
    """Return the logged call that was answered under a request id."""
    return session.one(select(calls).where(calls.c.request_id == request_id))
