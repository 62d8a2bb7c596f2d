"""Takes a database from one revision to another, each step in a transaction of its own (MIG-1)."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config

from coursewire.store import revisions
from coursewire.store.database import Database
from coursewire.store.problems import UnusableDatabase
from coursewire.store.session import Session

_FOLDER = Path(__file__).parent
BASE = "base"


def upgrade(database: Database, target: str = revisions.REVISIONS[-1]) -> list[str]:
    """Bring an empty or older database to `target`; return the steps taken."""
    with database.session() as session:
        return upgrade_on(session, target)


def upgrade_on(session: Session, target: str) -> list[str]:
    """Do the same on a session; inside its transaction, all steps are kept or undone together."""
    done = _done(session)
    steps = revisions.REVISIONS[done : revisions.REVISIONS.index(target) + 1]
    for step in steps:
        _step(session, step, command.upgrade)
    return list(steps)


def downgrade(database: Database, target: str = BASE) -> list[str]:
    """Take a database back to `target`, by default to an empty one; return where it went."""
    with database.session() as session:
        return downgrade_on(session, target)


def downgrade_on(session: Session, target: str) -> list[str]:
    """Do the same on a session; inside its transaction, all steps are kept or undone together."""
    known = (BASE, *revisions.REVISIONS)
    steps = known[known.index(target) : _done(session)][::-1]
    for step in steps:
        _step(session, step, command.downgrade)
    return list(steps)


def _done(session: Session) -> int:
    """Return how many steps the database has behind it."""
    found = revisions.current(session)
    if found is None:
        revisions.check_empty(session)
        return 0
    if found not in revisions.REVISIONS:
        revisions.check(session)
    return revisions.REVISIONS.index(found) + 1


def _step(session: Session, target: str, direction: Callable[[Config, str], None]) -> None:
    """Take one step; both engines undo all of it when it fails or the process is killed."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = session.connection
    sqlite = session.engine_name == "sqlite"
    if sqlite:
        # A step that copies a table drops the old one; that must not remove what refers to it.
        session.connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    try:
        with session.transaction():
            direction(config, target)
            if sqlite:
                check_references(session, target)
    finally:
        if sqlite:
            session.connection.exec_driver_sql("PRAGMA foreign_keys = ON")


def check_references(session: Session, target: str) -> None:
    """Refuse to keep a step that leaves rows behind whose owner is gone."""
    broken = session.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        tables = ", ".join(sorted({str(row[0]) for row in broken}))
        msg = f"revision {target} would leave rows that refer to nothing in: {tables}"
        raise UnusableDatabase(msg)
