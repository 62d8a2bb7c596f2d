"""The measure of all ratios: a bare ASGI function that reads a body and sends one of a size.

It runs on the same uvicorn with the same settings and the same guarded connections, or, where it is
asked for, on uvicorn's own.
"""

import sys

import uvicorn

from coursewire.server import listen
from coursewire.server.guard import Guard
from coursewire.server.protocol import guarded
from coursewire.server.types import Receive, Scope, Send

BARE = "bare"


class Echo:
    """Answers every request with as many bytes as it was told."""

    def __init__(self, size: int) -> None:
        self._body = b"x" * size
        self._headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(size).encode()),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the request whole, then answer."""
        if scope["type"] != "http":
            return
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": self._headers})
        await send({"type": "http.response.body", "body": self._body})


def main(port: int, size: int, *, bare: bool) -> None:
    """Serve until stopped."""
    config = uvicorn.Config(
        Echo(size),
        loop="uvloop",
        http="httptools" if bare else guarded(Guard()),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=15,
    )
    uvicorn.Server(config).run(sockets=[listen.bind("127.0.0.1", port)])


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), bare=BARE in sys.argv)
