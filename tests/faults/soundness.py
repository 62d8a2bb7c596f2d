"""What must hold of a database whatever happened to it: integrity, rules, audit record."""

from pathlib import Path

from sqlalchemy import text

from coursewire.audit import sealing
from coursewire.settings import Settings
from coursewire.store import keys
from coursewire.store.database import Database
from coursewire.store.session import Session

# Each must find nothing.
INVARIANTS = {
    "a member outside the course": """
        SELECT m.id FROM group_members m JOIN groups g ON g.id = m.group_id
        WHERE NOT EXISTS (
            SELECT 1 FROM user_enrolments u JOIN enrolment_instances i ON i.id = u.instance_id
            WHERE i.course_id = g.course_id AND u.user_id = m.user_id)""",
    "two groups of one name": """
        SELECT course_id, name FROM groups GROUP BY course_id, name HAVING count(*) > 1""",
    "two groupings of one name": """
        SELECT course_id, name FROM groupings GROUP BY course_id, name HAVING count(*) > 1""",
    "two groups of one id number": """
        SELECT course_id, idnumber FROM groups WHERE idnumber <> ''
        GROUP BY course_id, idnumber HAVING count(*) > 1""",
    "two groupings of one id number": """
        SELECT course_id, idnumber FROM groupings WHERE idnumber <> ''
        GROUP BY course_id, idnumber HAVING count(*) > 1""",
    "a deleted user who is enrolled or a member": """
        SELECT u.id FROM users u WHERE u.deleted = 1 AND (
            EXISTS (SELECT 1 FROM user_enrolments e WHERE e.user_id = u.id)
            OR EXISTS (SELECT 1 FROM group_members m WHERE m.user_id = u.id))""",
    "two users of one name": """
        SELECT username FROM users WHERE deleted = 0 GROUP BY username HAVING count(*) > 1""",
}


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
            require_consistent(session)
            verdict = sealing.verify(session, keys.load(Path(settings.data) / "keys.json"))
            assert verdict.wrong == "", verdict
    finally:
        database.close()


def require_consistent(session: Session) -> None:
    """Demand what the rules of users, groups and enrolments leave no room for."""
    for wrong, statement in INVARIANTS.items():
        assert session.rows(text(statement)) == [], wrong
