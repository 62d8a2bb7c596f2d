"""One database, SQLite or PostgreSQL: its connections, its state, and when it changed."""

import threading
from collections.abc import Callable, Generator, Hashable
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError

from coursewire.store import retries, revisions
from coursewire.store.address import masked
from coursewire.store.postgres import Postgres
from coursewire.store.problems import UnusableDatabase
from coursewire.store.session import Session
from coursewire.store.sqlite import Sqlite

R = TypeVar("R")

POOL_SIZE = 10
_EXAMPLES = (
    "write sqlite:///PATH (three strokes, then the path)"
    " or postgresql+psycopg://USER:PASSWORD@HOST/NAME"
)


class Database:
    """A database by its address: `sqlite:///PATH` or `postgresql+psycopg://…`.

    Nothing is opened before it is needed; `check()` at the start of a program says clearly what
    is wrong. `serving` is for the one process that serves a SQLite database: it alone checkpoints
    (DUR-2), and nobody else can serve the same file. On PostgreSQL its connections tell that a
    server runs. Command-line tools leave it off.
    """

    def __init__(self, url: str, *, serving: bool = False, pool_size: int = POOL_SIZE) -> None:
        self._kind = _kind(url, serving=serving, pool_size=pool_size)
        self._held = threading.local()
        self._kept: list[Connection] = []
        self._age = 0

    @property
    def engine_name(self) -> str:
        """Return `sqlite` or `postgresql`."""
        return self._kind.name

    @property
    def engine(self) -> Engine:
        """Return SQLAlchemy's engine, for tools that need a connection of their own."""
        return self._kind.engine

    @property
    def path(self) -> Path | None:
        """Return the file of a SQLite database."""
        return self._kind.path if isinstance(self._kind, Sqlite) else None

    def create(self) -> None:
        """Make the SQLite file with its folder, private; migrations put the tables into it."""
        self._kind.create()

    def check(self, *, schema: bool = True) -> list[str]:
        """Raise UnusableDatabase unless all is as it must be; return what to warn of."""
        try:
            warnings = self._kind.check()
            with self.session() as session:
                if schema:
                    revisions.check(session)
        except DatabaseError as problem:
            msg = f"the database cannot be used: {problem.orig}"
            raise UnusableDatabase(msg) from problem
        return warnings

    def reader(self) -> Session:
        """Return this thread's held session for reads in place: it never waits, never writes."""
        held = self._held
        if getattr(held, "age", None) != self._age:
            self._let_go_of_old()
        found: Session | None = getattr(held, "reader", None)
        if found is None:
            connection = self._kind.open_reader()
            self._kept.append(connection)
            found = self._held.reader = Session(connection, begin=None)
        return found

    def writer(self) -> Session:
        """Return this thread's held session for whole calls, on SQLite; say `released` after each.

        It comes out of the pool and stays out: to take one for each call costs as much as a read.
        """
        self._let_go_of_old()
        found: Session | None = getattr(self._held, "writer", None)
        if found is None or found.driver.in_transaction:
            connection = self._kind.engine.connect()
            self._kept.append(connection)
            found = self._held.writer = self._writing(connection)
        return found

    def may_be_written(self) -> bool:
        """Tell whether a SQLite file can be opened for writing now, however it was opened."""
        return isinstance(self._kind, Sqlite) and self._kind.may_be_written()

    def doubt(self) -> None:
        """Use no open connection again: each thread opens new ones before its next work."""
        self._age += 1
        self._kind.doubt()

    def _let_go_of_old(self) -> None:
        if getattr(self._held, "age", self._age) != self._age:
            for name in ("reader", "writer"):
                old: Session | None = self._held.__dict__.pop(name, None)
                if old is not None:
                    self._kept.remove(old.connection)
                    old.connection.invalidate()
                    old.connection.close()
        self._held.age = self._age

    def released(self) -> None:
        """Do what is due after a call, as `session` does by itself."""
        self._kind.released()

    @contextmanager
    def session(self) -> Generator[Session]:
        """Take a session for reads and writes out of the pool; one thread, one call."""
        with self._kind.engine.connect() as connection:
            yield self._writing(connection)
        self._kind.released()

    def _writing(self, connection: Connection) -> Session:
        return Session(connection, begin=self._kind.begin, queue=self._kind.queue)

    def facts_version(self, session: Session | None = None) -> Hashable:
        """Return a value that differs once facts were written that servers remember.

        They are those about access and the site (`migrations/facts_watched.py`), whichever
        process writes. What was read of them after the value was taken holds as long as the value
        does. Any thread may ask; on PostgreSQL a session at hand saves taking one out of the pool.
        """
        return self._kind.facts_version(session)

    def retrying(self, work: Callable[[], R]) -> R:
        """Run a whole transaction, again when it met another one; nothing was sent yet."""
        return retries.retrying(work)

    def checkpoint(self) -> bool:
        """Fold SQLite's log into the database now; only the serving process may. True when done."""
        return self._kind.checkpoint()

    def close(self) -> None:
        """Close all connections."""
        for connection in self._kept:
            connection.invalidate()
            connection.close()
        self._kept.clear()
        self._held = threading.local()
        self._kind.close()


def _kind(address: str, *, serving: bool, pool_size: int) -> Sqlite | Postgres:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as problem:  # a port that is no number
        msg = f"this is not the address of a database; {_EXAMPLES}"
        raise UnusableDatabase(msg) from problem
    backend = url.get_backend_name()
    if backend == "postgresql":
        try:
            return Postgres(url, serving=serving, pool_size=pool_size)
        except ModuleNotFoundError as problem:
            msg = f"PostgreSQL needs the module {problem.name}: install coursewire[server,postgres]"
            raise UnusableDatabase(msg) from problem
    if backend == "sqlite" and url.database and url.database != ":memory:":
        return Sqlite(Path(url.database).absolute(), serving=serving, pool_size=pool_size)
    msg = f"Coursewire cannot use the database {masked(address)!r}; {_EXAMPLES}"
    raise UnusableDatabase(msg)
