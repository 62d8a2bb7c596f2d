"""Rows whose ids are chosen beforehand, as on a fresh site or from a backup."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, func, insert, select

from coursewire.store.session import Session


def insert_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows with their ids; the next id given is above them all.

    SQLite remembers the highest id by itself; PostgreSQL's sequence must be told.
    """
    for row in rows:
        session.execute(insert(table), dict(row))
    if session.engine_name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        session.scalar(
            select(func.setval(sequence, select(func.max(table.c.id)).scalar_subquery()))
        )
