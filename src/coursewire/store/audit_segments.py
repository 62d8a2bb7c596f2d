"""Rows of sealed segments, and which audit records are complete but not sealed yet."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    delete,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    text,
    update,
)

from coursewire.store.schema.audit import audit_records, audit_segments
from coursewire.store.session import AnyRow, Session

# Of all sealers of a site, one works at a time.
_LOCK = text("SELECT pg_try_advisory_xact_lock(724210377)")
_HORIZON = text("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)")
# Of what is there to be seen, no transaction of this cluster has this number or a higher one.
_NEXT: ColumnElement[int] = literal_column(
    "CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint)"
)
_OWN = text("SELECT CAST(CAST(pg_current_xact_id() AS text) AS bigint)")

_MAY_PURGE = select(func.has_table_privilege(audit_records.name, "DELETE"))
_HIGHEST = select(func.coalesce(func.max(audit_segments.c.last_id), 0))

# What a digest is made of, in this order; `writer` means something only inside one cluster.
SEALED = tuple(column for column in audit_records.c if column.name != "writer")


def lock(session: Session) -> bool:
    """Take the right to seal for this transaction; on SQLite writers are alone anyway."""
    return session.engine_name == "sqlite" or bool(session.scalar(_LOCK))


def newest(session: Session) -> AnyRow | None:
    """Return the last segment."""
    return session.one(select(audit_segments).order_by(audit_segments.c.id.desc()).limit(1))


def numbered(session: Session, number: int) -> AnyRow | None:
    """Return a segment by its number."""
    return session.one(select(audit_segments).where(audit_segments.c.id == number))


def all_of(session: Session) -> Sequence[AnyRow]:
    """Return the segments in their order."""
    return session.rows(select(audit_segments).order_by(audit_segments.c.id))


def unpurged(session: Session, most: int) -> Sequence[AnyRow]:
    """Return the oldest segments whose records are there, at most so many, for removing those."""
    wanted = select(audit_segments).where(audit_segments.c.purged_ms == 0)
    # Of two that purge at once the second sees what the first has left.
    return session.rows(wanted.order_by(audit_segments.c.id).limit(most).with_for_update())


def horizon(session: Session) -> int:
    """Return the transaction before which all have ended; 0 on SQLite, which has no such number."""
    return 0 if session.engine_name == "sqlite" else int(session.scalar(_HORIZON))


def complete(
    session: Session, since: AnyRow | None, before: int
) -> tuple[Sequence[AnyRow], Sequence[AnyRow]]:
    """Return records, by id, before which no other can appear any more, and that are not sealed.

    First come late ones, before the last that is sealed, then those after it. On PostgreSQL the
    numbers of transactions tell, which another cluster counts anew: in a site that was moved there
    by PostgreSQL's own tools some are too high, and late ones may be sealed all the same.
    """
    query = select(*SEALED).order_by(audit_records.c.id)
    highest = int(session.scalar(_HIGHEST))
    is_new = audit_records.c.id > highest
    if session.engine_name == "sqlite":
        return (), session.rows(query.where(is_new))
    writer, sealed_before = audit_records.c.writer, since.horizon if since else 0
    is_complete = or_(writer < before, literal(sealed_before) > _NEXT)
    late = session.rows(query.where(writer >= sealed_before, is_complete, ~is_new))
    new = session.rows(query.where(is_new, or_(writer < before, writer >= _NEXT)))
    return late, new


def from_record(session: Session, record_id: int) -> Sequence[AnyRow]:
    """Return the segments that end with this record or a later one."""
    wanted = select(audit_segments).where(audit_segments.c.last_id >= record_id)
    return session.rows(wanted.order_by(audit_segments.c.id))


def all_records(session: Session) -> Sequence[AnyRow]:
    """Return every record, by id."""
    return session.rows(select(*SEALED).order_by(audit_records.c.id))


def add(session: Session, segment: dict[str, Any]) -> None:
    """Keep a segment, its number included: numbers have no gaps."""
    session.execute(insert(audit_segments), segment)


def start_anew_after_copy(session: Session) -> None:
    """Let the next sealing on this cluster begin after what was just copied into it."""
    if session.engine_name == "postgresql":
        last = select(func.max(audit_segments.c.id)).scalar_subquery()
        own = int(session.scalar(_OWN))
        session.execute(
            update(audit_segments).where(audit_segments.c.id == last).values(horizon=own)
        )


def records(session: Session, first_id: int, last_id: int) -> dict[int, AnyRow]:
    """Return records by id, between two ids."""
    ids = audit_records.c.id
    found = session.rows(select(*SEALED).where(ids.between(first_id, last_id)))
    return {row.id: row for row in found}


def ids_that_should_be_sealed(session: Session, last: AnyRow) -> set[int]:
    """Return the ids of all records that were complete when the last segment was sealed."""
    query = select(audit_records.c.id)
    query = query.where(audit_records.c.id <= int(session.scalar(_HIGHEST)))
    if session.engine_name != "sqlite":
        query = query.where(audit_records.c.writer < last.horizon)
    return set(session.scalars(query))


def count_records(session: Session) -> int:
    """Return the number of audit records."""
    return int(session.scalar(select(func.count()).select_from(audit_records)))


def unsealed(session: Session) -> int:
    """Return the number of records that no segment holds yet."""
    held = select(func.coalesce(func.sum(audit_segments.c.record_count), 0))
    sealed = int(session.scalar(held.where(audit_segments.c.purged_ms == 0)))
    return count_records(session) - sealed


def may_purge(session: Session) -> bool:
    """Tell whether records can be removed: on PostgreSQL the server's role may lack the right."""
    return session.engine_name == "sqlite" or bool(session.scalar(_MAY_PURGE))


def purge(session: Session, number: int, ids: Iterable[int], mark: bytes, now_ms: int) -> None:
    """Mark a segment as purged and remove its records."""
    mine = audit_segments.c.id == number
    session.execute(update(audit_segments).where(mine).values(purged_ms=now_ms, purge_mark=mark))
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        session.execute(delete(audit_records).where(audit_records.c.id.in_(part)))


def forget_all(session: Session) -> None:
    """Remove every segment: for a site that goes on with another key file."""
    session.execute(delete(audit_segments))
