"""Plugins: which there are, their settings, and the pages that they bring."""

from msgspec import Struct

from coursewire.console import exports, refused, tables
from coursewire.console.answers import Answer, Export
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.contracts.errors import InvalidParameter, MissingRecord, Refusal
from coursewire.domain import plugin_settings
from coursewire.domain.plugin_settings import PluginSetting
from coursewire.plugin import ConsoleContent, ConsolePage, Plugin, lifecycle, loading
from coursewire.plugin.loading import Found
from coursewire.store import plugins as store

PLACE = "/console/plugins"
RESTART = "restart needed"
_TEXT = b"text/csv; charset=utf-8"


class Shown(Struct, frozen=True, kw_only=True):
    """A row of the list."""

    name: str
    title: str
    version: str
    state: str
    package: str
    problem: str
    is_known: bool = True


def listing(visit: Visit) -> Answer:
    """Show what is installed, and what the site remembers without its package."""
    stored = store.everything(visit.session)
    found = _found(visit)
    waiting = loading.not_loaded(found) if visit.runtime.plugins is not None else []
    newer = {each.entry: each for each in waiting}
    rows = [_shown(each, stored, newer.get(each.entry)) for each in found]
    known = {each.entry for each in found}
    rows += [_waiting(each) for each in waiting if each.entry not in known]
    there = {each.name for each in (*found, *waiting)}
    rows += [
        Shown(
            name=name,
            title=lifecycle.title(row),
            version=row.version,
            state="missing",
            package="",
            problem="Its package is not installed.",
        )
        for name, row in stored.items()
        if name not in there
    ]
    return visit.page("plugins/list.html", rows=rows)


def show(visit: Visit) -> Answer:
    """Show one plugin: its settings, its pages, and what would be lost with it."""
    return _page(visit, visit.part("name"))


def enable(visit: Visit) -> Answer:
    """Put it to work on this site; the server knows it after its next start."""
    plugin = _plugin(visit)
    problem = _clash(visit, plugin)
    if problem:
        return visit.problem(400, "The plugin cannot be enabled", problem, "Disable the other one.")
    lifecycle.enable(visit.call, plugin)
    words = f"{plugin.title} is enabled. Restart the server, so that it answers its functions."
    return visit.redirect(f"{PLACE}/{plugin.name}", words)


def disable(visit: Visit) -> Answer:
    """Let its functions refuse every call, at once."""
    name = visit.part("name")
    lifecycle.disable(visit.call, name)
    return visit.redirect(PLACE, "The plugin is disabled; its functions refuse every call.")


def uninstall(visit: Visit) -> Answer:
    """Remove all of it from this site; its page said what will be lost."""
    name = visit.part("name")
    if not visit.form.is_on("understood"):
        visit.errors.add("understood", "Tick the box: what is listed cannot be brought back.")
        return _page(visit, name)
    lifecycle.uninstall(visit.call, name)
    return visit.redirect(PLACE, "The plugin is removed from this site.")


def save(visit: Visit) -> Answer:
    """Store settings, all of them or nothing; a secret that is left empty stays as it is."""
    plugin = _plugin(visit)
    now = plugin_settings.read(visit.session, plugin.name, plugin.settings)
    changed: list[tuple[PluginSetting, str]] = []
    for setting in plugin.settings:
        if isinstance(setting.default, bool):
            written = "on" if visit.form.is_on(setting.name) else "off"
        else:
            written = visit.form.text(setting.name)
        if setting.secret and not written:
            continue
        try:
            value = plugin_settings.parse(setting, written)
        except Refusal as refusal:
            visit.errors.add(setting.name, refused.told(refusal))
            continue
        # The form holds all of them; what stays as it is leaves no record.
        if setting.secret or value != now[setting.name]:
            changed.append((setting, written))
    if visit.errors:
        return _page(visit, plugin.name)
    with visit.call.transaction():
        for setting, written in changed:
            plugin_settings.put(visit.call, plugin.name, setting, written)
    return visit.redirect(f"{PLACE}/{plugin.name}", "The settings are saved.")


def brought(visit: Visit) -> Answer:
    """Show a page that a plugin brings."""
    plugin, page = _brought(visit)
    filters = {name: visit.query.text(name) for name in page.filters}
    asked = tables.pages(visit.query, 10**9)
    try:
        content = page.show(visit.call, filters, asked.size, asked.offset)
    except InvalidParameter as refusal:
        # What a filter cannot be is told where the filters stand, with what was typed.
        visit.errors.add("", refused.told(refusal))
        content = ConsoleContent()
    return _drawn(visit, plugin, page, content, filters)


def act(visit: Visit) -> Answer:
    """Do what the button of a plugin's page is for, and show what came of it."""
    plugin, page = _brought(visit)
    if page.act is None:
        return visit.not_found("This page has no button.")
    return _drawn(visit, plugin, page, page.act(visit.call), {})


def as_csv(visit: Visit) -> Answer:
    """Give out all rows of a plugin's page as a file."""
    plugin, page = _brought(visit)
    if page.csv is None:
        return visit.not_found("This page gives out no file.")
    filters = {name: visit.query.text(name) for name in page.filters}
    disposition = f'attachment; filename="{page.path}.csv"'.encode("ascii")
    return Answer(
        body=page.csv(visit.call, filters).encode(),
        kind=_TEXT,
        extra=((b"content-disposition", disposition),),
        export=Export(name=f"{plugin.name}-{page.path}", filters=filters),
    )


def _drawn(
    visit: Visit, plugin: Plugin, page: ConsolePage, content: ConsoleContent, filters: object
) -> Answer:
    pages = tables.pages(visit.query, content.total)
    return visit.page(
        "plugins/brought.html",
        pages=pages,
        plugin=plugin,
        page=page,
        content=content,
        filters=filters,
    )


def _page(visit: Visit, name: str) -> Answer:
    stored = store.everything(visit.session)
    found = next((each for each in _found(visit) if each.name == name), None)
    if found is None and name not in stored:
        raise MissingRecord("plugin", name)
    plugin = found.plugin if found else None
    values = plugin_settings.read(visit.session, name, plugin.settings) if plugin else None
    is_at_work = found is not None and found.is_enabled
    return visit.page(
        "plugins/plugin.html",
        name=name,
        plugin=plugin,
        error=found.error if found else "Its package is not installed.",
        row=stored.get(name),
        values=values,
        options={
            each.name: [(one, one) for one in each.choices]
            for each in (plugin.settings if plugin else ())
        },
        is_at_work=is_at_work,
        pages=[each for each in plugin.console_pages if each.is_for(visit.call)]
        if plugin and is_at_work
        else [],
        losses=lifecycle.losses(visit.call, name) if name in stored else [],
    )


def _found(visit: Visit) -> tuple[Found, ...]:
    plugins = visit.runtime.plugins
    return () if plugins is None else plugins.found


def _plugin(visit: Visit) -> Plugin:
    name = visit.part("name")
    found = next((each for each in _found(visit) if each.name == name), None)
    if found is None or found.plugin is None:
        raise MissingRecord("installed plugin", name)
    return found.plugin


def _clash(visit: Visit, plugin: Plugin) -> str:
    plugins = visit.runtime.plugins
    return "" if plugins is None else plugins.clash(plugin)


def _brought(visit: Visit) -> tuple[Plugin, ConsolePage]:
    plugin = _plugin(visit)
    lifecycle.require_enabled(visit.call, plugin.name)
    for page in plugin.console_pages:
        if page.path == visit.part("page"):
            return plugin, page
    raise MissingRecord("page of the plugin", visit.part("page"))


def _shown(
    found: Found, stored: dict[str, store.PluginRecord], newer: Found | None = None
) -> Shown:
    row = stored.get(found.name)
    enabled = row is not None and bool(row.enabled)
    waiting = newer is not None or (enabled and not found.is_enabled and not found.error)
    state = "broken" if found.error else "enabled" if enabled else "disabled"
    problem = found.error
    if newer is not None:
        problem = f"{newer.package} {newer.release} is installed in its place since the start."
    return Shown(
        name=found.name,
        title=found.plugin.title if found.plugin else found.name,
        version=found.version,
        state=RESTART if waiting else state,
        package=found.package,
        problem=problem,
    )


def _waiting(found: Found) -> Shown:
    """Return the row of a plugin that this process does not know yet."""
    return Shown(
        name=found.name,
        title=found.name,
        version=found.release,
        state=RESTART,
        package=found.package,
        problem="It was installed after this server had started; the next start loads it.",
        is_known=False,
    )


ACTIONS = (
    shows(PLACE, listing, right="viewer"),
    shows(f"{PLACE}/{{name}}", show, right="viewer"),
    acts(f"{PLACE}/{{name}}/enable", enable, right="owner", recent=True),
    acts(f"{PLACE}/{{name}}/disable", disable, right="owner"),
    acts(f"{PLACE}/{{name}}/uninstall", uninstall, right="owner", recent=True),
    acts(f"{PLACE}/{{name}}/settings", save, right="owner", recent=True),
    shows(f"{PLACE}/{{name}}/pages/{{page}}", brought, right="viewer"),
    acts(f"{PLACE}/{{name}}/pages/{{page}}", act, right="operator", outside=True),
    exports.gives(f"{PLACE}/{{name}}/pages/{{page}}/csv", as_csv),
)
