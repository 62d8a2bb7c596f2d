"""Indexes that find a piece of a text anywhere in it, by groups of three letters (PostgreSQL).

They need the extension `pg_trgm`, which comes with PostgreSQL and which the owner of a database
may add. Without it searches read all people or courses, as they do on SQLite.
"""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, Index, MetaData, Table, literal_column, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateIndex, DropIndex

from coursewire.store.course_look_ups import WORDS
from coursewire.store.schema.columns import TEXT
from coursewire.store.schema.courses import courses
from coursewire.store.schema.users import users
from coursewire.store.users import FOLDED, NAMES

_PIECES = "pieces"
_OPERATORS = "gin_trgm_ops"
_SEEN = text("SELECT 1 FROM pg_opclass WHERE opcname = :name AND pg_opclass_is_visible(oid)")


def make(connection: Connection) -> None:
    """Make the indexes of single fields and of courses where the extension can be had."""
    _make(connection, _indexes())


def make_of_names(connection: Connection) -> None:
    """Make the index of whole names where the extension can be had.

    The others as well, where the extension came after them.
    """
    _make(connection, [*_indexes(), _of_names()])


def drop_of_names(connection: Connection) -> None:
    """Remove the index of whole names where there is one."""
    if connection.dialect.name != "sqlite":
        connection.execute(DropIndex(_of_names(), if_exists=True))


def _make(connection: Connection, indexes: Iterable[Index]) -> None:
    if connection.dialect.name == "sqlite" or not _has_pieces(connection):
        return
    for index in indexes:
        connection.execute(CreateIndex(index, if_not_exists=True))


def _indexes() -> Iterator[Index]:
    for name, column in FOLDED.items():
        yield _index(f"ix_users_{name}_pieces", users, column.name)
    yield _index("ix_courses_words_pieces", courses, WORDS)


def _of_names() -> Index:
    return _index("ix_users_names_pieces", users, NAMES)


def _index(name: str, of: Table, words: str) -> Index:
    """Return an index of a text; of a copy of its table, since SQLite must not make it."""
    return Index(
        name,
        literal_column(words, TEXT).label(_PIECES),
        postgresql_using="gin",
        postgresql_ops={_PIECES: _OPERATORS},
        _table=of.to_metadata(MetaData()),
    )


def _has_pieces(connection: Connection) -> bool:
    """Add the extension if need be; tell whether it is there."""
    try:
        with connection.begin_nested():
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DBAPIError:
        # Not installed, or not ours to add.
        return False
    # It may lie in a schema where names are not looked for.
    return connection.execute(_SEEN, {"name": _OPERATORS}).first() is not None
