"""All rows of all tables, read as they are and written as they were: what backups are made of."""

from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import MetaData, Table, column, delete, func, insert, select, text
from sqlalchemy import table as named_table

from coursewire.store.database import Database
from coursewire.store.session import Session

# Told after each piece: how much is done, of how much.
Progress = Callable[[int, int], None]

BATCH = 2_000
# What each database counts for itself.
_ITS_OWN = frozenset({"alembic_version", "facts_version"})
# Numbers of transactions mean nothing in another database.
_OF_ITS_CLUSTER = "writer"
_BEGIN = {
    "sqlite": "BEGIN",
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}
_sqlite_sequence = named_table("sqlite_sequence", column("name"), column("seq"))


@contextmanager
def snapshot(database: Database) -> Generator[Session]:
    """Read everything as of one moment, while others write."""
    with database.engine.connect() as connection:
        session = Session(connection, begin=_BEGIN[database.engine_name])
        with session.transaction():
            no_time_limit(session)
            yield session


def no_time_limit(session: Session) -> None:
    """Let the statements of this transaction, and what is done between them, take their time."""
    if session.engine_name == "postgresql":
        session.connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        session.connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")


def tables(session: Session) -> list[Table]:
    """Return the tables as this database has them, each after those that it refers to."""
    found = MetaData()
    found.reflect(session.connection)
    return [table for table in found.sorted_tables if table.name not in _ITS_OWN]


def count(session: Session, of: Table) -> int:
    """Return the number of rows of a table."""
    return int(session.scalar(select(func.count()).select_from(of)))


def newest(session: Session, of: Table) -> int:
    """Return the highest id in a table, or 0."""
    return int(session.scalar(select(func.max(of.c.id))) or 0)


def copy_all(
    source: Session, target: Session, progress: Progress, others: Collection[str] = ()
) -> list[str]:
    """Copy every row into the empty tables of a database with the same schema.

    Tables that somebody else keeps beside them have no place there, and are left out; so are those
    that fit one that somebody else keeps in the target, `others`. Return their names.
    """
    into = {table.name: table for table in tables(target) if table.name not in others}
    found = tables(source)
    there = [table for table in found if table.name in into]
    total, done = sum(count(source, table) for table in there), 0
    for table in there:
        for rows in read(source, table):
            write(target, into[table.name], rows)
            done += len(rows)
            progress(done, total)
    set_last_ids(target, last_ids(source, there), list(into.values()))
    return sorted(table.name for table in found if table.name not in into)


def read(session: Session, of: Table) -> Iterator[list[dict[str, Any]]]:
    """Return the rows of a table in pieces; a large table is never in memory as a whole."""
    order = of.primary_key.columns or of.columns
    options = {"stream_results": True, "yield_per": BATCH}
    rows = session.connection.execute(select(of).order_by(*order), execution_options=options)
    for part in rows.mappings().partitions():
        yield [dict(row) for row in part]


def write(session: Session, to: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows as they are, ids included."""
    if not rows:
        return
    if _OF_ITS_CLUSTER in to.columns:
        rows = [{**row, _OF_ITS_CLUSTER: 0} for row in rows]
    session.execute(insert(to), rows)


def last_ids(session: Session, of: Sequence[Table]) -> dict[str, int]:
    """Return the highest id that each table has ever given."""
    if session.engine_name == "sqlite":
        names = {table.name for table in of}
        rows = session.rows(select(_sqlite_sequence.c.name, _sqlite_sequence.c.seq))
        return {name: int(last) for name, last in rows if name in names}
    found: dict[str, int] = {}
    for given in of:
        sequence = _sequence(session, given)
        last = session.scalar(_LAST, {"sequence": sequence}) if sequence else None
        if last is not None:
            found[given.name] = int(last)
    return found


def set_last_ids(session: Session, wanted: Mapping[str, int], of: Sequence[Table]) -> None:
    """Let each table give ids above those that it has given before."""
    for given in of:
        last = wanted.get(given.name)
        if last is None:
            continue
        if session.engine_name == "sqlite":
            mine = _sqlite_sequence.c.name == given.name
            session.execute(delete(_sqlite_sequence).where(mine))
            session.execute(insert(_sqlite_sequence), {"name": given.name, "seq": last})
        else:
            session.scalar(select(func.setval(_sequence(session, given), last)))


_LAST = text("SELECT pg_sequence_last_value(CAST(:sequence AS regclass))")


def _sequence(session: Session, of: Table) -> str | None:
    """Return PostgreSQL's sequence behind the ids of a table."""
    if "id" not in of.columns:
        return None
    found: str | None = session.scalar(select(func.pg_get_serial_sequence(of.name, "id")))
    return found
