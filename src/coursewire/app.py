"""The only assembly: opens the store and the keys, builds the catalogue and the server."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import structlog
from msgspec import Struct

from coursewire.audit import sealing
from coursewire.console.first_page import FirstPage
from coursewire.domain import administrators, builtin_services, fresh_site, migration_record
from coursewire.domain import site as sites
from coursewire.domain.call import Call
from coursewire.domain.clock import Clock
from coursewire.domain.fresh_site import NewSite
from coursewire.functions.catalogue import Catalogue
from coursewire.plugin import loading
from coursewire.plugin.loading import Loaded
from coursewire.server.asgi import Server
from coursewire.server.options import ServerOptions
from coursewire.server.runtime import Runtime
from coursewire.server.types import App
from coursewire.settings import DATABASE_FILE, Settings
from coursewire.store import keys as key_files
from coursewire.store import revisions
from coursewire.store.database import Database
from coursewire.store.keys import KeyFileError, Keys
from coursewire.store.session import Session
from coursewire.testkit.clock import KitClock
from coursewire.wire.hosts import is_loopback
from coursewire.wire.limits import Limits

_OTHER_KEYS = (
    "the end of the audit record was not sealed with this key file; if it is that of another site,"
    " no token works, and what is sealed from now on looks altered"
)

log = structlog.get_logger("coursewire")


class Opened(Struct, frozen=True):
    """An open site: its store, its keys, its time and what it answers."""

    settings: Settings
    database: Database
    keys: Keys
    clock: Clock
    plugins: Loaded

    @property
    def catalogue(self) -> Catalogue:
        """Return what the site answers: the core's functions, and those of enabled plugins."""
        return self.plugins.catalogue


class NoSite(Exception):
    """There is no site in this place; the text says how to make one."""


def key_path(settings: Settings) -> Path:
    """Return where the keys lie: never in the database (TOK-2)."""
    return settings.data_folder / key_files.FILE_NAME


def exists(settings: Settings) -> bool:
    """Tell whether a site was made in this place; a database without its keys is a broken one."""
    keys = key_path(settings)
    if keys.exists():
        return True
    if settings.is_sqlite and (settings.data_folder / DATABASE_FILE).exists():
        msg = (
            f"the key file {keys} is missing beside its database; put it back from where it is "
            "kept, or read about --without-keys in: coursewire restore --help"
        )
        raise KeyFileError(msg)
    return False


def is_made(settings: Settings) -> bool:
    """Tell whether there is a whole site; where its making was broken off, keys may be all."""
    return exists(settings) and _is_filled(settings)


def _is_filled(settings: Settings) -> bool:
    """Tell whether the database holds a whole site."""
    database = Database(settings.database_url)
    try:
        if database.path is not None and not database.path.exists():
            return False
        database.check(schema=False)
        with database.session() as session:
            return revisions.current(session) is not None and fresh_site.exists(session)
    finally:
        database.close()


def create_site(
    settings: Settings, *, fullname: str = "Coursewire", shortname: str = "coursewire"
) -> bool:
    """Make an empty site: private folder, keys, tables, the standard roles and accounts.

    An existing site is brought up to the schema of this program and otherwise left alone; one
    whose making was broken off is made to its end, with the keys that it has. False when it was
    there: somebody else may be making it, and is waited for.
    """
    new = NewSite(fullname=fullname, shortname=shortname)
    fresh_site.require_names(new)
    if not exists(settings):
        key_files.make_private(settings.data_folder)
    with key_files.alone(key_path(settings)):
        if not exists(settings):
            _require_no_other(settings)
            key_files.create(key_path(settings))
        return _fill(settings, new)


def _require_no_other(settings: Settings) -> None:
    """Refuse new keys for a site that has its own: another node, or a copy of the folder, has them.

    They would know no token, and what they seal of the audit record would look altered.
    """
    if _is_filled(settings):
        folder = settings.data_folder
        msg = (
            f"the database holds a site already, whose key file is not in {folder}: copy"
            f" {key_path(settings).name} of the site into {folder}, or read about --without-keys"
            " in: coursewire restore --help"
        )
        raise KeyFileError(msg)


def _fill(settings: Settings, new: NewSite) -> bool:
    """Make tables and what a fresh site holds, as far as they are not there."""
    database = Database(settings.database_url)
    try:
        database.create()
        migrate(database)
    finally:
        database.close()
    with (
        open_site(settings, schema=False) as opened,
        opened.database.session() as session,
        session.transaction(),
    ):
        is_new = not fresh_site.exists(session)
        if is_new:
            fresh_site.create(session, new, opened.clock.now())
        builtin_services.ensure(administrator_call(opened, session))
    return is_new


def migrate(database: Database) -> None:
    """Bring the tables to this program's schema; Alembic is imported only here."""
    from coursewire.store.migrations import run  # noqa: PLC0415 - a server must not load it

    run.upgrade(database, told=migration_record.writer(Clock()))


@contextmanager
def open_site(
    settings: Settings, *, serving: bool = False, schema: bool = True
) -> Generator[Opened]:
    """Open an existing site; `serving` for the one process that serves a SQLite database.

    Without `schema`, tables of an older program are let pass: they are about to be migrated.
    """
    if not exists(settings):
        place = settings.data_folder
        msg = f"there is no site in {place}; make one with: coursewire init --data {place}"
        raise NoSite(msg)
    key_files.require_private(settings.data_folder)
    keys = key_files.load(key_path(settings))
    database = Database(settings.database_url, serving=serving)
    try:
        warnings = database.check(schema=schema)
        for warning in warnings if serving else ():
            log.warning("database", warning=warning)
        with database.session() as session:
            if schema:
                fresh_site.require(session)
            if serving and not sealing.is_sealed_with(session, keys):
                log.warning("key file", warning=_OTHER_KEYS)
            plugins = loading.load(session)
        yield Opened(settings, database, keys, Clock(), plugins)
    finally:
        database.close()


def administrator_call(opened: Opened, session: Session) -> Call:
    """Return a call by the site's administrator that no request made, for commands and set-up."""
    settings, catalogue = opened.settings, opened.catalogue
    site = sites.load(
        session,
        settings.site_url,
        compatibility=settings.compatibility,
        implemented=catalogue.components,
        more_capabilities=catalogue.capabilities,
        more_kinds=catalogue.activity_kinds,
        outbound_loopback=settings.outbound_loopback,
        largest_body=settings.max_body,
    )
    return administrators.unasked_call(
        session, site, clock=opened.clock, keys=opened.keys, function="coursewire (command line)"
    )


def build_server(opened: Opened, *, development: bool = False) -> Server:
    """Put the server together."""
    settings = opened.settings
    options = ServerOptions(
        site_url=settings.site_url,
        development=development,
        bare_names=settings.exception_names == "bare",
        compatibility=settings.compatibility,
        trusted_proxies=tuple(settings.trusted_proxies),
        forwarded_header=settings.forwarded_header.lower(),
        allowed_hosts=settings.hosts,
        limits=Limits(body=settings.max_body),
        write_queue=settings.write_queue,
        access_log=settings.access_log,
        access_log_bytes=settings.access_log_bytes,
        access_log_kept=settings.access_log_kept,
        outbound_loopback=settings.outbound_loopback,
        unknown_tokens=0 if development else settings.unknown_tokens,
        processes=settings.workers,
    )
    runtime = Runtime(
        key_path=key_path(settings),
        options=options,
        database=opened.database,
        keys=opened.keys,
        clock=opened.clock,
        catalogue=opened.catalogue,
        plugins=opened.plugins,
    )
    return Server(runtime, fallback=FirstPage, plugins=opened.plugins.active)


def build_test_server(opened: Opened, clock: KitClock, key: str) -> tuple[Server, App]:
    """Put a development server together, and what stands before it: faults and control API."""
    # Only here: a server that is not for tests must load none of it.
    from coursewire.testkit.control import Control  # noqa: PLC0415
    from coursewire.testkit.front import Front  # noqa: PLC0415
    from coursewire.testkit.kit import Kit  # noqa: PLC0415

    server = build_server(msgspec.structs.replace(opened, clock=clock), development=True)
    kit = Kit(server.runtime, clock)
    kit.begin()
    control = Control(kit, key, loopback=is_loopback(opened.settings.host))
    return server, Front(server, kit, control)
