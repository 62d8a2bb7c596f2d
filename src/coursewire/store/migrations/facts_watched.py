"""Triggers that count the changes of what a server remembers between calls (SQLite).

`Database.facts_version` reads the number, so that whatever a process wrote, by whatever way, is
seen by the next call of every process (TOK-9), while groups, grades and logs, which nobody
remembers, cost no server what it knows. PostgreSQL has no need of it: there a row that every
writer must change would make them wait for one another.

A migration that makes one of these tables anew, or adds a column, must make its triggers anew.
"""

from collections.abc import Iterator
from typing import Literal

from sqlalchemy import Connection, inspect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.sql.compiler import DDLCompiler

Event = Literal["INSERT", "DELETE", "UPDATE"]

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
_NAMES_OF_THE_SITE = ("fullname", "shortname")
_THE_SITE = " WHEN NEW.id = 1"
_COUNT = (
    " BEGIN INSERT INTO facts_version (id, version) VALUES (1, 1)"
    " ON CONFLICT (id) DO UPDATE SET version = version + 1; END"
)


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
    """Takes a trigger away."""

    inherit_cache = False

    def __init__(self, trigger: _Trigger) -> None:
        self.name = trigger.name


@compiles(_Trigger, "sqlite")
def _created(trigger: _Trigger, compiler: DDLCompiler, **_options: object) -> str:
    quote = compiler.preparer.quote
    columns = ", ".join(map(quote, trigger.columns))
    of = f" OF {columns}" if columns else ""
    name, table = quote(trigger.name), quote(trigger.table)
    head = f"CREATE TRIGGER {name} AFTER {trigger.event}{of} ON {table}"
    return head + trigger.condition + _COUNT


@compiles(_Drop, "sqlite")
def _dropped(drop: _Drop, compiler: DDLCompiler, **_options: object) -> str:
    return f"DROP TRIGGER {compiler.preparer.quote(drop.name)}"


def watch(connection: Connection) -> None:
    """Make the triggers."""
    for trigger in _triggers(connection):
        connection.execute(trigger)


def release(connection: Connection) -> None:
    """Take them away again."""
    for trigger in _triggers(connection):
        connection.execute(_Drop(trigger))


def _triggers(connection: Connection) -> Iterator[_Trigger]:
    if connection.dialect.name != "sqlite":
        return
    for table in WATCHED:
        yield _Trigger(table, "INSERT")
        yield _Trigger(table, "DELETE")
        yield _Trigger(table, "UPDATE", _decisive(connection, table))
    yield _Trigger("courses", "UPDATE", _NAMES_OF_THE_SITE, _THE_SITE)


def _decisive(connection: Connection, table: str) -> tuple[str, ...]:
    """Return the columns that somebody decides by; none where those are all."""
    columns = [column["name"] for column in inspect(connection).get_columns(table)]
    watched = tuple(column for column in columns if column not in UNWATCHED)
    return () if len(watched) == len(columns) else watched
