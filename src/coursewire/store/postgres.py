"""PostgreSQL: its engine, the limits of each connection, and what its server must be set to."""

from typing import Any

from sqlalchemy import URL, BigInteger, Connection, cast, create_engine, event, func, select, text

from coursewire.store import pooling
from coursewire.store.direct import NOTHING, DirectRead
from coursewire.store.problems import UnusableDatabase
from coursewire.store.schema.site import facts_version
from coursewire.store.session import Session

_CONNECT_TIMEOUT = 3
# A node that is cut off from the server learns it within seconds, not after the quarter of an hour
# for which the system would go on sending.
_BROKEN_AFTER = {
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}
_LIMITS = (
    "SELECT set_config('statement_timeout', '30s', false),"
    " set_config('idle_in_transaction_session_timeout', '30s', false)"
)
# Connections of a server name themselves, so that whoever would replace the database sees them. The
# schema is told by its number: sites may share a database, and names are cut and lose letters.
_SAY_SERVING = (
    "SELECT set_config('application_name', concat('coursewire serves ',"
    " (SELECT oid FROM pg_namespace WHERE nspname = current_schema())), false)"
)
_SERVERS = text(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name = concat('coursewire serves ',"
    " (SELECT oid FROM pg_namespace WHERE nspname = current_schema())) ORDER BY pid"
)
# Writers count on rows of their own; nobody ever counts down, so an equal sum is an equal state.
_FACTS_VERSION = DirectRead(select(cast(func.sum(facts_version.c.version), BigInteger)))


class Postgres:
    """A database on a server; a connection that died in the pool is replaced (DUR-10)."""

    name = "postgresql"
    begin = "BEGIN"
    # Many transactions write at once.
    queue = None

    def __init__(self, url: URL, *, serving: bool, pool_size: int) -> None:
        self.engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            connect_args={
                "connect_timeout": _CONNECT_TIMEOUT,
                "application_name": "coursewire",
                **_BROKEN_AFTER,
            },
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=_CONNECT_TIMEOUT,
            pool_pre_ping=True,
        )
        pooling.close_late_ones(self.engine)
        event.listen(self.engine, "connect", _limit)
        if serving:
            event.listen(self.engine, "connect", _say_serving)

    def create(self) -> None:
        """Do nothing: the database is made by whoever runs the server."""

    def check(self) -> list[str]:
        """Refuse a server that forgets acknowledged changes; return what to warn of."""
        with self.engine.connect() as connection:
            return _check(connection)

    def open_reader(self) -> Connection:
        """Open a connection for reads; it cannot write."""
        connection = self.engine.connect()
        connection.exec_driver_sql("SET default_transaction_read_only = on")
        return connection

    def facts_version(self, session: Session | None) -> int:
        """Return the number that triggers count (migration)."""
        if session is not None:
            return _facts_version(session)
        with self.engine.connect() as connection:
            return _facts_version(Session(connection, begin=None))

    def released(self) -> None:
        """Do nothing: the server folds its own log."""

    def checkpoint(self) -> bool:
        """Do nothing: the server folds its own log."""
        return True

    def doubt(self) -> None:
        """Open new connections from now on."""
        self.engine.dispose()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _facts_version(session: Session) -> int:
    row = _FACTS_VERSION.one(session, NOTHING)
    return 0 if row is None or row[0] is None else int(row[0])


def _limit(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    connection.execute(_LIMITS)


def _say_serving(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    connection.execute(_SAY_SERVING)


def servers(session: Session) -> list[int]:
    """Return the back-ends of connections that servers hold to this database and schema."""
    return [int(pid) for pid in session.scalars(_SERVERS)]


def _check(connection: Connection) -> list[str]:
    if _shown(connection, "server_encoding") != "UTF8":
        msg = "the PostgreSQL database is not in UTF-8; create it with ENCODING 'UTF8'"
        raise UnusableDatabase(msg)
    if _shown(connection, "synchronous_commit") == "off":
        msg = (
            "PostgreSQL runs with synchronous_commit = off, so acknowledged changes can be lost;"
            " set it to on for this database or role"
        )
        raise UnusableDatabase(msg)
    return [
        f"PostgreSQL runs with {name} = off: a crash of its machine can destroy the database"
        for name in ("fsync", "full_page_writes")
        if _shown(connection, name) == "off"
    ]


def _shown(connection: Connection, name: str) -> str:
    return str(connection.execute(select(func.current_setting(name))).scalar())
