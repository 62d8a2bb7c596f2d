"""Triggers that count the changes of what a server remembers between calls.

`Database.facts_version` reads the number, so that whatever a process wrote, by whatever way, is
seen by the next call of every process (TOK-9), while groups, grades and logs, which nobody
remembers, cost no server what it knows.

On PostgreSQL writers must not wait for one another, so each counts on a row that nobody holds, a
new one if need be; the number is the sum, which grows with every commit and with nothing else.

A migration that makes one of these tables anew, or adds a column, must make its triggers anew.
"""

from collections.abc import Iterator
from typing import Literal

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.sql.compiler import DDLCompiler

Event = Literal["INSERT", "DELETE", "UPDATE"]

WATCHED = (
    "contexts",
    "plugins",
    "private_keys",
    "profile_fields",
    "profile_values",
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
_NAMES_OF_THE_SITE = ("fullname", "shortname")
_THE_SITE = " WHEN (NEW.id = 1)"
# Of preferences only whether the password must be changed.
_PREFERENCE = ("user_id", "name", "value")
_NEW, _OLD = (f"{row}.name = 'auth_forcepasswordchange'" for row in ("NEW", "OLD"))
_COUNT = (
    " BEGIN INSERT INTO facts_version (id, version) VALUES (1, 1)"
    " ON CONFLICT (id) DO UPDATE SET version = version + 1; END"
)
# A row that this transaction holds already is not skipped by it, so it takes that one again.
_FUNCTION = text(
    """
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
)
_NO_FUNCTION = text("DROP FUNCTION IF EXISTS facts_changed()")


class _Trigger(ExecutableDDLElement):
    """The trigger of one table and event; SQLAlchemy writes its names, as it does everywhere."""

    inherit_cache = False

    def __init__(
        self, table: str, event: Event, columns: tuple[str, ...] = (), condition: str = ""
    ) -> None:
        self.name = f"facts_{table}_{event.lower()}"
        self.table = table
        self.event = event
        self.columns = columns
        self.condition = condition


class _Drop(ExecutableDDLElement):
    """Takes a trigger away; one that somebody dropped must not hinder a restore (BAK-3)."""

    inherit_cache = False

    def __init__(self, trigger: _Trigger) -> None:
        self.name = trigger.name
        self.table = trigger.table


@compiles(_Trigger, "sqlite")
def _created(trigger: _Trigger, compiler: DDLCompiler, **_options: object) -> str:
    return _head(trigger, compiler) + trigger.condition + _COUNT


@compiles(_Trigger, "postgresql")
def _created_there(trigger: _Trigger, compiler: DDLCompiler, **_options: object) -> str:
    # A condition on the row takes a trigger for each row.
    each = " FOR EACH ROW" if trigger.condition else " FOR EACH STATEMENT"
    call = " EXECUTE FUNCTION facts_changed()"
    return _head(trigger, compiler) + each + trigger.condition + call


def _head(trigger: _Trigger, compiler: DDLCompiler) -> str:
    quote = compiler.preparer.quote
    columns = ", ".join(map(quote, trigger.columns))
    of = f" OF {columns}" if columns else ""
    name, table = quote(trigger.name), quote(trigger.table)
    return f"CREATE TRIGGER {name} AFTER {trigger.event}{of} ON {table}"


@compiles(_Drop, "sqlite")
def _dropped(drop: _Drop, compiler: DDLCompiler, **_options: object) -> str:
    return f"DROP TRIGGER IF EXISTS {compiler.preparer.quote(drop.name)}"


@compiles(_Drop, "postgresql")
def _dropped_there(drop: _Drop, compiler: DDLCompiler, **_options: object) -> str:
    quote = compiler.preparer.quote
    return f"DROP TRIGGER IF EXISTS {quote(drop.name)} ON {quote(drop.table)}"


def watch(connection: Connection) -> None:
    """Make the triggers."""
    if connection.dialect.name == "postgresql":
        connection.execute(_FUNCTION)
    for trigger in _triggers(connection):
        connection.execute(trigger)


def release(connection: Connection) -> None:
    """Take them away again."""
    for trigger in _triggers(connection):
        connection.execute(_Drop(trigger))
    if connection.dialect.name == "postgresql":
        connection.execute(_NO_FUNCTION)


def _triggers(connection: Connection) -> Iterator[_Trigger]:
    for table in WATCHED:
        yield _Trigger(table, "INSERT")
        yield _Trigger(table, "DELETE")
        yield _Trigger(table, "UPDATE", _decisive(connection, table))
    yield _Trigger("courses", "UPDATE", _NAMES_OF_THE_SITE, _THE_SITE)
    yield _Trigger("user_preferences", "INSERT", condition=f" WHEN ({_NEW})")
    yield _Trigger("user_preferences", "DELETE", condition=f" WHEN ({_OLD})")
    yield _Trigger("user_preferences", "UPDATE", _PREFERENCE, f" WHEN ({_OLD} OR {_NEW})")


def _decisive(connection: Connection, table: str) -> tuple[str, ...]:
    """Return the columns that somebody decides by; none where those are all."""
    columns = [column["name"] for column in inspect(connection).get_columns(table)]
    watched = tuple(column for column in columns if column not in UNWATCHED)
    return () if len(watched) == len(columns) else watched
