"""Storing rows, new or in place of those with the same key; each statement is built once."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Executable, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from coursewire.store.direct import DirectWrite
from coursewire.store.session import Session


def put(
    session: Session,
    table: Table,
    key: tuple[str, ...],
    changing: tuple[str, ...],
    rows: Sequence[dict[str, Any]],
) -> None:
    """Store rows with the same columns; without columns that change, those there are stay."""
    if len(rows) == 1 and session.engine_name == "sqlite":
        _one(table, key, changing, tuple(rows[0])).run(session, rows[0])
    elif rows:
        session.execute(statement(session.engine_name, table, key, changing), rows)


@lru_cache(maxsize=256)
def statement(
    engine_name: str,
    table: Table,
    key: tuple[str, ...],
    changing: tuple[str, ...],
    columns: tuple[str, ...] = (),
) -> Executable:
    """Return the statement that changes columns of the row with a key, or inserts the row."""
    make = sqlite.insert if engine_name == "sqlite" else postgresql.insert
    new = make(table)
    if columns:
        new = new.values({name: bindparam(name) for name in columns})
    values = {name: new.excluded[name] for name in changing}
    if not values:
        return new.on_conflict_do_nothing(index_elements=list(key))
    return new.on_conflict_do_update(index_elements=list(key), set_=values)


@lru_cache(maxsize=256)
def _one(
    table: Table, key: tuple[str, ...], changing: tuple[str, ...], columns: tuple[str, ...]
) -> DirectWrite:
    return DirectWrite(statement("sqlite", table, key, changing, columns))
