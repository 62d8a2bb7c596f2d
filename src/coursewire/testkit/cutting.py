"""Connections that a fault can cut: in `up` and in the test kit only."""

from typing import Any, cast

from coursewire.server.guard import Guard
from coursewire.server.protocol import GuardedProtocol
from coursewire.testkit.faulty import CUT


class CuttableProtocol(GuardedProtocol):
    """A connection whose requests carry the way to close it."""

    def on_headers_complete(self) -> None:
        """Put the way to close the connection beside the request."""
        cast("dict[str, Any]", self.scope)[CUT] = self._cut
        super().on_headers_complete()

    def _cut(self, begun: bool) -> None:
        if begun:
            self.transport.close()
        else:
            self.transport.abort()


def cuttable(guard: Guard) -> type[CuttableProtocol]:
    """Return the protocol class for uvicorn's `http` option, bound to this guard."""
    return type("BoundProtocol", (CuttableProtocol,), {"guard": guard})
