"""Rows of plugins and of their settings, and the tables that plugins bring."""

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import MetaData, Table, delete, func, insert, inspect, select, update
from sqlalchemy.dialects import postgresql, sqlite

from coursewire.store.direct import DirectRead
from coursewire.store.schema.access import role_capabilities
from coursewire.store.schema.courses import course_modules
from coursewire.store.schema.plugins import plugin_settings, plugins
from coursewire.store.schema.services import service_functions
from coursewire.store.session import Session


class PluginRecord(Struct, frozen=True):
    """One row of the table, its columns in the table's order."""

    id: int
    name: str
    version: str
    enabled: int
    steps: int
    brings: str
    timecreated: int
    timemodified: int


class StoredSetting(Struct, frozen=True):
    """A setting as it was stored: JSON, or sealed."""

    value: str | None
    sealed: bytes | None


# Asked again by the first call after each change of what servers remember.
_EVERYTHING = DirectRead(select(plugins).order_by(plugins.c.name))


def everything(session: Session) -> dict[str, PluginRecord]:
    """Return the plugins that the site knows, by name."""
    return {row[1]: PluginRecord(*row) for row in _EVERYTHING.rows(session)}


def has_tables(session: Session) -> bool:
    """Tell whether the database is new enough to know plugins."""
    return inspect(session.connection).has_table(plugins.name)


def add(session: Session, values: Mapping[str, Any]) -> None:
    """Insert a plugin."""
    session.execute(insert(plugins), dict(values))


def change(session: Session, name: str, values: Mapping[str, Any]) -> None:
    """Write columns of a plugin."""
    session.execute(update(plugins).where(plugins.c.name == name), dict(values))


def remove(session: Session, name: str) -> None:
    """Forget a plugin and its settings."""
    session.execute(delete(plugin_settings).where(plugin_settings.c.plugin == name))
    session.execute(delete(plugins).where(plugins.c.name == name))


def settings_of(session: Session, plugin: str) -> dict[str, StoredSetting]:
    """Return the settings of a plugin that were ever set."""
    columns = plugin_settings.c
    query = select(columns.name, columns.value, columns.sealed).where(columns.plugin == plugin)
    return {row[0]: StoredSetting(row[1], row[2]) for row in session.rows(query)}


def put_setting(session: Session, plugin: str, name: str, stored: StoredSetting) -> None:
    """Set one."""
    make = sqlite.insert if session.engine_name == "sqlite" else postgresql.insert
    new = {"value": stored.value, "sealed": stored.sealed}
    statement = make(plugin_settings).values(plugin=plugin, name=name, **new)
    session.execute(statement.on_conflict_do_update(index_elements=["plugin", "name"], set_=new))


def create_tables(session: Session, tables: Collection[Table]) -> None:
    """Create tables that a plugin brings, in the open transaction."""
    for table in tables:
        table.create(session.connection)


def row_count(session: Session, name: str) -> int:
    """Return how many rows a table holds; none where there is no such table."""
    table = _present(session, name)
    return 0 if table is None else int(session.scalar(select(func.count()).select_from(table)))


def drop_tables(session: Session, names: Collection[str]) -> None:
    """Drop tables, each before those that it refers to: the last made first."""
    for name in reversed(list(names)):
        table = _present(session, name)
        if table is not None:
            table.drop(session.connection)


def forget_functions(session: Session, names: Collection[str]) -> None:
    """Take functions out of every service."""
    session.execute(delete(service_functions).where(service_functions.c.function.in_(names)))


def forget_capabilities(session: Session, names: Collection[str]) -> None:
    """Let no role say anything of these capabilities."""
    session.execute(delete(role_capabilities).where(role_capabilities.c.capability.in_(names)))


def activities_of(session: Session, kinds: Collection[str]) -> list[int]:
    """Return the activities of some kinds."""
    query = select(course_modules.c.id).where(course_modules.c.module.in_(kinds))
    return session.scalars(query.order_by(course_modules.c.id))


def _present(session: Session, name: str) -> Table | None:
    if not inspect(session.connection).has_table(name):
        return None
    return Table(name, MetaData())
