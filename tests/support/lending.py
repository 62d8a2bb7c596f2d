"""A PostgreSQL database that one test after the other borrows, its rows put back in between.

A copy of a template is some 300 files, and a new database has nothing in memory yet: together a
tenth of a second for each of several thousand tests. Putting back the rows of the few tables that a
test wrote takes a tenth of that. What cannot be put back that way (tables made or altered, rights
granted, a large site) is dropped, and the next test gets a new copy.
"""

import time
from contextlib import suppress
from dataclasses import dataclass

import psycopg
from psycopg import sql

# A test that changed so many rows leaves a database that is slower than a new copy.
MOST_CHANGED = 5_000

# What is not PostgreSQL's own has numbers from 16384 on.
_TABLES = """
SELECT c.oid, n.nspname, c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.oid >= 16384 ORDER BY c.oid
"""

_CHANGES = """
SELECT t, pg_stat_get_tuples_inserted(t) + pg_stat_get_tuples_updated(t)
  + pg_stat_get_tuples_deleted(t)
FROM unnest(%s::oid[]) AS t
"""

# Whoever alters a table or grants a right writes a row of a catalogue anew. Where the rows of a
# table lie is such a row as well, so that TRUNCATE, which counts no rows, is seen too.
_SHAPE = """
SELECT (SELECT xmin::text FROM pg_database WHERE datname = current_database()),
  (SELECT count(*) FROM pg_db_role_setting WHERE setdatabase =
    (SELECT oid FROM pg_database WHERE datname = current_database())),
  (SELECT count(*) FROM pg_largeobject_metadata),
  (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_namespace),
  (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_default_acl),
  (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_class WHERE oid >= 16384),
  (SELECT (count(*), max(xmin::text::bigint))::text
   FROM pg_attribute WHERE attrelid >= 16384),
  (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_constraint),
  (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_trigger),
  (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_proc WHERE oid >= 16384)
"""

_OTHERS = """
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
  AND backend_type = 'client backend'
"""
_COUNT_OTHERS = f"SELECT count(*) {_OTHERS}"
# What a test left behind may take five seconds to end.
_END_OTHERS = f"SELECT count(*) FILTER (WHERE NOT pg_terminate_backend(pid, 5000)) {_OTHERS}"
# Whoever has just been closed is gone soon; PostgreSQL, asked to end it, looks once in 100 ms.
_SOON = 0.1
_LOOKS = 50

_SEQUENCES = "SELECT schemaname, sequencename, last_value, start_value FROM pg_sequences"


class NotAsBefore(Exception):
    """What a test did to the database cannot be put back; it has to be dropped."""


@dataclass(frozen=True)
class _Table:
    """A table of the template: `refill` empties it and puts its first rows back."""

    refill: sql.Composed
    rows: int


class Lent:
    """A database, and what its tables hold in a fresh copy."""

    def __init__(self, address: str) -> None:
        """Remember what the fresh copy at `address` holds."""
        self.address = address
        dsn = address.replace("+psycopg", "")
        self._connection = psycopg.connect(dsn, autocommit=True)
        # Neither references between tables nor triggers are asked when rows are put back.
        self._connection.execute("SET session_replication_role = replica")
        names = self._connection.execute(_TABLES).fetchall()
        self._tables = {
            oid: self._table(sql.Identifier(schema, name)) for oid, schema, name in names
        }
        self._sequences = self._numbering()
        self._shape = self._connection.execute(_SHAPE).fetchone()
        self._counted = self._changes()

    def put_back(self) -> None:
        """Make the database what it was when it was made.

        :raises NotAsBefore: it cannot be, or not easily; nothing may use it after that.
        """
        try:
            self._put_back()
        except psycopg.Error as error:
            raise NotAsBefore(str(error)) from error

    def close(self) -> None:
        """Let go of the database, so that it can be dropped."""
        with suppress(psycopg.Error):
            self._connection.close()

    def _put_back(self) -> None:
        if self._is_anybody_left() and self._count(_END_OTHERS):
            raise NotAsBefore("somebody stays connected")
        if self._connection.execute(_SHAPE).fetchone() != self._shape:
            raise NotAsBefore("tables or rights were changed")
        counted = self._changes()
        written = [oid for oid, count in counted.items() if count != self._counted[oid]]
        if sum(counted[oid] - self._counted[oid] for oid in written) > MOST_CHANGED:
            raise NotAsBefore("many rows were written")
        with self._connection.transaction():
            for oid in written:
                self._refill(self._tables[oid])
            self._connection.execute(self._sequences)
        # What this connection wrote is counted before it is asked for, not some time later.
        self._connection.execute("SELECT pg_stat_force_next_flush()")
        self._counted = self._changes()

    def _is_anybody_left(self) -> bool:
        for _ in range(_LOOKS):
            if not self._count(_COUNT_OTHERS):
                return False
            time.sleep(_SOON / _LOOKS)
        return True

    def _refill(self, table: _Table) -> None:
        cursor = self._connection.execute(table.refill)
        while cursor.nextset():
            pass
        if table.rows and cursor.rowcount != table.rows:
            raise NotAsBefore("rows are missing")

    def _changes(self) -> dict[int, int]:
        return dict(self._connection.execute(_CHANGES, [list(self._tables)]).fetchall())

    def _count(self, statement: str) -> int:
        row = self._connection.execute(statement).fetchone()
        assert row is not None
        return int(row[0])

    def _table(self, name: sql.Identifier) -> _Table:
        """Read the rows of a table in the order in which they lie there."""
        read = sql.SQL("SELECT array_agg(t ORDER BY t.ctid)::text, count(*) FROM {} AS t")
        row = self._connection.execute(read.format(name)).fetchone()
        assert row is not None
        emptied = sql.SQL("DELETE FROM {}").format(name)
        if row[0] is None:
            return _Table(emptied, 0)
        filled = sql.SQL(
            "{}; INSERT INTO {} OVERRIDING SYSTEM VALUE SELECT * FROM unnest({}::{}[])"
        )
        return _Table(filled.format(emptied, name, sql.Literal(row[0]), name), row[1])

    def _numbering(self) -> sql.Composed:
        """Return the statement that lets all sequences go on from where they are now."""
        rows = self._connection.execute(_SEQUENCES).fetchall()
        calls = [
            sql.SQL("setval({}, {}, {})").format(
                sql.Literal(sql.Identifier(schema, name).as_string(self._connection)),
                sql.Literal(first if last is None else last),
                sql.Literal(last is not None),
            )
            for schema, name, last, first in rows
        ]
        return sql.SQL("SELECT {}").format(sql.SQL(", ").join(calls))
