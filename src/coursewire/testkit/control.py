"""The control API below `/testkit`: a test in any language steers the site by plain HTTP and JSON.

It answers on loopback only, and only who has its key. What goes wrong is told as
`{"error": {"code": …, "message": …, "remedy": …}}` with a status of 400 or more.
"""

import hmac

from msgspec.json import encode

from coursewire.contracts.errors import Refusal
from coursewire.server.body import Disconnected, read_body
from coursewire.server.types import Headers, Receive, Scope, Send
from coursewire.testkit import actions
from coursewire.testkit.actions import Request
from coursewire.testkit.kit import Kit
from coursewire.testkit.problems import KitError
from coursewire.wire.headers import UNSTORED
from coursewire.wire.hosts import is_loopback

LARGEST = 8 * 1024 * 1024
HEADERS: Headers = [
    (b"content-type", b"application/json"),
    *UNSTORED,
]


class Control:
    """Answers requests to `/testkit/…`; `loopback` tells where the site listens."""

    def __init__(self, kit: Kit, key: str, *, loopback: bool) -> None:
        self._kit = kit
        self._key = key
        self._loopback = loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        status = 200
        try:
            self._admit(scope)
            body = await read_body(receive, scope["headers"], LARGEST)
            request = Request(
                method=scope["method"],
                path=scope["path"].removeprefix("/testkit").strip("/"),
                query=scope["query_string"].decode("latin-1"),
                body=body,
            )
            document = _encoded(await actions.act(self._kit, request))
        except Disconnected:
            return
        except KitError as error:
            status, document = error.status, _fault(error.code, str(error), error.remedy)
        except Refusal as error:
            code = error.errorcode or "refused"
            status, document = 400, _fault(code, error.reason, error.remedy)
        headers = [*HEADERS, (b"content-length", str(len(document)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": document})

    def _admit(self, scope: Scope) -> None:
        """Let in who sits on this machine and has the key."""
        client = scope.get("client")
        if not self._loopback or client is None or not is_loopback(client[0]):
            msg = "the control API answers on loopback only"
            remedy = "start `coursewire up` without --host, and call it from the same machine"
            raise KitError("notloopback", msg, remedy=remedy, status=403)
        given = next((v for k, v in scope["headers"] if k == b"authorization"), b"")
        if not hmac.compare_digest(given, b"Bearer " + self._key.encode()):
            msg = "the key of the control API is missing or wrong"
            remedy = "send Authorization: Bearer KEY; `up` prints the key, testkit.key holds it"
            raise KitError("badkey", msg, remedy=remedy, status=401)


def _encoded(answer: object) -> bytes:
    try:
        return encode(answer)
    except (ValueError, TypeError, OverflowError) as error:
        msg = f"the answer cannot be written as JSON: {error}"
        raise KitError("unwritable", msg, status=500) from error


def _fault(code: str, message: str, remedy: str) -> bytes:
    legible = message.encode("utf-8", "backslashreplace").decode()
    return encode({"error": {"code": code, "message": legible, "remedy": remedy}})
