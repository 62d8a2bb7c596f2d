"""Finds the plugins that are installed, in the order of their names; none can stop the server."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from coursewire.contracts.capabilities import known
from coursewire.domain.activity_kinds import KINDS
from coursewire.domain.call import Call
from coursewire.functions.binding import AnyBound
from coursewire.functions.catalogue import BUILT_IN, Catalogue
from coursewire.plugin import lifecycle
from coursewire.plugin.declaration import GROUP, BadPlugin, Plugin, check
from coursewire.store import plugins as store
from coursewire.store.session import Session

CORE = "coursewire"


class Found(Struct, frozen=True, kw_only=True):
    """An installed plugin, and what is wrong with it; `package` is the distribution it came in.

    `entry` is the name of its entry point, `release` the version of the package that was loaded.
    """

    name: str
    package: str
    entry: str = ""
    release: str = ""
    plugin: Plugin | None = None
    error: str = ""
    is_enabled: bool = False

    @property
    def version(self) -> str:
        """Return the installed version, as far as it is known."""
        return "" if self.plugin is None else self.plugin.version


class Loaded(Struct, frozen=True):
    """All that was found, and what the enabled ones bring."""

    found: tuple[Found, ...]
    building: "Building"

    @property
    def catalogue(self) -> Catalogue:
        """Return the functions of the core and of the plugins that are at work."""
        return self.building.catalogue

    def installed(self, name: str) -> Found | None:
        """Return the plugin of a name; a package that could not be loaded has its entry's name."""
        return next((each for each in self.found if each.name == name), None)

    def clash(self, plugin: Plugin) -> str:
        """Return what of a plugin that is not at work is there already, '' for nothing."""
        found = self.installed(plugin.name)
        if found is None or found.is_enabled:
            return ""
        return self.building.clash(found, plugin)

    @property
    def active(self) -> tuple[Plugin, ...]:
        """Return the plugins that are at work."""
        return tuple(
            each.plugin for each in self.found if each.is_enabled and each.plugin is not None
        )


def load(session: Session) -> Loaded:
    """Load what is installed, and put what is enabled on this site to work."""
    rows = store.everything(session) if store.has_tables(session) else {}
    enabled = {name: row for name, row in rows.items() if row.enabled}
    return assemble(discover(), {name: row.version for name, row in enabled.items()})


def discover() -> list[Found]:
    """Return what is installed, each loaded or with its error."""
    return [_found(point) for point in _installed()]


def not_loaded(found: Iterable[Found]) -> list[Found]:
    """Return what was installed after a process had found plugins; it needs a restart.

    Nothing of it is loaded: its package may have come in place of one that is at work.
    """
    there = {(each.entry, each.package): each.release for each in found}
    return [
        each
        for each in map(_described, _installed())
        if there.get((each.entry, each.package)) != each.release
    ]


def _installed() -> list[EntryPoint]:
    return sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value))


def _described(point: EntryPoint) -> Found:
    """Return what is known of a plugin before it is loaded."""
    dist = point.dist
    package, release = ("unknown package", "") if dist is None else (dist.name, dist.version)
    return Found(name=point.name, package=package, entry=point.name, release=release)


def assemble(installed: Iterable[Found], enabled: dict[str, str]) -> Loaded:
    """Put together what is enabled, given with the versions that the site was prepared for."""
    building = Building()
    seen: list[Found] = []
    for each in installed:
        if each.plugin is None:
            seen.append(each)
        elif any(other.name == each.name for other in seen):
            seen.append(_failed(each, f"another package brings a plugin {each.name!r} already"))
        elif each.name not in enabled:
            seen.append(each)
        elif enabled[each.name] != each.plugin.version:
            seen.append(_failed(each, _outdated(each.plugin, enabled[each.name])))
        else:
            seen.append(building.add(each, each.plugin))
    return Loaded(tuple(seen), building)


class Building:
    """The catalogue as it grows; what clashes with it stays out."""

    def __init__(self) -> None:
        self._functions: dict[str, tuple[str, AnyBound]] = {
            bound.contract.name: (CORE, bound) for bound in BUILT_IN
        }
        self._capabilities = dict.fromkeys(known(), CORE)
        self._kinds = dict.fromkeys(KINDS, CORE)
        self._plugins: list[Plugin] = []

    def clash(self, found: Found, plugin: Plugin) -> str:
        """Return what stands in the way of taking a plugin in, '' for nothing."""
        functions = {name: package for name, (package, _) in self._functions.items()}
        for what, names, taken in (
            ("function", [each.contract.name for each in plugin.functions], functions),
            ("capability", [each.name for each in plugin.capabilities], self._capabilities),
            ("activity type", [each.name for each in plugin.activity_types], self._kinds),
        ):
            clash = _clash(what, names, taken, found.package)
            if clash:
                return clash
        return ""

    def add(self, found: Found, plugin: Plugin) -> Found:
        """Take a plugin in, or return it with the clash, which names both packages."""
        clash = self.clash(found, plugin)
        if clash:
            return _failed(found, clash)
        self._plugins.append(plugin)
        for bound in plugin.functions:
            guarded = _while_enabled(plugin, bound)
            self._functions[bound.contract.name] = (found.package, guarded)
        self._capabilities |= dict.fromkeys((c.name for c in plugin.capabilities), found.package)
        self._kinds |= dict.fromkeys((a.name for a in plugin.activity_types), found.package)
        return replace(found, is_enabled=True)

    @cached_property
    def catalogue(self) -> Catalogue:
        """Return the functions of the core and of all plugins that were taken in."""
        return Catalogue(
            self._functions.values(),
            {each.name: each for plugin in self._plugins for each in plugin.capabilities},
            {each.name: each.kind for plugin in self._plugins for each in plugin.activity_types},
        )


def _found(point: EntryPoint) -> Found:
    described = _described(point)
    try:
        plugin = point.load()
        if not isinstance(plugin, Plugin):
            msg = f"{point.value} is no Plugin"
            raise BadPlugin(msg)
        check(plugin)
    except BadPlugin as problem:
        return _failed(described, str(problem))
    except (Exception, SystemExit) as problem:  # noqa: BLE001 - whatever it does, the server starts
        return _failed(described, f"it cannot be loaded: {type(problem).__name__}: {problem}")
    return replace(described, name=plugin.name, plugin=plugin)


def _failed(found: Found, error: str) -> Found:
    return replace(found, error=error)


def _outdated(plugin: Plugin, stored: str) -> str:
    return (
        f"version {plugin.version} is installed, the site was prepared for {stored};"
        f" run: coursewire plugin enable {plugin.name}"
    )


def _clash(what: str, names: Sequence[str], taken: dict[str, str], package: str) -> str:
    for number, name in enumerate(names):
        if name in taken:
            return f"the {what} {name} comes from both {taken[name]} and {package}; this one is out"
        if name in names[:number]:
            return f"the {what} {name} comes twice from {package}"
    return ""


def _while_enabled(plugin: Plugin, bound: AnyBound) -> AnyBound:
    """Let a function answer only while its plugin is enabled: that can change at any time."""

    def body(call: Call, params: Any) -> Any:  # noqa: ANN401 - of any contract
        lifecycle.require_enabled(call, plugin.name)
        return bound.body(call, params)

    return replace(bound, body=body)
