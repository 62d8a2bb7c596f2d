"""Whether the process lives and may be sent requests; says nothing else (NET-10)."""

from collections.abc import Callable

from coursewire.server.sending import send_plain
from coursewire.server.troubles import Storage
from coursewire.server.types import Receive, Scope, Send


class Health:
    """Answers 200 while the process lives; `degraded` while it cannot store changes (DUR-9)."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer the probe."""
        body = b"ok\n" if self._storage.failing is None else b"degraded\n"
        await send_plain(send, 200, body)


class Probe:
    """Answers 200 `ok` while its question holds, else 503 with one word."""

    def __init__(self, holds: Callable[[], bool], otherwise: bytes) -> None:
        self._holds = holds
        self._otherwise = otherwise

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer the probe."""
        holds = self._holds()
        body = b"ok\n" if holds else self._otherwise + b"\n"
        status = 200 if holds else 503
        await send_plain(send, status, body)
