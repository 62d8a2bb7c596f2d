"""`coursewire init`: an empty site for production, closed until somebody opens it (OPS-1)."""

from typing import Annotated

import typer
from rich.markup import escape

from coursewire import app
from coursewire.cli import console
from coursewire.cli.acting import acting
from coursewire.cli.common import DatabaseOption, DataOption, Failure, load_settings, out
from coursewire.cli.place import options
from coursewire.cli.showing import plain


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(init)


def init(
    data: DataOption = None,
    database: DatabaseOption = None,
    fullname: Annotated[str, typer.Option(help="Name of the site.")] = "Coursewire",
    shortname: Annotated[str, typer.Option(help="Short name of the site.")] = "coursewire",
) -> None:
    """Make an empty site: web services off, no password known, served on loopback."""
    settings = load_settings(data, database)
    # Of several at once, one makes it; the others wait, and find it made.
    if app.is_made(settings) or not app.create_site(
        settings, fullname=fullname, shortname=shortname
    ):
        msg = f"there is a site in {settings.data_folder} already; choose another --data"
        raise Failure(msg)
    with acting(settings) as site:
        link = console.first_link(site)
    where = options(settings)
    out.print(f"Made an empty site in [bold]{escape(str(settings.data_folder))}[/].")
    out.print("Web services are off and nobody has a password yet. Next:")
    plain(f"  coursewire apply site.yaml{where}      # from a site file")
    plain(f"  coursewire webservices on{where} && coursewire protocol rest on{where}")
    plain(f"  coursewire token issue --preset health-check --new-user health{where}")
    plain(f"  coursewire serve{where}")
    out.print("Then the console, by a link that works once, within half an hour:")
    plain(f"  {link}")
    plain(f"Another one: coursewire console link{where}")
