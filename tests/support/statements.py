"""The statements that a piece of code sends to the database."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from coursewire.store.session import Session


class _Driver:
    """The driver's connection, which the hottest statements go to directly; notes them."""

    def __init__(self, driver: Any, statements: list[str]) -> None:
        self._driver = driver
        self._statements = statements

    def execute(self, statement: str, *values: Sequence[object], **how: bool) -> Any:
        self._statements.append(statement)
        return self._driver.execute(statement, *values, **how)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._driver, name)


@contextmanager
def noted(session: Session) -> Generator[list[str]]:
    """Gather the statements that a session runs meanwhile."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    driver = session.driver
    session.driver = _Driver(driver, statements)
    event.listen(session.connection, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(session.connection, "before_cursor_execute", note)
        session.driver = driver
