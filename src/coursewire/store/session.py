"""A held connection: statements, and transactions whose begin and end are ours on both engines."""

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cached_property
from threading import Lock
from typing import Any, TypeAlias, cast

from sqlalchemy import Connection, Executable
from sqlalchemy.engine import CursorResult, Row
from sqlalchemy.exc import DBAPIError, InvalidRequestError

from coursewire.store import troubles
from coursewire.store.call_end import CallEnd
from coursewire.store.problems import CallStopped, NeedsWriter, OutcomeUnknown
from coursewire.store.troubles import Trouble

# A row of columns unknown here; SQLAlchemy's `Row[Any]` would be a row of one column.
AnyRow: TypeAlias = Row[*tuple[Any, ...]]

# A value, or a list of values to run the statement with many times.
Parameters = dict[str, Any] | Sequence[dict[str, Any]]
# libpq's PQTRANS_INERROR.
_IN_ERROR = 3
# So many seconds in the queue; then SQLite itself is asked, which waits as long and says why not.
_QUEUE_WAIT = 5.0


class _Together:
    """Transactions that are committed as one: whether it has begun, and what comes first in it."""

    def __init__(self, first: Callable[[], None]) -> None:
        self.first: Callable[[], None] | None = first
        self.begun = False


class _Transaction:
    """A transaction that joins no other: every write has one, so it is no generator."""

    __slots__ = ("_session",)

    def __init__(self, session: "Session") -> None:
        self._session = session

    def __enter__(self) -> None:
        """Begin."""
        self._session.begin()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Keep or undo; what was raised goes on."""
        self._session.finish(kept=kind is None)


class Session:
    """One connection in autocommit mode, used by one thread at a time.

    Outside `transaction()` every statement stands alone. Inside, all statements since the
    outermost `transaction()` are kept or undone together; an inner one joins the outer. A session
    without a way to begin one only reads.

    Where one transaction at a time can write, those of a process stand in a `queue`: who waits for
    SQLite's file naps, up to a tenth of a second at a time, also when it has long been free.
    """

    def __init__(
        self, connection: Connection, *, begin: str | None, queue: "Lock | None" = None
    ) -> None:
        self.connection = connection
        self._begin = begin
        self._queue = queue
        self._is_first = False
        self._depth = 0
        self._together: _Together | None = None
        # How many transactions were kept.
        self.kept = 0
        # When the call that holds the session must be over; see `call_time.py`.
        self.end: CallEnd | None = None
        self.is_watched = False

    @cached_property
    def driver(self) -> Any:  # noqa: ANN401 - sqlite3's or psycopg's connection
        """Return the driver's own connection, for `direct.py` alone."""
        return self.connection.connection.driver_connection

    @cached_property
    def driver_error(self) -> type[Exception]:
        """Return what the driver raises."""
        error: type[Exception] = self.connection.dialect.loaded_dbapi.Error
        return error

    @cached_property
    def engine_name(self) -> str:
        """Return `sqlite` or `postgresql`."""
        return self.connection.dialect.name

    @property
    def in_transaction(self) -> bool:
        """Tell whether a transaction is open."""
        return self._depth > 0

    @property
    def is_together(self) -> bool:
        """Tell whether transactions are committed as one: the first is open until the end."""
        return self._together is not None

    def execute(self, statement: Executable, values: Parameters | None = None) -> CursorResult[Any]:
        """Run a statement; a list of values runs it once for each."""
        return self.connection.execute(statement, values)

    def rows(self, statement: Executable, values: Parameters | None = None) -> Sequence[AnyRow]:
        """Return all rows."""
        return self.connection.execute(statement, values).fetchall()

    def one(self, statement: Executable, values: Parameters | None = None) -> AnyRow | None:
        """Return the first row or None."""
        return self.connection.execute(statement, values).first()

    def scalar(self, statement: Executable, values: Parameters | None = None) -> Any:  # noqa: ANN401 - a column of any type
        """Return the first column of the first row or None."""
        return self.connection.execute(statement, values).scalar()

    def scalars(self, statement: Executable, values: Parameters | None = None) -> list[Any]:
        """Return the first column of all rows."""
        return [*self.connection.execute(statement, values).scalars().all()]

    def insert(self, statement: Executable, values: dict[str, Any] | None = None) -> int:
        """Insert one row and return its id."""
        result = self.connection.execute(statement, values)
        key = result.inserted_primary_key
        if not key:
            msg = "insert() is for tables with an id"
            raise TypeError(msg)
        return int(key[0])

    def transaction(self) -> AbstractContextManager[None]:
        """Keep or undo everything inside as one; writers on SQLite queue at its begin."""
        if self._depth:
            return self._joined()
        if self._together is not None:
            return self._part_of(self._together)
        return _Transaction(self)

    def begin(self) -> None:
        """Begin a transaction, for `_Transaction` alone."""
        self._open()
        self._depth = 1

    def finish(self, *, kept: bool) -> None:
        """Keep or undo it, for `_Transaction` alone."""
        self._depth = 0
        try:
            if kept:
                self._commit()
            else:
                self._rollback()
        finally:
            self._leave()

    def _open(self) -> None:
        if self._begin is None:
            raise NeedsWriter
        if self._queue is not None:
            self._is_first = self._queue.acquire(timeout=_QUEUE_WAIT)
        try:
            self._say(self._begin)
        except BaseException:
            self._leave()
            raise

    def _leave(self) -> None:
        if self._queue is not None and self._is_first:
            self._is_first = False
            self._queue.release()

    @contextmanager
    def _joined(self) -> Generator[None]:
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    @contextmanager
    def together(self, first: Callable[[], None]) -> Generator[None]:
        """Commit all transactions inside at the end, as one; what fails undoes all of them.

        The database is locked no earlier than without it: `first` is called when the first
        transaction has begun. One that fails and is caught inside is undone alone, as ever.
        """
        together = self._together = _Together(first)
        try:
            yield
        except BaseException:
            if together.begun:
                self._rollback()
            raise
        else:
            if together.begun:
                self._commit()
        finally:
            self._together = None
            self._leave()

    @contextmanager
    def _part_of(self, together: "_Together") -> Generator[None]:
        if not together.begun:
            self._open()
            together.begun = True
        self._depth = 1
        try:
            if together.first is not None:
                first, together.first = together.first, None
                first()
            with self.savepoint():
                yield
        finally:
            self._depth = 0

    @contextmanager
    def savepoint(self) -> Generator[None]:
        """Keep or undo one item of a transaction, for calls that go on after a bad item."""
        if not self._depth:
            msg = "savepoint() belongs inside transaction()"
            raise RuntimeError(msg)
        self._depth += 1
        try:
            # One name does for nested ones too: the latest is meant.
            self.connection.exec_driver_sql("SAVEPOINT item")
            try:
                yield
            except BaseException:
                # What has undone the whole transaction already is the news.
                if not self._is_undone():
                    self.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT item")
                    self.connection.exec_driver_sql("RELEASE SAVEPOINT item")
                raise
            self.connection.exec_driver_sql("RELEASE SAVEPOINT item")
        finally:
            self._depth -= 1

    def _is_undone(self) -> bool:
        """Tell whether nothing is left to undo: a broken connection, on SQLite a full disk."""
        if self.connection.invalidated:
            return True
        return self.engine_name == "sqlite" and not self.driver.in_transaction

    def _commit(self) -> None:
        if self._is_in_error():
            # COMMIT would undo it and say that all is well.
            self._rollback()
            msg = "a statement of the transaction has failed, so nothing of it can be kept"
            raise RuntimeError(msg)
        if self.end is not None:
            self.end.may_have_kept = True
        try:
            self._say("COMMIT")
        except CallStopped:
            self._rollback()
            raise
        except DBAPIError as problem:
            if problem.connection_invalidated or troubles.of(problem) is Trouble.BROKEN:
                # A sync that failed may have left all of the log on the disk (DUR-7).
                self._rollback()
                msg = "the connection to the database broke while the changes were committed"
                raise OutcomeUnknown(msg) from problem
            # A full disk or a deferred constraint: the transaction is still open on SQLite.
            self._rollback()
            raise
        self.kept += 1

    def named(self, statement: str, problem: Exception) -> DBAPIError:
        """Return what the driver raised under SQLAlchemy's name for it."""
        dialect = self.connection.dialect
        named = DBAPIError.instance(statement, (), problem, self.driver_error, dialect=dialect)
        return cast("DBAPIError", named)

    @property
    def is_spoilt(self) -> bool:
        """Tell whether a failed statement has ended what the open transaction could keep.

        PostgreSQL takes no other statement until it is over. SQLite undoes it by itself when the
        disk is full or broken: what is run then stands alone, and stays.
        """
        return (self._depth > 0 and self._is_undone()) or self._is_in_error()

    def _is_in_error(self) -> bool:
        """Tell whether PostgreSQL only waits for the end of the transaction."""
        if self.engine_name == "sqlite" or self.connection.invalidated:
            return False
        return bool(self.driver.info.transaction_status == _IN_ERROR)

    def _say(self, statement: str) -> None:
        """Begin or commit; on SQLite the driver does it, whose errors get SQLAlchemy's names.

        A call that was stopped does neither: nobody would be told what it had changed.
        """
        if self.end is not None and self.end.was_stopped:
            msg = f"the server stops before {statement}"
            raise CallStopped(msg)
        if self.engine_name != "sqlite":
            self.connection.exec_driver_sql(statement)
            return
        try:
            self.driver.execute(statement)
        except self.driver_error as problem:
            raise self.named(statement, problem) from problem

    def _rollback(self) -> None:
        """Undo; what broke the connection has undone everything already, and is the news."""
        with suppress(DBAPIError, InvalidRequestError):
            self.connection.exec_driver_sql("ROLLBACK")
