"""What must hold of a database whatever happened to it: integrity, references, audit record."""

from pathlib import Path

from coursewire.audit import sealing
from coursewire.settings import Settings
from coursewire.store import keys
from coursewire.store.database import Database


def require_sound(settings: Settings) -> None:
    """Open the files as a command does, and look."""
    database = Database(settings.database_url)
    try:
        database.check()
        with database.session() as session:
            if database.engine_name == "sqlite":
                asked = session.connection.exec_driver_sql
                assert list(asked("PRAGMA integrity_check").scalars()) == ["ok"]
                assert asked("PRAGMA foreign_key_check").fetchall() == []
            verdict = sealing.verify(session, keys.load(Path(settings.data) / "keys.json"))
            assert verdict.wrong == "", verdict
    finally:
        database.close()
