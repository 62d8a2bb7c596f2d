"""A database to oneself: refused while a server of Coursewire runs on it."""

import time
from collections.abc import Generator
from contextlib import contextmanager

from coursewire.store import postgres, sqlite_copy
from coursewire.store.database import Database
from coursewire.store.problems import UnusableDatabase
from coursewire.store.session import Session

# How long a server that is being stopped is waited for; SQLite's lock is as patient.
WAIT = 5.0


@contextmanager
def alone(database: Database) -> Generator[None]:
    """Refuse while a server runs; a SQLite file is kept from every other one meanwhile."""
    if database.engine_name == "postgresql":
        _wait_for_servers(database)
        yield
    else:
        with sqlite_copy.alone(database.path):
            yield


def require_no_server(session: Session) -> None:
    """Refuse when a server has connections to a PostgreSQL database, to this schema of it."""
    found = postgres.servers(session)
    if found:
        numbers = ", ".join(map(str, found))
        msg = (
            f"another process serves this database (back-ends {numbers} of PostgreSQL); stop it"
            " first. Connections that a lost machine left behind are ended by: SELECT"
            f" pg_terminate_backend({found[0]})"
        )
        raise UnusableDatabase(msg)


def _wait_for_servers(database: Database) -> None:
    deadline = time.monotonic() + WAIT
    while True:
        try:
            with database.session() as session:
                require_no_server(session)
        except UnusableDatabase:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.1)
        else:
            return
