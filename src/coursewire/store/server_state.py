"""All rows of a PostgreSQL database kept in memory, and put back in one transaction.

Whoever calls the site meanwhile waits, and sees the state before or after. The number by which
servers remember facts is left alone: its triggers count what is put back like any other write.
"""

import secrets
import time
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, LiteralString

from msgspec import Struct
from psycopg import sql
from sqlalchemy import CursorResult, text
from sqlalchemy.exc import OperationalError

from coursewire.store import copying
from coursewire.store.database import Database
from coursewire.store.session import Session

# What COPY writes for a table without rows: the head and the end of its binary form.
_EMPTY = 21
_SEQUENCES = (
    "SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL"
    " FROM pg_sequences WHERE schemaname = current_schema()"
)
_RECORDS = "audit_records"


# So often a state tries to be alone with the site: lock not available, deadlock.
_TRIES = 50
_IN_USE = frozenset({"55P03", "40P01"})


class InUse(Exception):
    """Calls of the site went on and on, so that no moment was found to put a state back."""


class OtherTables(Exception):
    """The database has other tables by now, so rows of then do not fit it."""


class _Table(Struct, frozen=True):
    """A table with its columns, and its rows in the form of COPY."""

    name: str
    columns: tuple[str, ...]
    rows: bytes


class ServerState:
    """The state of a database when this was made."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with copying.snapshot(database) as session:
            # Each after those that it refers to.
            self._tables = [_read(session, name, columns) for name, columns in _known(session)]
            self._last: Sequence[Any] = session.driver.execute(_SEQUENCES).fetchall()

    def put_back(self) -> None:
        """Bring the database back to it; raise OtherTables if a plugin brought or took some."""
        for _ in range(_TRIES):
            try:
                return self._put_back()
            except OperationalError as problem:
                if getattr(problem.orig, "sqlstate", None) not in _IN_USE:
                    raise
            time.sleep(secrets.randbelow(1000) / 10_000)
        raise InUse

    def close(self) -> None:
        """Forget it."""
        self._tables = []

    def _put_back(self) -> None:
        with self._database.session() as session, session.transaction():
            copying.no_time_limit(session)
            if _known(session) != [(table.name, table.columns) for table in self._tables]:
                raise OtherTables
            run = partial(_run, session)
            # Each call asks for the facts first, so none begins from here on; those that have
            # begun and wait for this go on when it gives up, and then it is its turn.
            run("SET LOCAL lock_timeout = '200ms'")
            run(_said("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", ["facts_version"]))
            run(_said("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", self._names()))
            filled = [table.name for table in self._tables if len(table.rows) > _EMPTY]
            there = [name for name in self._names() if run(_said(_HAS_ROWS, [name])).scalar()]
            # Audit records are never removed, but those of a test.
            run(_said("ALTER TABLE {} DISABLE TRIGGER USER", [_RECORDS]))
            if there:
                # The others that refer to these have no rows.
                run(_said("TRUNCATE {} CASCADE", there))
            for table in self._tables:
                if table.name in filled:
                    _write(session, table)
            run(_said("ALTER TABLE {} ENABLE TRIGGER USER", [_RECORDS]))
            for name, last, given in self._last:
                session.execute(_SET_LAST, {"name": f'"{name}"', "last": last, "given": given})

    def _names(self) -> list[str]:
        return [table.name for table in self._tables]


_HAS_ROWS = "SELECT EXISTS (SELECT FROM {})"
_SET_LAST = text("SELECT setval(CAST(:name AS regclass), :last, :given)")


def _run(session: Session, statement: str | sql.Composed) -> CursorResult[Any]:
    """Run a statement by SQLAlchemy, which names errors."""
    written = statement if isinstance(statement, str) else statement.as_string(session.driver)
    return session.connection.exec_driver_sql(written)


def _known(session: Session) -> list[tuple[str, tuple[str, ...]]]:
    """Return the tables with their columns; reflection knows which refers to which."""
    found = copying.tables(session)
    return [(table.name, tuple(column.name for column in table.columns)) for table in found]


def _read(session: Session, name: str, columns: tuple[str, ...]) -> _Table:
    statement = _copy("COPY {} ({}) TO STDOUT (FORMAT BINARY)", name, columns)
    with session.driver.cursor() as cursor, cursor.copy(statement) as copy:
        return _Table(name, columns, b"".join(copy))


def _write(session: Session, table: _Table) -> None:
    statement = _copy("COPY {} ({}) FROM STDIN (FORMAT BINARY)", table.name, table.columns)
    with session.driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(table.rows)


def _copy(statement: LiteralString, name: str, columns: Iterable[str]) -> sql.Composed:
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL(statement).format(sql.Identifier(name), listed)


def _said(statement: LiteralString, names: Iterable[str]) -> sql.Composed:
    return sql.SQL(statement).format(sql.SQL(", ").join(map(sql.Identifier, names)))
