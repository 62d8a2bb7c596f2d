"""`coursewire up`: a site to try things out on, served on this machine until Ctrl-C."""

from pathlib import Path
from typing import Annotated

import typer

from coursewire import app
from coursewire import settings as settings_file
from coursewire.app import Opened
from coursewire.cli import (
    console,
    control_key,
    served_address,
    up_plugins,
    up_site,
    up_tokens,
    up_welcome,
)
from coursewire.cli.acting import acting_on
from coursewire.cli.common import DatabaseOption, DataOption, load_settings
from coursewire.cli.serve import listen_on, with_port
from coursewire.cli.serving import serve_application
from coursewire.server import logs
from coursewire.sitefile import reading
from coursewire.sitefile.reading import ReadFile
from coursewire.testkit.clock import KitClock
from coursewire.testkit.cutting import cuttable


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(up)


def up(
    data: DataOption = None,
    database: DatabaseOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 for any.")] = None,
    site: Annotated[
        Path | None, typer.Option(help="A site file to fill the site with, instead of the demo.")
    ] = None,
    public_url: Annotated[
        str | None, typer.Option(help="Address under which clients reach the site.")
    ] = None,
    insecure_http: Annotated[
        bool, typer.Option("--insecure-http", help="Allow plain HTTP on a public address.")
    ] = False,
    plugins: Annotated[
        list[str] | None, typer.Option("--plugin", help="Enable an installed plugin.")
    ] = None,
) -> None:
    """Make a demo site if there is none, and serve it for development.

    Prints its address and a token. An empty site is filled with the demo; any other is left as it
    is, but for fresh tokens named "coursewire up", which replace those of the last time.
    """
    found = load_settings(
        data,
        database,
        host=host,
        port=port,
        public_url=public_url,
        insecure_http=insecure_http or None,
    )
    settings_file.check_listener(found)
    # What cannot work is known before anything is made or replaced.
    file = reading.read_path(site) if site else None
    if app.exists(found):
        with app.open_site(found):
            pass
    listener = listen_on(found)
    settings = with_port(found, listener)
    if not app.exists(settings):
        app.create_site(settings)
    up_plugins.enable(settings, plugins or [])
    with app.open_site(settings, serving=True) as opened:
        key = control_key.make(settings)
        served_address.remember(settings)
        prepare(opened, file, key)
        logs.configure(settings.log_level)
        server, application = app.build_test_server(opened, KitClock(), key)
        serve_application(settings, listener, server, application, cuttable)


def prepare(opened: Opened, file: ReadFile | None, key: str) -> None:
    """Fill the site, issue its tokens and say how to go on."""
    with acting_on(opened) as site:
        filled = up_site.fill(site, file)
    with acting_on(opened) as site:
        tokens = up_tokens.issue(site)
        up_welcome.say(site, filled, tokens, console.first_link(site), key)
