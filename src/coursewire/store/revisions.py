"""The revisions of the schema in their order, known without Alembic, and which one is there."""

from sqlalchemy import column, inspect, select, table

from coursewire.store.problems import UnusableDatabase
from coursewire.store.session import Session

# Oldest first; a test compares them with the files in migrations/versions.
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")

_recorded = table("alembic_version", column("version_num"))


def current(session: Session) -> str | None:
    """Return the revision of the database; None when it is empty."""
    if not inspect(session.connection).has_table("alembic_version"):
        return None
    found = session.scalar(select(_recorded.c.version_num))
    return None if found is None else str(found)


def check(session: Session) -> None:
    """Refuse a database whose tables are not those of this program."""
    found = current(session)
    if found == REVISIONS[-1]:
        return
    if found is None:
        check_empty(session)
        msg = "the database is empty; set it up with `coursewire init`"
        raise UnusableDatabase(msg)
    if found in REVISIONS:
        msg = (
            f"the database is at revision {found}, this program needs {REVISIONS[-1]}; run"
            " `coursewire migrate`, which makes a backup first"
        )
        raise UnusableDatabase(msg)
    msg = (
        f"the database is newer than this program: it is at revision {found}, the program knows"
        f" only up to {REVISIONS[-1]}; install the newer Coursewire"
    )
    raise UnusableDatabase(msg)


def check_empty(session: Session) -> None:
    """Refuse to put our tables among those of another program."""
    tables = set(inspect(session.connection).get_table_names()) - {"alembic_version"}
    if tables:
        msg = f"the database belongs to another program (table {min(tables)}); choose an empty one"
        raise UnusableDatabase(msg)
