"""The hottest statements, compiled once and run on the driver itself.

SQLAlchemy writes the SQL; running it there costs 50 µs where the driver takes 5. A read that the
driver refuses goes through SQLAlchemy once more, which knows broken connections and names errors.
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from msgspec import Struct
from sqlalchemy import Dialect, Executable

from coursewire.store.session import AnyRow, Session

NOTHING: dict[str, Any] = {}


class _Direct:
    """A statement with named values, written for the driver of whichever engine is asked first."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        # By engine: the SQL, and the names of its values in order, constants among them.
        self._compiled: dict[str, tuple[str, list[tuple[str, Any]]]] = {}

    def _written(self, dialect: Dialect) -> tuple[str, list[tuple[str, Any]]]:
        return self._compiled.get(dialect.name) or self._compile(dialect)

    def _compile(self, dialect: Dialect) -> tuple[str, list[tuple[str, Any]]]:
        # psycopg takes `%s`, sqlite3 `?`; both in the order of appearance.
        paramstyle = "qmark" if dialect.name == "sqlite" else "format"
        kind: Any = type(dialect)
        statement: Any = self._statement
        compiled = statement.compile(dialect=kind(paramstyle=paramstyle))
        names = [(name, compiled.params[name]) for name in compiled.positiontup or ()]
        found = (str(compiled), names)
        self._compiled[dialect.name] = found
        return found


class DirectRead(_Direct):
    """A read that takes part in the session's transaction like any other.

    Its columns must be plain: numbers, texts and bytes, which the drivers give as they are.
    """

    def one(self, session: Session, values: dict[str, Any]) -> AnyRow | Sequence[Any] | None:
        """Return the first row or None."""
        sql, names = self._written(session.connection.dialect)
        try:
            row: Sequence[Any] | None = session.driver.execute(
                sql, [values.get(name, constant) for name, constant in names]
            ).fetchone()
        except session.driver_error:
            return session.one(self._statement, values)
        return row

    def rows(
        self, session: Session, values: dict[str, Any] = NOTHING
    ) -> Sequence[AnyRow] | Sequence[Sequence[Any]]:
        """Return all rows."""
        sql, names = self._written(session.connection.dialect)
        try:
            rows: Sequence[Sequence[Any]] = session.driver.execute(
                sql, [values.get(name, constant) for name, constant in names]
            ).fetchall()
        except session.driver_error:
            return session.rows(self._statement, values)
        return rows


class DirectInsert(_Direct):
    """An insert of one row, with all the named values, inside a transaction."""

    def add(self, session: Session, values: dict[str, Any]) -> int:
        """Insert a row and return its id; what the driver refuses, SQLAlchemy names."""
        if session.engine_name == "sqlite":
            sql, names = self._written(session.connection.dialect)
            try:
                cursor = session.driver.execute(
                    sql, [values.get(name, constant) for name, constant in names]
                )
            except session.driver_error:
                pass
            else:
                return int(cursor.lastrowid)
        return session.insert(self._statement, values)


class DirectWrite(_Direct):
    """A write with all the named values, inside a transaction; on PostgreSQL SQLAlchemy runs it."""

    def run(self, session: Session, values: dict[str, Any]) -> None:
        """Write; what the driver refuses, SQLAlchemy names."""
        if session.engine_name == "sqlite":
            sql, names = self._written(session.connection.dialect)
            try:
                session.driver.execute(sql, [values.get(name, given) for name, given in names])
            except session.driver_error:
                pass
            else:
                return
        session.execute(self._statement, values)


class DirectAppend(_Direct):
    """An insert of many rows, each with all the named values, inside a transaction."""

    def many(self, session: Session, rows: Iterable[Struct]) -> None:
        """Insert a row for each struct; its fields have the names of the columns."""
        sql, names = self._written(session.connection.dialect)
        values = attrgetter(*(name for name, _ in names))
        cursor = session.driver.cursor()
        try:
            cursor.executemany(sql, map(values, rows))
        finally:
            cursor.close()
