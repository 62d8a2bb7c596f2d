"""Which methods a path takes: other ones are refused before anything runs (NET-9)."""

from coursewire.server.rest import METHODS
from coursewire.server.sending import CLOSED, PREFLIGHT, send_empty
from coursewire.server.types import App, Headers, Receive, Scope, Send
from coursewire.wire.headers import AJAX_HEADERS

_ALLOW = (b"allow", b"GET, POST, HEAD, OPTIONS")
# Pages of this site's own are not for scripts of other sites (OUT-2).
_OWN: Headers = [
    *((name, value) for name, value in PREFLIGHT if not name.startswith(b"access-control-")),
    _ALLOW,
]


class Methods:
    """Stands before a path: answers OPTIONS itself, and refuses what is no method of HTTP pages.

    `shared` is for paths that scripts of other sites may call. With `acts` whatever the path does
    is a change, so HEAD, which must have none, gets the headers alone (D17).
    """

    def __init__(self, app: App, *, shared: bool = False, acts: bool = False) -> None:
        self._app = app
        self._preflight = PREFLIGHT if shared else _OWN
        self._acts = acts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here."""
        method = scope["method"]
        if method == "OPTIONS":
            await send_empty(send, 204, self._preflight)
        elif method not in METHODS:
            await send_empty(send, 405, [*CLOSED, _ALLOW])
        elif method == "HEAD" and self._acts:
            await send_empty(send, 200, list(AJAX_HEADERS))
        else:
            await self._app(scope, receive, send)
