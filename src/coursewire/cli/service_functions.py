"""`coursewire service functions`: what a service lets its tokens call."""

from typing import Annotated

import typer

from coursewire.cli import finding
from coursewire.cli.acting import acting
from coursewire.cli.common import DatabaseOption, DataOption, load_settings, out
from coursewire.domain import services
from coursewire.store.services import ServiceRecord
from coursewire.text.counted import counted

commands = typer.Typer(help="The functions of a service.", no_args_is_help=True)
ServiceArgument = Annotated[str, typer.Argument(help="Short name or name of the service.")]
FunctionsArgument = Annotated[list[str], typer.Argument(help="Names of functions.")]


def register(service: typer.Typer) -> None:
    """Add the commands."""
    service.add_typer(commands, name="functions")


@commands.command()
def add(
    service: ServiceArgument,
    functions: FunctionsArgument,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Put functions into a service."""
    with acting(load_settings(data, database)) as site:
        found = finding.service(site.call, service)
        finding.require_functions(site, functions)
        known = site.opened.catalogue.is_known
        added = services.add_functions(site.call, found.id, functions, known)
        missing = [name for name in added if site.opened.catalogue.get(name) is None]
    _say(found, "added", len(added), len(functions) - len(added))
    for name in missing:
        out.print(f"[yellow]{name} is not implemented yet: calls of it will be refused.[/]")


@commands.command()
def remove(
    service: ServiceArgument,
    functions: FunctionsArgument,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Take functions out of a service."""
    with acting(load_settings(data, database)) as site:
        found = finding.service(site.call, service)
        removed = services.remove_functions(site.call, found.id, functions)
    _say(found, "removed", len(removed), len(functions) - len(removed))


def _say(service: ServiceRecord, verb: str, done: int, left: int) -> None:
    rest = f"; {left} needed nothing" if left else ""
    out.print(f"{service.name}: {counted(done, 'function')} {verb}{rest}.", markup=False)
