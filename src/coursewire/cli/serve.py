"""`coursewire serve`: the production way to run a site."""

import os
import socket
from typing import Annotated

import msgspec
import typer

from coursewire import app
from coursewire import settings as settings_file
from coursewire.cli import served_address, serving, tls_files
from coursewire.cli import workers as processes
from coursewire.cli.common import DatabaseOption, DataOption, Failure, err, load_settings
from coursewire.server import listen, logs
from coursewire.server.listen import CannotListen
from coursewire.settings import Settings

ROOT = 0
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, not listened on


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(serve)


def serve(
    data: DataOption = None,
    database: DatabaseOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    workers: Annotated[
        int | None, typer.Option(help="Number of server processes (PostgreSQL only).")
    ] = None,
    public_url: Annotated[
        str | None, typer.Option(help="Address under which clients reach the site.")
    ] = None,
    tls_cert: Annotated[str | None, typer.Option(help="Certificate chain, PEM.")] = None,
    tls_key: Annotated[str | None, typer.Option(help="Private key, PEM.")] = None,
    insecure_http: Annotated[
        bool, typer.Option("--insecure-http", help="Allow plain HTTP on a public address.")
    ] = False,
) -> None:
    """Serve a site until asked to stop."""
    found = load_settings(
        data,
        database,
        host=host,
        port=port,
        workers=workers,
        public_url=public_url,
        tls_cert=tls_cert,
        tls_key=tls_key,
        insecure_http=insecure_http or None,
    )
    settings_file.check_listener(found)
    tls_files.check(found)
    _check_account(found)
    logs.configure(found.log_level)
    with app.open_site(found):
        pass  # what is wrong with the site is said once, before any process starts
    listener = listen_on(found)
    found = with_port(found, listener)
    _warn_of_root()
    warn_of_address(found)
    if found.workers > 1:
        processes.run(found, listener)
        return
    serving.serve_socket(found, listener, lambda: served_address.announce(found))


def _check_account(settings: Settings) -> None:
    """Refuse to run as root where that is wanted (OPS-2)."""
    if os.geteuid() == ROOT and settings.refuse_root:
        msg = "this would run as root, and refuse_root is on"
        remedy = f"run it as a user of its own, who owns nothing but {settings.data_folder}"
        raise Failure(msg, 3, remedy=remedy)


def _warn_of_root() -> None:
    """Say it once everything else is known to be right: one failure is one sentence."""
    if os.geteuid() == ROOT:
        err.print(
            "[bold yellow]warning:[/] Coursewire runs as ROOT: whoever gets into it owns this "
            "machine.\nRun it as a user of its own, and set COURSEWIRE_REFUSE_ROOT=true.",
        )


def warn_of_address(settings: Settings) -> None:
    """Say it when answers would hold addresses that lead nowhere."""
    if not settings.public_url and settings.host in _EVERYWHERE:
        err.print(
            f"[bold yellow]warning:[/] {settings.host} is no address for clients, but stands in "
            "the links of answers; give the one that they use with --public-url."
        )


def listen_on(settings: Settings) -> socket.socket:
    """Bind the address of the settings."""
    try:
        return listen.bind(settings.host, settings.port)
    except CannotListen as error:
        raise Failure(str(error)) from error


def with_port(settings: Settings, listener: socket.socket) -> Settings:
    """Return the settings with the port that was found, where any would do."""
    port: int = listener.getsockname()[1]
    return msgspec.structs.replace(settings, port=port)
