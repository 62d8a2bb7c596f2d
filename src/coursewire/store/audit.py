"""Rows of the audit record, the call log and what reads them back."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, Select, bindparam, delete, func, insert, select

from coursewire.store.direct import DirectAppend
from coursewire.store.schema.audit import audit_records, calls
from coursewire.store.session import Session

_APPEND = insert(audit_records).inline()
_APPEND_CALL = DirectAppend(
    insert(calls).values(
        {column.name: bindparam(column.name) for column in calls.c if column.name != "id"}
    )
)


def append(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Add records; the table refuses to change or delete them afterwards."""
    if rows:
        session.execute(_APPEND, rows)


def append_calls(session: Session, rows: Iterable[Struct]) -> None:
    """Add rows to the call log: structs with a field for each column but the id."""
    _APPEND_CALL.many(session, rows)


def keep_newest_calls(session: Session, kept: int) -> None:
    """Remove the oldest calls beyond a number; ids are never given twice, so they count."""
    newest = select(func.max(calls.c.id)).scalar_subquery()
    session.execute(delete(calls).where(calls.c.id <= newest - kept))


def records(session: Session, *, action: str = "", limit: int = 100) -> Sequence[Row[Any]]:
    """Return the newest records first, of one action or of all."""
    query: Select[Any] = select(audit_records)
    if action:
        query = query.where(audit_records.c.action == action)
    return session.rows(query.order_by(audit_records.c.id.desc()).limit(limit))


def recorded_calls(session: Session, *, handle: str = "", limit: int = 100) -> Sequence[Row[Any]]:
    """Return the newest calls first, of one token or of all."""
    query: Select[Any] = select(calls)
    if handle:
        query = query.where(calls.c.token_handle == handle)
    return session.rows(query.order_by(calls.c.id.desc()).limit(limit))


def call_of_request(session: Session, request_id: str) -> Row[Any] | None:
    """Return the logged call that was answered under a request id."""
    return session.one(select(calls).where(calls.c.request_id == request_id))
