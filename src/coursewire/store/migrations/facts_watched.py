"""Triggers that count the changes of what a server remembers between calls.

`Database.facts_version` reads the number, so that whatever a process wrote, by whatever way, is
seen by the next call of every process (TOK-9), while groups, grades and logs, which nobody
remembers, cost no server what it knows.

On PostgreSQL writers must not wait for one another, so each counts on a row that nobody holds, a
new one if need be; the number is the sum, which grows with every commit and with nothing else.

A migration that makes one of these tables anew, or adds a column, must make its triggers anew.
"""

from sqlalchemy import Connection, inspect

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
    "{each_row} WHEN {condition}"
)
_COUNT = (
    " BEGIN INSERT INTO facts_version (id, version) VALUES (1, 1)"
    " ON CONFLICT (id) DO UPDATE SET version = version + 1; END"
)
# A row that this transaction holds already is not skipped by it, so it takes that one again.
_FUNCTION = """
CREATE FUNCTION facts_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free bigint;
BEGIN
    SELECT id INTO free FROM facts_version ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF free IS NULL THEN
        INSERT INTO facts_version (version) VALUES (1);
    ELSE
        UPDATE facts_version SET version = version + 1 WHERE id = free;
    END IF;
    RETURN NULL;
END
$$
"""
_CALL = " EXECUTE FUNCTION facts_changed()"


def watch(connection: Connection) -> None:
    """Make the triggers."""
    if connection.dialect.name == "sqlite":
        end, site_course = _COUNT, _SITE_COURSE.format(each_row="", condition="NEW.id = 1")
        finish = _COUNT
    else:
        connection.exec_driver_sql(_FUNCTION)
        end = " FOR EACH STATEMENT" + _CALL
        site_course = _SITE_COURSE.format(each_row=" FOR EACH ROW", condition="(NEW.id = 1)")
        finish = _CALL
    for table in WATCHED:
        for event in ("INSERT", "DELETE", _update(connection, table)):
            name = _name(table, event)
            connection.exec_driver_sql(f"CREATE TRIGGER {name} AFTER {event} ON {table}{end}")
    connection.exec_driver_sql(site_course + finish)


def release(connection: Connection) -> None:
    """Take them away again."""
    on_table = "" if connection.dialect.name == "sqlite" else " ON {table}"
    for table in (*WATCHED, "courses"):
        for event in ("UPDATE",) if table == "courses" else ("INSERT", "DELETE", "UPDATE"):
            where = on_table.format(table=table)
            connection.exec_driver_sql(f"DROP TRIGGER {_name(table, event)}{where}")
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("DROP FUNCTION facts_changed()")


def _name(table: str, event: str) -> str:
    return f"facts_{table}_{event.split(maxsplit=1)[0].lower()}"


def _update(connection: Connection, table: str) -> str:
    """Return the event of a change, left out where only times change that nobody decides by."""
    columns = [str(column["name"]) for column in inspect(connection).get_columns(table)]
    watched = [column for column in columns if column not in UNWATCHED]
    return "UPDATE" if watched == columns else f"UPDATE OF {', '.join(watched)}"
