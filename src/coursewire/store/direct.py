"""The hottest statements, compiled once and run on the driver itself.

SQLAlchemy writes the SQL; running it there costs 50 µs where the driver takes 5. A read that the
driver refuses goes through SQLAlchemy once more, which knows broken connections and names errors.
What was stopped is not, nor what fails in a transaction that keeps nothing from then on.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Dialect, Executable, bindparam

from coursewire.store import troubles
from coursewire.store.session import AnyRow, Session
from coursewire.store.troubles import Trouble

NOTHING: dict[str, Any] = {}
# Rows that SQLite takes in one statement.
_TOGETHER = 50
_flat = chain.from_iterable
_Ordered = Callable[[dict[str, Any]], Sequence[Any]]


def number(name: str) -> BindParameter[int]:
    """Return the place of a whole number of that name in a statement."""
    return bindparam(name, type_=BigInteger)


class _Direct:
    """A statement with named values, written for the driver of whichever engine is asked first."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        # By engine: the SQL, the names of its values in order, and what puts values in order.
        self._compiled: dict[str, tuple[str, list[str], _Ordered]] = {}

    def _written(self, dialect: Dialect) -> tuple[str, list[str], "_Ordered"]:
        return self._compiled.get(dialect.name) or self._compile(dialect)

    def _compile(self, dialect: Dialect) -> tuple[str, list[str], "_Ordered"]:
        # psycopg takes `%s`, sqlite3 `?`; both in the order of appearance.
        paramstyle = "qmark" if dialect.name == "sqlite" else "format"
        kind: Any = type(dialect)
        statement: Any = self._statement
        compiled = statement.compile(dialect=kind(paramstyle=paramstyle))
        names: list[str] = list(compiled.positiontup or ())
        constants = {name: compiled.params[name] for name in names}
        found = (str(compiled), names, _in_order(names, constants))
        self._compiled[dialect.name] = found
        return found


class DirectRead(_Direct):
    """A read that takes part in the session's transaction like any other.

    Its columns must be plain: numbers, texts and bytes, which the drivers give as they are.
    """

    def one(self, session: Session, values: dict[str, Any]) -> AnyRow | Sequence[Any] | None:
        """Return the first row or None."""
        sql, _, in_order = self._written(session.connection.dialect)
        try:
            row: Sequence[Any] | None = session.driver.execute(sql, in_order(values)).fetchone()
        except session.driver_error as problem:
            unless_final(session, sql, problem)
            return session.one(self._statement, values)
        return row

    def rows(
        self, session: Session, values: dict[str, Any] = NOTHING
    ) -> Sequence[AnyRow] | Sequence[Sequence[Any]]:
        """Return all rows."""
        sql, _, in_order = self._written(session.connection.dialect)
        try:
            rows: Sequence[Sequence[Any]] = session.driver.execute(sql, in_order(values)).fetchall()
        except session.driver_error as problem:
            unless_final(session, sql, problem)
            return session.rows(self._statement, values)
        return rows


def unless_final(session: Session, sql: str, problem: Exception) -> None:
    """Let what was refused be tried again, unless it took too long or its transaction is lost."""
    if session.is_spoilt or troubles.of(problem) is Trouble.SLOW:
        raise session.named(sql, problem) from problem


class DirectInsert(_Direct):
    """An insert of one row, with all the named values, inside a transaction."""

    def add(self, session: Session, values: dict[str, Any]) -> int:
        """Insert a row and return its id; what the driver refuses, SQLAlchemy names."""
        if session.engine_name == "sqlite":
            sql, _, in_order = self._written(session.connection.dialect)
            try:
                cursor = session.driver.execute(sql, in_order(values))
            except session.driver_error as problem:
                unless_final(session, sql, problem)
            else:
                return int(cursor.lastrowid)
        return session.insert(self._statement, values)


class DirectWrite(_Direct):
    """A write with all the named values, inside a transaction; on PostgreSQL SQLAlchemy runs it."""

    def run(self, session: Session, values: dict[str, Any]) -> None:
        """Write; what the driver refuses, SQLAlchemy names."""
        if session.engine_name == "sqlite":
            sql, _, in_order = self._written(session.connection.dialect)
            try:
                session.driver.execute(sql, in_order(values))
            except session.driver_error as problem:
                unless_final(session, sql, problem)
            else:
                return
        session.execute(self._statement, values)


class DirectAppend(_Direct):
    """An insert of many rows, each with all the named values, inside a transaction."""

    def many(self, session: Session, rows: Iterable[object]) -> None:
        """Insert a row for each object; its attributes have the names of the columns."""
        sql, names, _ = self._written(session.connection.dialect)
        values: Iterator[tuple[Any, ...]] = map(attrgetter(*names), rows)
        cursor = session.driver.cursor()
        try:
            if session.engine_name == "sqlite":
                # Between two statements others take the interpreter over, which costs more than
                # a row does; those that are left over are few.
                while len(together := list(islice(values, _TOGETHER))) == _TOGETHER:
                    cursor.execute(_of_many(sql, len(names)), list(_flat(together)))
                values = iter(together)
            cursor.executemany(sql, values)
        except session.driver_error as problem:
            raise session.named(sql, problem) from problem
        finally:
            cursor.close()


@lru_cache
def _of_many(sql: str, columns: int) -> str:
    """Return an insert of one row as one of many."""
    row = f"({', '.join('?' * columns)})"
    return sql.replace(row, ", ".join([row] * _TOGETHER), 1)


def _in_order(names: list[str], constants: dict[str, Any]) -> _Ordered:
    """Return what gives values in the order of their names; what is not named is a constant."""
    if len(names) > 1:
        together = itemgetter(*names)
        return lambda values: together({**constants, **values})
    return lambda values: [values.get(name, constants[name]) for name in names]
