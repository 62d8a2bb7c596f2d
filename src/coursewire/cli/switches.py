"""`coursewire webservices` and `coursewire protocol`: what must be on before any call works."""

from enum import StrEnum
from typing import Annotated

import typer

from coursewire.cli.acting import acting
from coursewire.cli.common import DatabaseOption, DataOption, load_settings, out
from coursewire.domain import switches


class Switch(StrEnum):
    """On or off."""

    ON = "on"
    OFF = "off"


class Protocol(StrEnum):
    """The protocols there are."""

    REST = "rest"


SwitchArgument = Annotated[Switch, typer.Argument(help="On or off.")]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command()(webservices)
    cli.command()(protocol)


def webservices(
    switch: SwitchArgument, data: DataOption = None, database: DatabaseOption = None
) -> None:
    """Switch web services on or off; off, every endpoint is closed."""
    with acting(load_settings(data, database)) as site:
        switches.set_web_services(site.call, on=switch is Switch.ON)
    out.print(f"Web services are {switch.value}.")


def protocol(
    name: Annotated[Protocol, typer.Argument(help="Name of the protocol.")],
    switch: SwitchArgument,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Switch a protocol on or off."""
    with acting(load_settings(data, database)) as site:
        switches.set_rest(site.call, on=switch is Switch.ON)
    out.print(f"The protocol {name.value} is {switch.value}.")
