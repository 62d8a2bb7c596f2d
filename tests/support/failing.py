"""Statements that fail: one by its number, on whichever way it reaches the driver."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from coursewire.store.session import Session
from tests.support.sites import TestSite

# The words with which a transaction begins and ends; a driver refuses them by its own error.
_BOUNDS = ("BEGIN", "COMMIT")


class _Watched:
    """A driver's connection or cursor whose statements are counted before they run."""

    def __init__(self, real: Any, count: Callable[[str, type[Exception]], None], error: Any):
        self._real = real
        self._count = count
        self._error = error

    def execute(self, sql: str, *values: Any, **how: bool) -> Any:
        bound = sql.startswith(_BOUNDS)
        self._count(sql, self._error if bound else RuntimeError)
        return self._real.execute(sql, *values, **how)

    def executemany(self, sql: str, rows: Any) -> Any:
        self._count(sql, RuntimeError)
        return self._real.executemany(sql, rows)

    def cursor(self) -> "_Watched":
        return _Watched(self._real.cursor(), self._count, self._error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


@contextmanager
def failing(site: TestSite, at: int, text: str) -> Generator[list[str]]:
    """Let the statement of this number fail with a text; gives all up to then and after.

    Most statements go through SQLAlchemy; the hottest, and the bounds of a transaction on SQLite,
    go to the driver itself, where they are met as well.
    """
    seen: list[str] = []

    def count(statement: str, error: type[Exception]) -> None:
        seen.append(statement)
        if len(seen) == at:
            raise error(text)

    def fail(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        count(statement, RuntimeError)

    def driver(session: Session) -> Any:
        real = session.connection.connection.driver_connection
        return _Watched(real, count, session.driver_error)

    engine = site.session.connection.engine
    event.listen(engine, "before_cursor_execute", fail)
    try:
        with patch.object(Session, "driver", property(driver)):
            yield seen
    finally:
        event.remove(engine, "before_cursor_execute", fail)
