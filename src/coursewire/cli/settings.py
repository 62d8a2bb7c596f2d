"""`coursewire settings`: the settings of the site, not those of the program."""

from typing import Annotated

import msgspec
import typer
from rich.table import Table
from rich.text import Text

from coursewire.cli.acting import acting
from coursewire.cli.common import (
    DatabaseOption,
    DataOption,
    Failure,
    JsonOption,
    load_settings,
    out,
)
from coursewire.domain import settings as site_settings
from coursewire.domain.known_settings import SETTINGS

commands = typer.Typer(help="Read and change the site's settings.", no_args_is_help=True)


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(commands, name="settings")


@commands.command()
def get(
    name: Annotated[str | None, typer.Argument(help="Only this setting.")] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Show one setting or all of them."""
    names = [site_settings.find(name).name] if name else list(SETTINGS)
    with acting(load_settings(data, database)) as site:
        values = {one: site.call.site.settings[one] for one in names}
    if json:
        typer.echo(msgspec.json.format(msgspec.json.encode(values), indent=2).decode())
        return
    table = Table("setting", "value", "meaning", box=None, header_style="dim", pad_edge=False)
    for one, value in values.items():
        shown = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
        table.add_row(one, Text(shown), SETTINGS[one].summary)
    out.print(table)


@commands.command("set")
def put(
    name: Annotated[str, typer.Argument(help="The setting.")],
    value: Annotated[str, typer.Argument(help="Its value; lists have commas between items.")],
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Change a setting."""
    if site_settings.find(name).internal:
        msg = f"{name} has a command of its own: webservices, protocol, or role and user commands"
        raise Failure(msg, 2)
    with acting(load_settings(data, database)) as site, site.call.transaction():
        site_settings.put(site.call, name, site_settings.parse(name, value))
    out.print(f"{name} is {value}.", markup=False)
