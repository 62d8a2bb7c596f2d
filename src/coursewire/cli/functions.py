"""`coursewire functions` and `coursewire contracts`: what of Moodle's functions is here."""

from typing import Annotated

import typer

from coursewire.cli import finding
from coursewire.cli.acting import acting
from coursewire.cli.common import DatabaseOption, DataOption, JsonOption, load_settings, out
from coursewire.cli.showing import print_json, print_table
from coursewire.contracts.function import AnyFunction
from coursewire.functions import catalogue
from coursewire.reference.listing import FunctionRow, contracts_text, function_rows
from coursewire.store import services as rows
from coursewire.text.counted import counted

ServiceOption = Annotated[
    str | None, typer.Option(help="Only the functions of this service of a site.")
]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command()(functions)
    cli.command()(contracts)


def functions(
    search: Annotated[str, typer.Argument(help="Only names that hold this text.")] = "",
    missing: Annotated[
        bool, typer.Option("--missing", help="Only those that this program does not answer.")
    ] = False,
    implemented: Annotated[
        bool, typer.Option("--implemented", help="Only those that it answers.")
    ] = False,
    service: ServiceOption = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """List Moodle's functions, and which of them this program answers."""
    wanted = _of_service(service, data, database)
    every = function_rows(_contracts())
    shown = [
        row
        for row in every
        if search in row.name
        and (wanted is None or row.name in wanted)
        and not (missing and row.implemented)
        and not (implemented and not row.implemented)
    ]
    if json:
        print_json(shown)
        return
    head = ("here", "function", "kind", "what it does", "declared capabilities")
    print_table(head, map(_row, shown), empty="none")
    for row in shown:
        for difference in row.differences:
            out.print(f"\n{row.name} differs:")
            out.print(f"  Moodle: {difference.moodle}", markup=False)
            out.print(f"  Coursewire: {difference.coursewire}", markup=False)
    there = sum(row.implemented for row in every)
    listed = counted(len(shown), "function")
    out.print(f"\n{listed} listed; {there} of all {len(every)} are implemented.")


def _row(row: FunctionRow) -> tuple[str, ...]:
    here = "yes" if row.implemented else "-"
    return here, row.name, row.kind, row.summary, ", ".join(row.capabilities)


def contracts(
    service: ServiceOption = None, data: DataOption = None, database: DatabaseOption = None
) -> None:
    """Print the contracts of the implemented functions, in the form of Moodle's description."""
    wanted = _of_service(service, data, database)
    shown = [it for it in _contracts() if wanted is None or it.name in wanted]
    typer.echo(contracts_text(shown), nl=False)


def _of_service(service: str | None, data: str | None, database: str | None) -> set[str] | None:
    if service is None:
        return None
    with acting(load_settings(data, database)) as site:
        found = finding.service(site.call, service)
        return set(rows.functions(site.call.session, found.id))


def _contracts() -> list[AnyFunction]:
    return [bound.contract for bound in catalogue.built_in().all()]
