"""The plugins that `coursewire up` is asked to put to work."""

from collections.abc import Sequence

from coursewire.cli.acting import acting
from coursewire.cli.common import Failure
from coursewire.cli.plugin import enable_on
from coursewire.plugin.loading import Found
from coursewire.settings import Settings


def enable(settings: Settings, wanted: Sequence[str]) -> None:
    """Enable plugins by their names, or by those of their packages."""
    for name in wanted:
        with acting(settings) as site:
            there = site.opened.plugins.found
            found = next((each for each in there if _is_meant(each, name)), None)
            if found is None:
                known = ", ".join(each.package for each in there) or "none"
                msg = f"no plugin {name!r} is installed (installed: {known})"
                raise Failure(msg, remedy=f"make up PLUGINS={name}")
            if not found.is_enabled:
                enable_on(site, found.name)


def _is_meant(found: Found, name: str) -> bool:
    return name in {found.name, found.package, found.package.removeprefix("coursewire-")}
