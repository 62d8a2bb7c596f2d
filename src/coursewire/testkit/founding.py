"""A site for tests, made in a folder: the demo or a site file, and a token for everything."""

from pathlib import Path

from msgspec import Struct

from coursewire.domain import builtin_services, fresh_site, settings
from coursewire.domain.fresh_site import NewSite
from coursewire.plugin import loading
from coursewire.plugin.loading import Loaded
from coursewire.presets import model
from coursewire.server.asgi import Server
from coursewire.server.options import ServerOptions
from coursewire.server.runtime import Runtime
from coursewire.sitefile import reading
from coursewire.store import keys as key_files
from coursewire.store.database import Database
from coursewire.testkit.clock import KitClock
from coursewire.testkit.kit import AppliedFile, Kit

DEMO = "demo.yaml"


class Founded(Struct, frozen=True):
    """A site that is ready to be served."""

    database: Database
    plugins: Loaded
    kit: Kit
    server: Server


def found(folder: Path, url: str) -> Founded:
    """Make an empty site; it is served at an address that is known already."""
    from coursewire.store.migrations import run  # noqa: PLC0415 - loads Alembic

    keys = key_files.load_or_create(folder / "keys.json")
    database = Database(f"sqlite:///{folder / 'site.sqlite3'}", serving=True)
    database.create()
    run.upgrade(database)
    database.check()
    clock = KitClock()
    with database.session() as session:
        fresh_site.create(session, NewSite(fullname="Test site", shortname="test"), clock.now())
        plugins = loading.load(session)
    options = ServerOptions(site_url=url, development=True)
    runtime = Runtime(
        options=options, database=database, keys=keys, clock=clock, catalogue=plugins.catalogue
    )
    server = Server(runtime, plugins=plugins.active)
    kit = Kit(runtime, clock)
    with database.session() as session:
        call = kit.administrator_call(session)
        builtin_services.ensure(call)
        with call.transaction():
            settings.put(call, "enablewebservices", value=True)
            settings.put(call, "webserviceprotocols", ("rest",))
    return Founded(database, plugins, kit, server)


def fill(kit: Kit, file: Path | None) -> AppliedFile:
    """Give a site the content of a file, by default the demo."""
    if file is None:
        return kit.apply(model.text_of(DEMO), DEMO)
    return kit.apply_read(reading.read_path(file))
