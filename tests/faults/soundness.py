"""What must hold of a database whatever happened to it: integrity, rules, audit record."""

from pathlib import Path

from sqlalchemy import text

from coursewire.audit import sealing
from coursewire.settings import Settings
from coursewire.store import keys
from coursewire.store.database import Database
from coursewire.store.session import Session

# What is about people, and goes with them.
_ABOUT_PEOPLE = (
    "activity_completions",
    "cohort_members",
    "course_accesses",
    "course_completions",
    "criterion_completions",
    "grades",
    "group_members",
    "role_assignments",
    "service_users",
    "user_enrolments",
)
_DELETED = "SELECT u.id FROM users u JOIN THINGS t ON t.user_id = u.id WHERE u.deleted = 1"
# Things that have contexts, the level of those, what a thing stands in, and the level of that.
_THINGS = (
    ("categories", "40", "parent", "40"),
    ("courses", "50", "category", "40"),
    ("course_modules", "70", "course_id", "50"),
)
_PLACES = {
    "no context": """
        SELECT t.id FROM THINGS t WHERE NOT EXISTS (
            SELECT 1 FROM contexts x WHERE x.level = LEVEL AND x.instanceid = t.id)""",
    "a context of nothing": """
        SELECT x.id FROM contexts x WHERE x.level = LEVEL AND NOT EXISTS (
            SELECT 1 FROM THINGS t WHERE t.id = x.instanceid)""",
    "a context elsewhere": """
        SELECT t.id FROM THINGS t
        JOIN contexts x ON x.level = LEVEL AND x.instanceid = t.id
        JOIN contexts p ON p.level = ABOVE AND p.instanceid = t.INSIDE
        WHERE x.path <> p.path || '/' || CAST(x.id AS TEXT) OR x.depth <> p.depth + 1""",
}


def _of(thing: tuple[str, str, str, str], statement: str) -> str:
    for word, name in zip(("THINGS", "LEVEL", "INSIDE", "ABOVE"), thing, strict=True):
        statement = statement.replace(word, name)
    return statement


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
    **{f"a deleted user in {table}": _DELETED.replace("THINGS", table) for table in _ABOUT_PEOPLE},
    "a deleted user with an address or a token": """
        SELECT u.id FROM users u WHERE u.deleted = 1 AND (u.email_unique IS NOT NULL
            OR EXISTS (SELECT 1 FROM tokens t WHERE t.user_id = u.id AND t.revoked = 0))""",
    "a learner's role without an enrolment": """
        SELECT a.id FROM role_assignments a
        JOIN contexts x ON x.id = a.context_id AND x.level = 50
        WHERE a.role_id = 5 AND NOT EXISTS (
            SELECT 1 FROM user_enrolments u JOIN enrolment_instances i ON i.id = u.instance_id
            WHERE i.course_id = x.instanceid AND u.user_id = a.user_id)""",
    **{
        f"one of the {thing[0]}: {wrong}": _of(thing, statement)
        for thing in _THINGS
        for wrong, statement in _PLACES.items()
    },
    "a category or course in no category": """
        SELECT c.id FROM categories c WHERE c.parent <> 0
            AND NOT EXISTS (SELECT 1 FROM categories k WHERE k.id = c.parent)
        UNION ALL SELECT c.id FROM courses c WHERE c.category <> 0
            AND NOT EXISTS (SELECT 1 FROM categories k WHERE k.id = c.category)""",
    "a grouping that is gone": """
        SELECT m.id FROM course_modules m WHERE m.groupingid <> 0
            AND NOT EXISTS (SELECT 1 FROM groupings g WHERE g.id = m.groupingid)
        UNION ALL SELECT c.id FROM courses c WHERE c.defaultgroupingid <> 0
            AND NOT EXISTS (SELECT 1 FROM groupings g WHERE g.id = c.defaultgroupingid)""",
    "a grade item of an activity that is gone": """
        SELECT g.id FROM grade_items g WHERE g.type = 'mod' AND NOT EXISTS (
            SELECT 1 FROM course_modules m
            WHERE m.module = g.module AND m.instance = g.instance)""",
    "two totals of one course": """
        SELECT course_id FROM grade_items WHERE type = 'course'
        GROUP BY course_id HAVING count(*) > 1""",
    "a file without its content": """
        SELECT f.id FROM files f WHERE NOT EXISTS (
            SELECT 1 FROM file_contents c WHERE c.contenthash = f.contenthash)""",
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
