"""The tables of plugins in copies of a site: made before rows are copied, dropped before others."""

from coursewire.plugin import lifecycle
from coursewire.plugin.loading import discover
from coursewire.store import plugins as store
from coursewire.store.problems import UnusableDatabase
from coursewire.store.session import Session


def prepare(source: Session, target: Session) -> None:
    """Make in an empty copy the tables that the plugins of a site have there."""
    if not store.has_tables(source):
        return
    installed = {found.name: found.plugin for found in discover()}
    for name, row in store.everything(source).items():
        if not lifecycle.tables(row):
            continue
        plugin = installed.get(name)
        if plugin is None or len(plugin.migrations) < row.steps:
            msg = (
                f"the site has tables of the plugin {name} {row.version}, whose package is not"
                " installed here; install it, or remove it first: coursewire plugin uninstall"
            )
            raise UnusableDatabase(msg)
        for migration in plugin.migrations[: row.steps]:
            migration.up(target)


def remove(session: Session) -> None:
    """Drop the tables of plugins from a site that is about to be replaced."""
    if store.has_tables(session):
        for row in store.everything(session).values():
            store.drop_tables(session, lifecycle.tables(row))
