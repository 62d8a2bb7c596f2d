"""A bound on how long one search may keep the database busy (IN-8)."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from coursewire.store import call_time
from coursewire.store.session import Session

SECONDS = 1.0
# SQLite asks after so many steps of its machine whether to go on.
_STEPS = 10_000
_SETTING = "statement_timeout"
# How the engines name a statement that was stopped.
_STOPPED = {"SQLITE_INTERRUPT", "57014"}


class SearchTooLong(Exception):
    """A search was stopped because it took too long."""


@contextmanager
def bounded(session: Session, seconds: float) -> Generator[None]:
    """Stop statements that run longer inside, and raise SearchTooLong."""
    limited = _on_sqlite if session.engine_name == "sqlite" else _on_postgres
    try:
        with limited(session, seconds):
            yield
    except OperationalError as problem:
        if session.end is not None and session.end.has_come:
            # Not the search, the call was stopped.
            raise
        cause: Any = problem.orig
        name = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
        if name in _STOPPED:
            msg = f"the search took longer than {seconds:g} s"
            raise SearchTooLong(msg) from problem
        raise


@contextmanager
def _on_sqlite(session: Session, seconds: float) -> Generator[None]:
    end = time.monotonic() + seconds
    driver: Any = session.connection.connection.driver_connection
    driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    finally:
        call_time.watch(session)


@contextmanager
def _on_postgres(session: Session, seconds: float) -> Generator[None]:
    """Set the engine's own limit; inside a transaction it ends with the transaction."""
    local = session.in_transaction
    before = session.scalar(select(func.current_setting(_SETTING)))
    milliseconds = str(max(1, int(seconds * 1000)))
    session.execute(select(func.set_config(_SETTING, milliseconds, local)))
    try:
        yield
    finally:
        if not local:
            session.execute(select(func.set_config(_SETTING, before, False)))
