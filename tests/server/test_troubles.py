"""Troubles of the database: what a client is told of each, and how often the log."""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager

import pytest
from psycopg.errors import DeadlockDetected, SerializationFailure
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from coursewire.store.schema.groups import groups
from tests.support import making
from tests.support.sites import TestSite
from tests.support.web import Web

HELD = "Others held what the call was to change; nothing was changed and it may be repeated"


@contextmanager
def locked(site: TestSite) -> Generator[None]:
    """Let another program write all the while, on SQLite."""
    assert site.database.path is not None
    with closing(sqlite3.connect(site.database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def meeting(site: TestSite, error: Exception) -> Generator[None]:
    """Let every statement that adds a group meet another transaction, on PostgreSQL."""

    def fail(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if f"INSERT INTO {groups.name} " in statement:
            raise OperationalError(statement, {}, error)

    engine = site.session.connection.engine
    event.listen(engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", fail)


@pytest.mark.parametrize("error", [DeadlockDetected, SerializationFailure])
def test_what_others_hold_all_the_while_is_told_as_such(
    web: Web, site: TestSite, error: type[Exception]
) -> None:
    course, token = making.course(site, "C"), web.token()
    new = {"courseid": course, "name": "Red", "description": ""}
    with locked(site) if site.engine_name == "sqlite" else meeting(site, error()):
        answer = web.call("core_group_create_groups", token, groups=[new])
    assert (answer.status, answer.error[1]) == (503, "databaseunavailable")
    assert answer.json["message"].startswith(HELD)
    assert answer.header("retry-after") == "1"
    assert web.call("core_group_create_groups", token, groups=[new]).status == 200
