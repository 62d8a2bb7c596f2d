"""`coursewire plugin settings`: what a plugin must be told, secrets by file or prompt only."""

from pathlib import Path
from typing import Annotated

import typer

from coursewire.cli import asking
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
from coursewire.domain import plugin_settings
from coursewire.plugin import Plugin

commands = typer.Typer(help="The settings of a plugin.", no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(help="Name of the plugin.")]
_SET, _NOT_SET = "(set, never shown)", "(not set)"


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(commands, name="settings")


@commands.command()
def get(
    name: NameArgument,
    data: DataOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Show a plugin's settings; of a secret only whether there is one."""
    with acting(load_settings(data, database)) as site:
        plugin = _plugin(site, name)
        values = plugin_settings.read(site.call.session, name, plugin.settings)
        shown: dict[str, object] = {
            each.name: (_SET if values.is_set(each.name) else _NOT_SET)
            if each.secret
            else values[each.name]
            for each in plugin.settings
        }
    if json:
        print_json(shown)
        return
    summaries = {each.name: each.summary for each in plugin.settings}
    rows = [(key, str(value), summaries[key]) for key, value in shown.items()]
    print_table(("setting", "value", "meaning"), rows, empty="no settings")


@commands.command("set")
def put(
    name: NameArgument,
    setting: Annotated[str, typer.Argument(help="The setting.")],
    value: Annotated[str | None, typer.Argument(help="Its value; never a secret.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="Take the value from the first line of a file.")
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Change a setting. A secret is asked for, or read from --file or standard input."""
    with acting(load_settings(data, database)) as site:
        plugin = _plugin(site, name)
        declared = plugin_settings.find(name, plugin.settings, setting)
        if value is not None and declared.secret:
            msg = f"{setting} is a secret, and others on this machine can read arguments"
            raise Failure(msg, 2, remedy="leave the value out, or use --file")
        written = value if value is not None else _read(file, secret=declared.secret)
        plugin_settings.put(site.call, name, declared, written)
    out.print(f"{setting} is set." if declared.secret else f"{setting} is {written}.", markup=False)


def _read(file: Path | None, *, secret: bool) -> str:
    if file is not None:
        return next(iter(file.read_text(encoding="utf-8").splitlines()), "")
    if not secret:
        msg = "no value was given"
        raise Failure(msg, 2, remedy="write it after the name of the setting")
    return asking.secret("Value")


def _plugin(site: Acting, name: str) -> Plugin:
    found = site.opened.plugins.installed(name)
    if found is None or found.plugin is None:
        msg = f"no plugin {name!r} is installed" if found is None else f"{name}: {found.error}"
        raise Failure(msg, remedy="coursewire plugin list")
    return found.plugin
