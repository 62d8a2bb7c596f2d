"""What a plugin says of itself: one frozen value that its entry point names."""

import re
from collections.abc import Callable, Mapping

from msgspec import Struct
from sqlalchemy import Table

from coursewire.contracts.capabilities import KnownCapability
from coursewire.domain.activity_kinds import Kind
from coursewire.domain.call import Call
from coursewire.domain.plugin_settings import PluginSetting
from coursewire.functions.binding import AnyBound
from coursewire.store import plugins as store
from coursewire.store.session import Session

GROUP = "coursewire.plugins"
"""The entry point group in which packages name their plugin."""

_NAME = re.compile(r"^[a-z][a-z0-9]*_[a-z][a-z0-9_]*$")


class BadPlugin(Exception):
    """A plugin cannot be taken as it is; the text says why."""


class BuiltinService(Struct, frozen=True, kw_only=True):
    """A service that belongs to the plugin: its name and functions are the plugin's to say.

    `functions` are names of functions of this plugin. The rest is how the service begins; a site
    may change it later. `restrictedusers` admits authorised users only; `downloadfiles` and
    `uploadfiles` open the file scripts to its tokens.
    """

    name: str
    shortname: str
    functions: tuple[str, ...]
    enabled: bool = True
    restrictedusers: bool = False
    downloadfiles: bool = False
    uploadfiles: bool = False


class ActivityType(Struct, frozen=True, kw_only=True):
    """A kind of activity; `name` is the module name, such as `percipio`."""

    name: str
    kind: Kind


class Migration(Struct, frozen=True):
    """One step of the plugin's tables; steps are taken in order and never changed afterwards.

    `up` runs once on each site, in the transaction that enables the plugin; `creating` makes one.
    `name` is for readers.
    """

    name: str
    up: Callable[[Session], None]


class ConsoleContent(Struct, frozen=True, kw_only=True):
    """What a page of the console shows: a sentence, warnings, and a table.

    `rows` are those that were asked for, with a cell for each of the `headings`; `total` is how
    many there are on all pages.
    """

    sentence: str = ""
    warnings: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[object, ...], ...] = ()
    total: int = 0


def _everybody(_call: Call) -> bool:
    return True


class ConsolePage(Struct, frozen=True, kw_only=True):
    """A page of the console at `path` below the plugin's own place; the console draws it.

    `show` gets a call by the signed-in person, the values of the `filters` by name ('' where
    nothing was typed), how many rows to return at most, and how many to leave out before them.
    `csv` returns all rows as the text of a CSV file. `act` is what the button named `button` does;
    it may write, and call programs outside. `is_for` tells who is led to the page; what it refuses
    is for `show` to say.
    """

    path: str
    title: str
    show: Callable[[Call, Mapping[str, str], int, int], ConsoleContent]
    filters: tuple[str, ...] = ()
    csv: Callable[[Call, Mapping[str, str]], str] | None = None
    button: str = ""
    act: Callable[[Call], ConsoleContent] | None = None
    is_for: Callable[[Call], bool] = _everybody


class PageAnswer(Struct, frozen=True, kw_only=True):
    """What a page answers: a plain text, or a redirect.

    A redirect is a `location`, in ASCII and without blanks, with a `status` such as 303.
    """

    status: int = 200
    text: str = ""
    location: str = ""


class Page(Struct, frozen=True, kw_only=True):
    """An address for people who hold a token, such as `/mod/percipio/view.php`.

    `answer` gets a call by the token's user and the fields of the query, without the token.
    """

    path: str
    answer: Callable[[Call, Mapping[str, str]], PageAnswer]


class ScheduledWork(Struct, frozen=True, kw_only=True):
    """Work that the server does again and again, in a worker, as nobody in particular.

    `every` is in seconds, from the start of one time to that of the next; the first comes soon
    after the server has started. Each process of a server does it, and an error of it goes to the
    log.
    """

    name: str
    every: int
    run: Callable[[Call], None]


class Plugin(Struct, frozen=True, kw_only=True):
    """Everything that a plugin brings.

    `name` is its component, such as `mod_percipio`: names of tables begin with it, capabilities
    belong to it. `version` is any text; a plugin whose version is not the one that a site was
    prepared for is left out until `coursewire plugin enable` has taken its new migrations. `pages`
    are for people who hold a token, `console_pages` for those who are signed in to the console.
    """

    name: str
    title: str
    version: str
    summary: str = ""
    functions: tuple[AnyBound, ...] = ()
    services: tuple[BuiltinService, ...] = ()
    capabilities: tuple[KnownCapability, ...] = ()
    settings: tuple[PluginSetting, ...] = ()
    tables: tuple[Table, ...] = ()
    migrations: tuple[Migration, ...] = ()
    activity_types: tuple[ActivityType, ...] = ()
    console_pages: tuple[ConsolePage, ...] = ()
    pages: tuple[Page, ...] = ()
    scheduled: tuple[ScheduledWork, ...] = ()


def creating(*tables: Table) -> Callable[[Session], None]:
    """Return a migration's step that makes tables."""

    def up(session: Session) -> None:
        store.create_tables(session, tables)

    return up


def check(plugin: Plugin) -> None:
    """Refuse a plugin whose names could not be told from other plugins' or from ours."""
    if not _NAME.match(plugin.name):
        msg = f"its name {plugin.name!r} is no component such as mod_percipio"
        raise BadPlugin(msg)
    prefix = f"{plugin.name}_"
    for table in plugin.tables:
        if not table.name.startswith(prefix):
            msg = f"its table {table.name!r} does not begin with {prefix!r}"
            raise BadPlugin(msg)
    if plugin.tables and not plugin.migrations:
        msg = "it has tables but no migration that makes them"
        raise BadPlugin(msg)
    for capability in plugin.capabilities:
        if capability.component != plugin.name:
            msg = f"its capability {capability.name!r} belongs to {capability.component}"
            raise BadPlugin(msg)
    for bound in plugin.functions:
        if bound.contract.access is None:
            msg = f"its function {bound.contract.name} declares no rights (access=Access(…))"
            raise BadPlugin(msg)
    _check_services(plugin)
    _check_secrets(plugin)


def _check_services(plugin: Plugin) -> None:
    mine = {bound.contract.name for bound in plugin.functions}
    for service in plugin.services:
        missing = [name for name in service.functions if name not in mine]
        if missing:
            msg = f"its service {service.shortname!r} holds {missing[0]!r}, which it does not bring"
            raise BadPlugin(msg)


def _check_secrets(plugin: Plugin) -> None:
    for setting in plugin.settings:
        if setting.secret and setting.default != "":
            msg = f"its secret setting {setting.name!r} has a default; secrets have none"
            raise BadPlugin(msg)
