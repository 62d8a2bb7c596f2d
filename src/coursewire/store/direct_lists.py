"""Reads of things by lists of values, compiled once and run on the driver itself.

SQLAlchemy leaves room for a list in the SQL it writes; that is filled here with as many places as
there are values.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Executable, bindparam

from coursewire.store.batches import batches
from coursewire.store.direct import NOTHING, DirectRead, unless_final
from coursewire.store.session import AnyRow, Session


def among(column: Column[Any], name: str) -> ColumnElement[bool]:
    """Return the condition that a column has one of the values of a list of that name."""
    return column.in_(bindparam(name, expanding=True))


# The room for a list of that name.
_ROOM = re.compile(r"__\[POSTCOMPILE_(\w+)\]")


class DirectListRead(DirectRead):
    """A read with lists among its values: `among(column, name)`.

    No list may be empty, nor longer than `batches` gives them; `of_all` sees to both.

    A read by `patterns` is planned anew each time on PostgreSQL: what serves a rare piece of a text
    is slow for one that many have, and the engine keeps to one plan once a statement is prepared.
    """

    def __init__(self, statement: Executable, *, patterns: bool = False) -> None:
        super().__init__(statement)
        self._patterns = patterns

    def rows(
        self, session: Session, values: Mapping[str, Any] = NOTHING
    ) -> Sequence[AnyRow] | Sequence[Sequence[Any]]:
        """Return all rows."""
        sql, names, in_order = self._written(session.connection.dialect)
        mark = "?" if session.engine_name == "sqlite" else "%s"
        given = dict(zip(names, in_order({**values}), strict=True))
        filled = _ROOM.sub(lambda room: ", ".join([mark] * len(given[room[1]])), sql)
        flat: list[Any] = []
        rows: Sequence[Sequence[Any]]
        for name in names:
            value = given[name]
            flat += value if isinstance(value, list | tuple) else (value,)
        try:
            if self._patterns and session.engine_name == "postgresql":
                rows = session.driver.execute(filled, flat, prepare=False).fetchall()
            else:
                rows = session.driver.execute(filled, flat).fetchall()
        except session.driver_error as problem:
            unless_final(session, filled, problem)
            return session.rows(self._statement, dict(values))
        return rows

    def of_all(
        self, session: Session, name: str, items: Sequence[Any], values: Mapping[str, Any] = NOTHING
    ) -> Iterator[Sequence[Any]]:
        """Return the rows for all values of a list of that name, however long or short it is."""
        for some in batches(items):
            yield from self.rows(session, {**values, name: list(some)})
