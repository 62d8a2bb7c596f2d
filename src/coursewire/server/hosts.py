"""Requests must name this server as their host, where its names are configured (WEB-7)."""

from collections.abc import Iterable
from functools import lru_cache

from coursewire.server.sending import send_plain
from coursewire.server.types import Scope, Send

# Whoever asks whether the process lives often knows it by an address only, and learns nothing.
_OPEN = frozenset({"/healthz", "/readyz"})


class Hosts:
    """The names in `allowed_hosts`: with a port only that port fits, without one every port."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = frozenset(name.lower().rstrip(".") for name in allowed)
        self._allows = lru_cache(maxsize=64)(self._is_allowed)

    def take(self, scope: Scope) -> bool:
        """Tell whether a request is for this server."""
        if scope["path"] in _OPEN:
            return True
        host: bytes | None = None
        for name, value in scope["headers"]:
            if name == b"host":
                if host is not None:
                    return False
                host = value
        return host is not None and self._allows(host)

    def _is_allowed(self, given: bytes) -> bool:
        host = given.decode("latin-1").lower()
        return host in self._allowed or _without_port(host) in self._allowed


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    if not colon or (port and not port.isdigit()):
        return host.rstrip(".")
    return name.rstrip(".")


async def refuse(send: Send) -> None:
    """Answer a request for another host; its name is not repeated."""
    body = (
        b"This server does not answer for the host in the request."
        b" Its operator can add the name to the setting allowed_hosts.\n"
    )
    await send_plain(send, 400, body)
