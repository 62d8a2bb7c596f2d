"""From a request to an answer: reading it, and turning everything that can go wrong into a page."""

from collections.abc import Awaitable, Callable

from coursewire.console import arrival as arrivals
from coursewire.console import failures
from coursewire.console.answers import Answer, send_answer
from coursewire.console.arrival import Arrival
from coursewire.console.equipment import Equipment
from coursewire.console.failures import plain
from coursewire.server.body import Disconnected, read_body
from coursewire.server.peer import address_of
from coursewire.server.types import Headers, Receive, Scope, Send

Handler = Callable[[Arrival], Awaitable[Answer]]
LONGEST_BODY = 2 * 1024 * 1024


class Endpoint:
    """One path of the console; `methods` are those that it knows."""

    def __init__(self, equipment: Equipment, handle: Handler, methods: frozenset[str]) -> None:
        self._equipment = equipment
        self._handle = handle
        self._methods = methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a client that has gone away gets nothing."""
        request_id = self._equipment.runtime.request_id()
        try:
            answer = await self._answer(scope, receive, request_id)
        except Disconnected:
            return
        except Exception as error:  # noqa: BLE001 - OUT-1: each is told as what it is
            answer = failures.told(self._equipment, request_id, scope["path"], error)
        more: Headers = [(b"coursewire-request", request_id.encode("ascii"))]
        await send_answer(answer, scope, send, tls=self._equipment.tls, more=more)

    async def _answer(self, scope: Scope, receive: Receive, request_id: str) -> Answer:
        method: str = "GET" if scope["method"] == "HEAD" else scope["method"]
        if method not in self._methods:
            allowed = ", ".join(
                sorted({*self._methods, *(["HEAD"] if "GET" in self._methods else [])})
            )
            return plain(405, "This is not done like that.").adding((b"allow", allowed.encode()))
        body = b""
        if method == "POST":
            body = await read_body(receive, scope["headers"], LONGEST_BODY)
        options = self._equipment.runtime.options
        proxies = self._equipment.runtime.trusted_proxies
        address = address_of(scope, proxies, options.forwarded_header)
        arrival = arrivals.read(scope, body, address=address, request_id=request_id)
        if not self._equipment.is_our_host(arrival.headers.get("host", "")):
            return plain(400, "This server does not answer for the host in the request.")
        if not self._equipment.may_serve(arrival):
            return plain(403, _NOT_SAFE)
        if method == "POST" and not self._equipment.comes_from_here(arrival):
            return plain(403, "The form was not sent from a page of this site.")
        return await self._handle(arrival)


_NOT_SAFE = (
    "The console needs an encrypted connection. Give the server a certificate (--tls-cert, "
    "--tls-key) or put it behind a TLS proxy and set --public-url to its https address."
)
