"""Indexes that find a piece of a text anywhere in it, by groups of three letters (PostgreSQL).

They need the extension `pg_trgm`, which comes with PostgreSQL and which the owner of a database
may add. Without it searches read all people or courses, as they do on SQLite.
"""

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from coursewire.store.course_look_ups import WORDS
from coursewire.store.schema.courses import courses
from coursewire.store.schema.users import users
from coursewire.store.users import FOLDED

_INDEXES = {
    **{f"ix_users_{name}_pieces": (users.name, column.name) for name, column in FOLDED.items()},
    "ix_courses_words_pieces": (courses.name, WORDS),
}


def make(connection: Connection) -> None:
    """Make the indexes where the extension can be had."""
    if connection.dialect.name == "sqlite" or not _has_pieces(connection):
        return
    for name, (table, text) in _INDEXES.items():
        connection.exec_driver_sql(
            f"CREATE INDEX {name} ON {table} USING gin (({text}) gin_trgm_ops)"
        )


def _has_pieces(connection: Connection) -> bool:
    """Add the extension if need be; tell whether it is there."""
    try:
        with connection.begin_nested():
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DBAPIError:
        # Not installed, or not ours to add.
        return False
    return True
