"""`/metrics` on a listener of its own, which is not the public one."""

import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

import uvicorn

from coursewire.server.guard import Guard
from coursewire.server.protocol import guarded
from coursewire.server.sending import length
from coursewire.server.types import Headers, Receive, Scope, Send
from coursewire.wire.headers import UNSTORED

_KIND = b"text/plain; version=0.0.4; charset=utf-8"
# One Prometheus asks; whoever else holds connections open holds only these.
_CONNECTIONS = 16


class MetricsPage:
    """The page for Prometheus, and nothing else."""

    def __init__(self, page: Callable[[], bytes]) -> None:
        self._page = page

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one request."""
        status, body = 200, b""
        if scope["path"] != "/metrics":
            status = 404
        elif scope["method"] not in ("GET", "HEAD"):
            status = 405
        elif scope["method"] == "GET":
            body = self._page()
        headers: Headers = [(b"content-type", _KIND), *UNSTORED, length(body)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@contextmanager
def serving(page: Callable[[], bytes], listener: socket.socket) -> Generator[None]:
    """Serve the page from a thread for the length of a with-block."""
    config = uvicorn.Config(
        MetricsPage(page),
        http=guarded(Guard(connections=_CONNECTIONS, per_network=_CONNECTIONS)),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(
        target=server.run, args=([listener],), name="coursewire-metrics", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(5)
        listener.close()
