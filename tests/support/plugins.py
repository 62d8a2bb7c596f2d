"""Test sites with plugins at work: enabled in the store, their functions answered by the server."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace

from coursewire.console.first_page import FirstPage
from coursewire.domain import plugin_settings, tokens
from coursewire.domain.site import ADMIN_ID
from coursewire.domain.tokens import NewToken
from coursewire.plugin import Plugin, lifecycle, loading
from coursewire.plugin.loading import Found, Loaded, assemble
from coursewire.server.asgi import Server
from coursewire.server.options import ServerOptions
from coursewire.server.runtime import Runtime
from coursewire.store import plugins as store
from coursewire.store import services
from tests.support import making
from tests.support.sites import URL, TestSite
from tests.support.web import Web


def found(*plugins: Plugin) -> list[Found]:
    """Plugins in their packages, or as if each were installed by a package of its own."""
    installed = {each.name: each for each in loading.not_loaded([])}
    return [
        replace(
            installed.get(plugin.name, Found(name=plugin.name, package=f"package-{number}")),
            plugin=plugin,
        )
        for number, plugin in enumerate(plugins)
    ]


def loaded(site: TestSite, *plugins: Plugin) -> Loaded:
    """What a server that starts now makes of plugins."""
    rows = store.everything(site.session)
    enabled = {name: row.version for name, row in rows.items() if row.enabled}
    return assemble(found(*plugins), enabled)


class PluginWeb(Web):
    """The web application of a site with plugins."""

    def __init__(self, site: TestSite, *plugins: Plugin, **options: Any) -> None:
        self.site = site
        self.plugins = loaded(site, *plugins)
        self.catalogue = self.plugins.catalogue
        runtime = Runtime(
            options=ServerOptions(site_url=URL, **options),
            database=site.database,
            keys=site.keys,
            clock=site.clock,
            catalogue=self.catalogue,
            plugins=self.plugins,
        )
        self.server = Server(runtime, fallback=FirstPage, plugins=self.plugins.active)

    def service_token(self, shortname: str, user_id: int = ADMIN_ID, **limits: Any) -> str:
        """A token of a user for a service."""
        service = services.by_shortname(self.site.session, shortname)
        assert service is not None
        new = NewToken(user_id=user_id, service_id=service.id, **limits)
        return tokens.issue(self.site.call(), new).token

    def keep_up(self) -> None:
        """Let the server do what is due."""
        asyncio.run(self._keep_up())

    async def _keep_up(self) -> None:
        for work in (self.server.keep_up, *self.server.plugin_work()):
            await work()


@contextmanager
def plugged(site: TestSite, *plugins: Plugin, **options: Any) -> Generator[PluginWeb]:
    """The web application of a site on which plugins were enabled."""
    making.setting(site, "enablewebservices", value=True)
    making.setting(site, "webserviceprotocols", value=("rest",))
    for plugin in plugins:
        lifecycle.enable(site.call(), plugin)
    web = PluginWeb(site, *plugins, **options)
    try:
        yield web
    finally:
        web.close()


def tell(site: TestSite, plugin: Plugin, **values: str) -> None:
    """Set settings of a plugin."""
    for name, value in values.items():
        setting = plugin_settings.find(plugin.name, plugin.settings, name)
        plugin_settings.put(site.call(), plugin.name, setting, value)
