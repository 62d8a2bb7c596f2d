"""Triggers that count the changes of what a server remembers between calls (SQLite).

`Database.facts_version` reads the number, so that whatever a process wrote, by whatever way, is
seen by the next call of every process (TOK-9), while groups, grades and logs, which nobody
remembers, cost no server what it knows. PostgreSQL has no need of it: there a row that every
writer must change would make them wait for one another.

A migration that makes one of these tables anew, or adds a column, must make its triggers anew.
"""

from sqlalchemy import Connection

WATCHED = (
    "contexts",
    "plugins",
    "private_keys",
    "role_assignments",
    "role_capabilities",
    "role_levels",
    "role_may_assign",
    "roles",
    "service_functions",
    "service_users",
    "services",
    "settings",
    "tokens",
    "users",
)
# Times that are written behind, and that nobody decides by.
UNWATCHED = frozenset({"firstaccess", "lastaccess", "lastlogin", "currentlogin"})
# Of courses only the names of the site's own one are remembered.
_SITE_COURSE = (
    "CREATE TRIGGER facts_courses_update AFTER UPDATE OF fullname, shortname ON courses"
    " WHEN NEW.id = 1"
)
_COUNT = (
    " BEGIN INSERT INTO facts_version (id, version) VALUES (1, 1)"
    " ON CONFLICT (id) DO UPDATE SET version = version + 1; END"
)


def watch(connection: Connection) -> None:
    """Make the triggers."""
    if connection.dialect.name != "sqlite":
        return
    for table in WATCHED:
        for event in ("INSERT", "DELETE", _update(connection, table)):
            name = _name(table, event)
            connection.exec_driver_sql(f"CREATE TRIGGER {name} AFTER {event} ON {table}{_COUNT}")
    connection.exec_driver_sql(_SITE_COURSE + _COUNT)


def release(connection: Connection) -> None:
    """Take them away again."""
    if connection.dialect.name != "sqlite":
        return
    for table in (*WATCHED, "courses"):
        for event in ("UPDATE",) if table == "courses" else ("INSERT", "DELETE", "UPDATE"):
            connection.exec_driver_sql(f"DROP TRIGGER {_name(table, event)}")


def _name(table: str, event: str) -> str:
    return f"facts_{table}_{event.split(maxsplit=1)[0].lower()}"


def _update(connection: Connection, table: str) -> str:
    """Return the event of a change, left out where only times change that nobody decides by."""
    found = connection.exec_driver_sql(f"PRAGMA table_info({table})")
    columns = [str(row[1]) for row in found]
    watched = [column for column in columns if column not in UNWATCHED]
    return "UPDATE" if watched == columns else f"UPDATE OF {', '.join(watched)}"
