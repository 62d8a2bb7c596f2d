"""What stands before the server of a site under test: it listens, and lets faults strike."""

import asyncio
import time
from typing import Any, cast

import msgspec
from msgspec import Struct

from coursewire.audit.redaction import REDACTED, SECRET_NAMES
from coursewire.contracts.errors import Refusal
from coursewire.server.asgi import REST_PATH, script_of
from coursewire.server.peer import content_type
from coursewire.server.types import App, Message, Receive, Scope, Send
from coursewire.testkit import faulty
from coursewire.testkit.calls import OK, ReceivedCall
from coursewire.testkit.faults import Standing
from coursewire.testkit.faulty import Answer
from coursewire.testkit.kit import Kit
from coursewire.wire.form import Tree
from coursewire.wire.request import Format, asked_format, decode_request

PREFIX = "/testkit"
METHODS = frozenset({"GET", "POST", "HEAD"})
# `key` names a field in criteria of Moodle's functions; what it holds is no secret there.
SECRETS = SECRET_NAMES - {"key"}
CONTROLS = frozenset({"wstoken", "wsfunction", "moodlewsrestformat"})


class Asked(Struct, frozen=True, kw_only=True):
    """What a request asks for, as far as the test kit must know."""

    function: str
    params: dict[str, object]
    token: str
    format: Format


class ErrorDocument(Struct, frozen=True):
    """What an error document says."""

    errorcode: str


class BatchAnswer(Struct, frozen=True):
    """What the answer to one call of a batch says of its failure."""

    exception: ErrorDocument | None = None


class Front:
    """The ASGI application of `up` and of the fixture; `control` answers below `/testkit`."""

    def __init__(self, server: App, kit: Kit, control: App) -> None:
        self._server = server
        self._kit = kit
        self._control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the life of the process."""
        path: str = scope.get("path", "")
        if scope["type"] != "http":
            await self._server(scope, receive, send)
        elif path == PREFIX or path.startswith(f"{PREFIX}/"):
            await self._control(scope, receive, send)
        elif (script := script_of(path)[0]) and scope["method"] in METHODS:
            await self._listened(scope, receive, send, script)
        else:
            await self._server(scope, receive, send)

    async def _listened(self, scope: Scope, receive: Receive, send: Send, script: str) -> None:
        """Answer one call; it is on the list before the client has its answer."""
        started = time.perf_counter()
        heard = Heard(receive, self._kit.runtime.options.limits.body)
        await heard.listen()
        asked = _asked(scope, script, heard.body)
        state = self._kit.restored
        standing = self._kit.faults.strike(asked.function)
        if standing is not None and standing.fault.seconds:
            await asyncio.sleep(standing.fault.seconds)
            if state != self._kit.restored:
                # Its client has long given up; carried out now, it would change the next test's.
                await faulty.cut(scope, receive, send, None)
                return
        given = await self._answer(scope, heard, asked, standing)
        received = await self._received(scope, asked, given, standing)
        taken = round((time.perf_counter() - started) * 1000, 3)
        self._kit.calls.add(
            ReceivedCall(**received, milliseconds=taken, number=self._kit.calls.next_number())
        )
        if standing is not None and standing.fault.kind == "cut":
            lost = given if standing.fault.after_call else None
            await faulty.cut(scope, receive, send, lost)
            return
        if standing is not None and standing.fault.kind == "truncated":
            given = faulty.truncated(given)
        await faulty.send(given, send, head=scope["method"] == "HEAD")

    async def _answer(
        self, scope: Scope, heard: "Heard", asked: Asked, standing: Standing | None
    ) -> Answer:
        if standing is not None and not standing.fault.needs_answer:
            bare = self._kit.runtime.options.bare_names
            return faulty.answer(standing.fault, asked.format, bare_names=bare)
        given = Answer()
        # Without extensions: the server must not write to the connection by itself.
        await self._server({**scope, "extensions": {}}, heard.receive, given.take)
        return given

    async def _received(
        self, scope: Scope, asked: Asked, given: Answer, standing: Standing | None
    ) -> dict[str, Any]:
        row = self._kit.log.take(given.header(b"coursewire-request"))
        common: dict[str, Any] = {
            "time": self._kit.clock.now(),
            "method": scope["method"],
            "function": asked.function,
            "params": asked.params,
            "status": given.status,
            "fault": 0 if standing is None else standing.id,
            "request_id": given.header(b"coursewire-request"),
        }
        if row is not None:
            seen: dict[str, Any] = {
                "token": row.token_handle,
                "user_id": row.user_id,
                "outcome": row.outcome,
                "failed_check": row.failed_check,
                "reason": row.reason,
            }
            return common | seen
        handle, user_id = await asyncio.to_thread(self._kit.holder, asked.token)
        return common | {"token": handle, "user_id": user_id, "outcome": _outcome(given, standing)}


class Heard:
    """A request's body, read before the server reads it again."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._messages: list[Message] = []
        self.body = b""

    async def listen(self) -> None:
        """Read the body, up to its limit; what is over it the server may refuse."""
        while True:
            message = await self._receive()
            self._messages.append(message)
            self.body += message.get("body", b"")
            if not message.get("more_body", False) or len(self.body) > self._limit:
                return

    async def receive(self) -> Message:
        """Give the server what was read, and then what comes."""
        return self._messages.pop(0) if self._messages else await self._receive()


def _asked(scope: Scope, script: str, body: bytes) -> Asked:
    query: bytes = scope["query_string"]
    kind = content_type(scope["headers"])
    format_ = asked_format(query, body) if script == REST_PATH else "json"
    try:
        tree = decode_request(scope["method"], query, kind, body).tree
    except Refusal:
        tree = {}
    name = tree.get("wsfunction") if script == REST_PATH else None
    token = tree.get("wstoken", tree.get("token"))
    params = {str(key): _plain(value, key) for key, value in tree.items() if key not in CONTROLS}
    return Asked(
        function=name if isinstance(name, str) else script.removeprefix("/"),
        params=params,
        token=token if isinstance(token, str) else "",
        format=format_,
    )


def _plain(value: object, name: object = "") -> object:
    """Return fields numbered from 0 as a list, as the caller meant them; without secrets."""
    if str(name).lower() in SECRETS:
        return REDACTED
    if not isinstance(value, dict):
        return value
    inner = {key: _plain(item, key) for key, item in cast("Tree", value).items()}
    return list(inner.values()) if inner and list(inner) == list(range(len(inner))) else inner


def _outcome(given: Answer, standing: Standing | None) -> str:
    if standing is not None and not standing.fault.needs_answer:
        return standing.fault.errorcode or standing.fault.kind
    # A file is no answer of a function, whatever it holds.
    code = "" if given.header(b"etag") else _errorcode(given.body)
    return code or (str(given.status) if given.status >= 400 else OK)


def _errorcode(body: bytes) -> str:
    """Return the errorcode of an error document, or of the first call of a batch that failed."""
    try:
        told = msgspec.json.decode(body, type=ErrorDocument | list[BatchAnswer])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    if isinstance(told, ErrorDocument):
        return told.errorcode
    return next((each.exception.errorcode for each in told if each.exception), "")
