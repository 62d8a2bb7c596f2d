"""Very many rows into one table: COPY on PostgreSQL, the driver's own loop on SQLite."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Table

from coursewire.store.session import Session

# A COPY must end within the statement's limit of 30 s.
_ROWS = 50_000


def copy(
    session: Session, table: Table, columns: Sequence[str], rows: Iterator[tuple[Any, ...]]
) -> None:
    """Insert rows in pieces of one transaction each; ids that they bring are never given again."""
    one_piece = _postgres if session.engine_name == "postgresql" else _sqlite
    while piece := list(islice(rows, _ROWS)):
        with session.transaction():
            one_piece(session, table, columns, piece)
    if session.engine_name == "postgresql" and "id" in columns:
        session.connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id))"  # noqa: S608
            f" FROM {table.name}"
        )


def _postgres(
    session: Session, table: Table, columns: Sequence[str], rows: list[tuple[Any, ...]]
) -> None:
    names = ", ".join(columns)
    with (
        session.driver.cursor() as cursor,
        cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as stream,
    ):
        for row in rows:
            stream.write_row(row)


def _sqlite(
    session: Session, table: Table, columns: Sequence[str], rows: list[tuple[Any, ...]]
) -> None:
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    session.driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)  # noqa: S608
