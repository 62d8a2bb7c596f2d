"""What all connections of a server share: the limits, and the sweeper (NET-1, NET-2, IN-1).

uvicorn renews its only timer with every byte. Here each connection carries one deadline, and those
that are past it are closed.
"""

import asyncio
import ipaddress
from collections import Counter
from functools import lru_cache
from typing import Protocol

from msgspec import Struct

from coursewire.domain import addresses
from coursewire.domain.address_rules import Rules

NEVER = float("inf")


class Deadlines(Struct, frozen=True, kw_only=True):
    """How long a client may take, in seconds, and how slow a body may be, in bytes a second."""

    head: float = 10.0
    body: float = 60.0
    slowest_body: float = 500.0
    slow_after: float = 5.0
    answer: float = 60.0
    sweep: float = 0.25


class HeadLimits(Struct, frozen=True, kw_only=True):
    """How large a request's head may be: bytes of the header block, number of headers, target."""

    block: int = 32 * 1024
    headers: int = 100
    # One byte below 64 KiB: the parser counts the places in a target with 16 bits.
    target: int = 64 * 1024 - 1


class Connection(Protocol):
    """A connection as its guard sees it."""

    network: str
    loop: asyncio.AbstractEventLoop

    def is_late(self, now: float) -> bool:
        """Tell whether the client has used up its time."""
        ...

    def give_up(self) -> None:
        """Close at once."""
        ...


class Guard:
    """What all connections of a server share: the limits, and the sweeper."""

    def __init__(
        self,
        *,
        connections: int = 4096,
        per_network: int = 256,
        trusted: Rules | None = None,
        deadlines: Deadlines = Deadlines(),  # noqa: B008 - frozen
        head: HeadLimits = HeadLimits(),  # noqa: B008 - frozen
        bare_names: bool = False,
    ) -> None:
        self.bare_names = bare_names
        self.deadlines = deadlines
        self.head = head
        self._connections = connections
        self._per_network = per_network
        self._trusted = trusted
        self._open: set[Connection] = set()
        self._networks: Counter[str] = Counter()
        self._sweeper: asyncio.TimerHandle | None = None

    def admit(self, connection: Connection, peer: str) -> bool:
        """Take a connection in, unless there are too many in all or from its network."""
        network = self._network(peer)
        if len(self._open) >= self._connections:
            return False
        if network:
            if self._networks[network] >= self._per_network:
                return False
            self._networks[network] += 1
        connection.network = network
        self._open.add(connection)
        if self._sweeper is None:
            self._sweep_later(connection.loop)
        return True

    def forget(self, connection: Connection) -> None:
        """Let a connection go."""
        if connection not in self._open:
            return
        self._open.discard(connection)
        if connection.network:
            self._networks[connection.network] -= 1
            if not self._networks[connection.network]:
                del self._networks[connection.network]

    def _network(self, peer: str) -> str:
        """Return the peer's network, or '' for trusted proxies, which carry many clients."""
        if not peer or (self._trusted is not None and self._trusted.allows(peer)):
            return ""
        return _network(peer)

    def _sweep_later(self, loop: asyncio.AbstractEventLoop) -> None:
        self._sweeper = loop.call_later(self.deadlines.sweep, self._sweep, loop)

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for connection in [one for one in self._open if one.is_late(now)]:
            connection.give_up()
        self._sweeper = None
        if self._open:
            self._sweep_later(loop)


# Clients come back, and a flood of connections comes from few.
@lru_cache(maxsize=1024)
def _network(peer: str) -> str:
    try:
        ipaddress.ip_address(peer)
    except ValueError:
        return ""
    return addresses.network(peer)
