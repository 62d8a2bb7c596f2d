"""Takes a database from one revision to another, each step in a transaction of its own (MIG-1)."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from alembic import command
from alembic.config import Config

from coursewire.store import copying, revisions
from coursewire.store.database import Database
from coursewire.store.problems import UnusableDatabase
from coursewire.store.session import Session

_FOLDER = Path(__file__).parent
BASE = "base"


# Told, inside the transaction of a step, from which revision to which it leads.
Told = Callable[[Session, str, str], None]


def _tell_nobody(_session: Session, _before: str, _after: str) -> None:
    pass


def upgrade(
    database: Database, target: str = revisions.REVISIONS[-1], *, told: Told = _tell_nobody
) -> list[str]:
    """Bring an empty or older database to `target`; return the steps taken."""
    with database.session() as session:
        return upgrade_on(session, target, told=told)


def upgrade_on(
    session: Session, target: str, *, told: Told = _tell_nobody, anew: bool = False
) -> list[str]:
    """Do the same on a session; inside its transaction, all steps are kept or undone together.

    `anew` is behind a way back to the base, which leaves tables that somebody else keeps there.
    """
    known = (BASE, *revisions.REVISIONS)
    path = known[0 if anew else _done(session) : known.index(target) + 1]
    for before, after in pairwise(path):
        with _step(session, after):
            _run(session, after, command.upgrade)
            # With the newer tables, and there are none in an empty database.
            if before != BASE:
                told(session, before, after)
    return [*path[1:]]


def downgrade(database: Database, target: str = BASE, *, told: Told = _tell_nobody) -> list[str]:
    """Take a database back to `target`, by default to an empty one; return where it went."""
    with database.session() as session:
        return downgrade_on(session, target, told=told)


def downgrade_on(session: Session, target: str, *, told: Told = _tell_nobody) -> list[str]:
    """Do the same on a session; inside its transaction, all steps are kept or undone together."""
    known = (BASE, *revisions.REVISIONS)
    path = known[known.index(target) : _done(session) + 1][::-1]
    for before, after in pairwise(path):
        with _step(session, after):
            # With the newer tables here too: those are more likely to be this program's.
            told(session, before, after)
            _run(session, after, command.downgrade)
    return [*path[1:]]


def _done(session: Session) -> int:
    """Return how many steps the database has behind it."""
    found = revisions.current(session)
    if found is None:
        revisions.check_empty(session)
        return 0
    if found not in revisions.REVISIONS:
        revisions.check(session)
    return revisions.REVISIONS.index(found) + 1


@contextmanager
def _step(session: Session, target: str) -> Generator[None]:
    """Take one step; both engines undo all of it when it fails or the process is killed."""
    sqlite = session.engine_name == "sqlite"
    if sqlite:
        # A step that copies a table drops the old one; that must not remove what refers to it.
        session.connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    try:
        with session.transaction():
            _take_time(session)
            yield
            if sqlite:
                check_references(session, target)
    finally:
        if sqlite:
            session.connection.exec_driver_sql("PRAGMA foreign_keys = ON")


def _take_time(session: Session) -> None:
    """Let the statements of a step take as long as they need, once they have their tables.

    A large log is read for longer than a call may take; while a step waits for somebody who holds a
    table, all others wait behind it.
    """
    copying.no_time_limit(session)
    if session.engine_name == "postgresql":
        session.connection.exec_driver_sql("SET LOCAL lock_timeout = '30s'")


def _run(session: Session, target: str, direction: Callable[[Config, str], None]) -> None:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = session.connection
    direction(config, target)


def check_references(session: Session, target: str) -> None:
    """Refuse to keep a step that leaves rows behind whose owner is gone."""
    broken = session.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        tables = ", ".join(sorted({str(row[0]) for row in broken}))
        msg = f"revision {target} would leave rows that refer to nothing in: {tables}"
        raise UnusableDatabase(msg)
