"""`coursewire plugin`: packages that add functions, services and pages of their own."""

from typing import Annotated

import typer

from coursewire.cli import asking, plugin_install, plugin_settings
from coursewire.cli.acting import Acting, acting
from coursewire.cli.common import (
    DatabaseOption,
    DataOption,
    Failure,
    JsonOption,
    load_settings,
    out,
)
from coursewire.cli.showing import print_json, print_table
from coursewire.plugin import lifecycle
from coursewire.store import plugins as rows

commands = typer.Typer(help="Packages that add to what a site can do.", no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(help="Name of the plugin, such as mod_percipio.")]
RESTART = "Restart the server, or start it: coursewire serve"


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(commands, name="plugin")


@commands.command("list")
def list_plugins(
    data: DataOption = None, database: DatabaseOption = None, json: JsonOption = False
) -> None:
    """List the plugins that are installed, and those that the site remembers."""
    with acting(load_settings(data, database)) as site:
        found = overview(site)
    if json:
        print_json(found)
        return
    columns = ("name", "version", "state", "package", "problem")
    print_table(columns, [tuple(each.values()) for each in found], empty="no plugins")


@commands.command()
def enable(name: NameArgument, data: DataOption = None, database: DatabaseOption = None) -> None:
    """Put an installed plugin to work on this site, or bring it to its installed version."""
    with acting(load_settings(data, database)) as site:
        enable_on(site, name)
    out.print(f"{name} is enabled. {RESTART}", markup=False)


@commands.command()
def disable(name: NameArgument, data: DataOption = None, database: DatabaseOption = None) -> None:
    """Let a plugin's functions refuse every call, at once; what it stored stays."""
    with acting(load_settings(data, database)) as site:
        lifecycle.disable(site.call, name)
    out.print(f"{name} is disabled; its functions refuse every call from now on.", markup=False)


@commands.command()
def uninstall(
    name: NameArgument,
    data: DataOption = None,
    database: DatabaseOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove everything of a plugin from this site; says first what will be lost."""
    with acting(load_settings(data, database)) as site:
        lost = lifecycle.losses(site.call, name)
        out.print(
            f"Uninstalling {name} removes:" if lost else f"{name} has stored nothing.", markup=False
        )
        for line in lost:
            out.print(f"  {line}", markup=False)
        asking.confirmed(f"Remove {name} from this site?", yes=yes)
        package = next((each["package"] for each in overview(site) if each["name"] == name), "")
        lifecycle.uninstall(site.call, name)
    out.print(f"{name} is removed from this site. {RESTART}", markup=False)
    if package:
        out.print(
            f"Its package stays on this machine; remove it with: pip uninstall {package}",
            markup=False,
        )


def enable_on(site: Acting, name: str) -> None:
    """Enable a plugin by its name; one that cannot be loaded says why."""
    found = site.opened.plugins.installed(name)
    if found is None:
        known = ", ".join(each.name for each in site.opened.plugins.found) or "none"
        msg = f"no plugin {name!r} is installed (installed: {known})"
        raise Failure(msg, remedy="coursewire plugin install WHEEL --hash sha256:…")
    if found.plugin is None:
        msg = f"the plugin {name} cannot be enabled: {found.error}"
        raise Failure(msg)
    clash = site.opened.plugins.clash(found.plugin)
    if clash:
        msg = f"the plugin {name} cannot be enabled: {clash}"
        raise Failure(msg, remedy="disable the other one")
    lifecycle.enable(site.call, found.plugin)


def overview(site: Acting) -> list[dict[str, str]]:
    """Return one row for each plugin that is installed or remembered."""
    stored = rows.everything(site.call.session)
    shown: list[dict[str, str]] = []
    for found in site.opened.plugins.found:
        row = stored.get(found.name)
        state = "broken" if found.error else "enabled" if found.is_enabled else "disabled"
        version = found.version or (row.version if row else "")
        shown.append(_row(found.name, version, state, found.package, found.error))
    there = {found.name for found in site.opened.plugins.found}
    gone = "its package is not installed; install it again, or: coursewire plugin uninstall"
    shown += [
        _row(name, row.version, "missing", "", gone)
        for name, row in stored.items()
        if name not in there
    ]
    return shown


def _row(name: str, version: str, state: str, package: str, problem: str) -> dict[str, str]:
    return {
        "name": name,
        "version": version,
        "state": state,
        "package": package,
        "problem": problem,
    }


# Here, once: who registers the group twice has no command twice.
plugin_install.register(commands)
plugin_settings.register(commands)
