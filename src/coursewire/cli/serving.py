"""Serving a bound socket, in this process or in one of several.

A server process of several begins with this file: Typer and what it needs must not come along.
"""

import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from multiprocessing.connection import Connection
from threading import Thread

from coursewire import app
from coursewire.server import listen, logs, metrics_listener
from coursewire.server.asgi import Server
from coursewire.server.guard import Guard
from coursewire.server.protocol import GuardedProtocol, guarded
from coursewire.server.types import App
from coursewire.settings import Settings

Begun = Callable[[], None]
_METRICS = ("COURSEWIRE_METRICS_HOST", "COURSEWIRE_METRICS_PORT")
TAKES_REQUESTS = "takes requests"


def work_and_tell(settings: Settings, listener: socket.socket, parent: Connection) -> None:
    """Be one of several processes; the parent is told when it takes requests."""
    try:
        work(settings, listener, partial(parent.send, TAKES_REQUESTS))
    except Exception as error:
        from coursewire.cli import failures  # noqa: PLC0415 - brings Typer along, see above

        code = failures.tell(error)
        if code is None:
            raise
        sys.exit(code)


def work(settings: Settings, listener: socket.socket, begun: Begun = listen.untold) -> None:
    """Be one of several processes; the parent tells when to stop."""
    logs.configure(settings.log_level)
    # Ctrl-C and a closed terminal reach the whole group; the parent passes the stop on once.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    Thread(target=_stop_without_parent, name="parent", daemon=True).start()
    serve_socket(settings, listener, begun)


def _stop_without_parent() -> None:
    """Stop when the parent was killed: nobody would tell when to, and its port stays taken."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def serve_socket(settings: Settings, listener: socket.socket, begun: Begun) -> None:
    """Open the site and serve it on a bound socket."""
    with app.open_site(settings, serving=True) as opened:
        server = app.build_server(opened)
        serve_application(settings, listener, server, server, guarded, begun)


def serve_application(
    settings: Settings,
    listener: socket.socket,
    server: Server,
    application: App,
    protocol: Callable[[Guard], type[GuardedProtocol]],
    begun: Begun = listen.untold,
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
        listen.run(server, listener, config, begun, leave_for=settings.leave_for)


def _metrics(settings: Settings, server: Server) -> AbstractContextManager[None]:
    """Serve what is counted on its own listener, unless its port is 0."""
    if not settings.metrics_port:
        return nullcontext()
    listener = listen.bind(settings.metrics_host, settings.metrics_port, _METRICS)
    return metrics_listener.serving(server.recorder.metrics_page, listener)
