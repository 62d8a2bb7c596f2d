"""`coursewire openapi`: what a service offers, as an OpenAPI 3.1 document."""

import json
from typing import Annotated

import typer

from coursewire import __version__
from coursewire.cli import finding
from coursewire.cli.acting import acting
from coursewire.cli.common import DatabaseOption, DataOption, load_settings
from coursewire.cli.showing import err
from coursewire.reference import openapi as reference
from coursewire.store import services as service_rows
from coursewire.text.counted import counted


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("openapi")(openapi)


def openapi(
    service: Annotated[
        str, typer.Option(help="The service, by name or short name.", show_default=False)
    ],
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Print a service as an OpenAPI 3.1 document: one operation for each of its functions."""
    with acting(load_settings(data, database)) as site:
        found = finding.service(site.call, service)
        names = service_rows.functions(site.call.session, found.id)
        known = {name: site.opened.catalogue.get(name) for name in names}
        url = site.call.site.url
    document = reference.document(
        (bound.contract for bound in known.values() if bound),
        server=url,
        version=__version__,
        service=found.name,
    )
    typer.echo(json.dumps(document, indent=1))
    missing = sorted(name for name, bound in known.items() if bound is None)
    if missing:
        count = counted(len(missing), "function")
        err.print(f"Left out, not implemented yet: {count}, {', '.join(missing)}", markup=False)
