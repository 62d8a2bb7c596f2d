"""`coursewire serve`: the production way to run a site."""

import socket
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Annotated

import typer

from coursewire import app
from coursewire import settings as settings_file
from coursewire.app import Opened
from coursewire.cli import workers as processes
from coursewire.cli.common import DatabaseOption, DataOption, Failure, err, load_settings
from coursewire.server import listen, logs, metrics_listener
from coursewire.server.asgi import Server
from coursewire.server.listen import CannotListen
from coursewire.server.protocol import Guard, GuardedProtocol, guarded
from coursewire.server.types import App
from coursewire.settings import Settings


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(serve)


def serve(
    data: DataOption = None,
    database: DatabaseOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes (PostgreSQL only).")] = None,
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
    logs.configure(found.log_level)
    with app.open_site(found):
        pass  # what is wrong with the site is said once, before any process starts
    if found.workers > 1:
        processes.run(found, serve_socket)
        return
    listener = listen_on(found)
    err.print(f"Coursewire serves {found.site_url}")
    serve_socket(found, listener)


def listen_on(settings: Settings) -> socket.socket:
    """Bind the address of the settings."""
    try:
        return listen.bind(settings.host, settings.port)
    except CannotListen as error:
        raise Failure(str(error)) from error


def serve_socket(settings: Settings, listener: socket.socket, *, development: bool = False) -> None:
    """Open the site and serve it on a bound socket."""
    with app.open_site(settings, serving=True) as opened:
        serve_opened(opened, listener, development=development)


def serve_opened(opened: Opened, listener: socket.socket, *, development: bool) -> None:
    """Serve a site that is open already on a bound socket."""
    server = app.build_server(opened, development=development)
    serve_application(opened.settings, listener, server, server, guarded)


def serve_application(
    settings: Settings,
    listener: socket.socket,
    server: Server,
    application: App,
    protocol: Callable[[Guard], type[GuardedProtocol]],
) -> None:
    """Serve a server, or what stands before it, on a bound socket."""
    guard = Guard(
        connections=settings.max_connections,
        per_network=settings.max_connections_per_network,
        bare_names=settings.exception_names == "bare",
        trusted=server.runtime.trusted_proxies,
    )
    config = listen.configuration(
        application, protocol(guard), tls_cert=settings.tls_cert, tls_key=settings.tls_key
    )
    with _metrics(settings, server):
        listen.run(server, listener, config)


def _metrics(settings: Settings, server: Server) -> AbstractContextManager[None]:
    """Serve what is counted on its own listener, unless its port is 0."""
    if not settings.metrics_port:
        return nullcontext()
    listener = listen.bind(settings.metrics_host, settings.metrics_port, "COURSEWIRE_METRICS_PORT")
    return metrics_listener.serving(server.metrics, listener)
