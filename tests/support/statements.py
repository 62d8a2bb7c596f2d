"""The statements that a piece of code sends to the database."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from coursewire.store.session import Session


@contextmanager
def noted(session: Session) -> Generator[list[str]]:
    """Gather the statements that a session runs meanwhile."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(session.connection, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(session.connection, "before_cursor_execute", note)
