"""Which methods a path takes: other ones are refused before anything runs (NET-9)."""

from collections.abc import Sequence

from coursewire.server.rest import METHODS
from coursewire.server.sending import CLOSED, PREFLIGHT, send_empty
from coursewire.server.types import App, Headers, Receive, Scope, Send
from coursewire.wire.headers import AJAX_HEADERS


def _for_own_pages(headers: Sequence[tuple[bytes, bytes]]) -> Headers:
    """Leave out what lets scripts of other sites in: these pages are not for them (OUT-2)."""
    return [header for header in headers if not header[0].startswith(b"access-control-")]


_ALLOW = (b"allow", b"GET, POST, HEAD, OPTIONS")
_OWN: Headers = [*_for_own_pages(PREFLIGHT), _ALLOW]


class Methods:
    """Stands before a path: answers OPTIONS itself, and refuses what is no method of HTTP pages.

    `shared` is for paths that scripts of other sites may call. With `acts` whatever the path does
    may be a change, so HEAD, which must have none, gets the headers alone (D17).
    """

    def __init__(self, app: App, *, shared: bool = False, acts: bool = False) -> None:
        self._app = app
        self._preflight = PREFLIGHT if shared else _OWN
        self._head = list(AJAX_HEADERS) if shared else _for_own_pages(AJAX_HEADERS)
        self._acts = acts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here."""
        method = scope["method"]
        if method == "OPTIONS":
            await send_empty(send, 204, self._preflight)
        elif method not in METHODS:
            await send_empty(send, 405, [*CLOSED, _ALLOW])
        elif method == "HEAD" and self._acts:
            await send_empty(send, 200, self._head)
        else:
            await self._app(scope, receive, send)
