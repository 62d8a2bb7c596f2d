"""Addresses that plugins bring for people who hold a token, such as the start of an activity."""

from collections.abc import Mapping
from functools import partial

from coursewire.contracts.errors import MoodleError, Refusal
from coursewire.plugin import Page, PageAnswer, Plugin
from coursewire.plugin.lifecycle import require_enabled
from coursewire.server import token_gate
from coursewire.server.ajax import refusal_of
from coursewire.server.body import Disconnected, read_body
from coursewire.server.peer import address_of, content_type
from coursewire.server.placing import Placing
from coursewire.server.record import Recorder
from coursewire.server.runtime import Runtime
from coursewire.server.script_fields import CREDENTIAL
from coursewire.server.token_gate import Holder
from coursewire.server.troubles import again_in
from coursewire.server.types import App, Headers, Receive, Scope, Send
from coursewire.store.session import Session
from coursewire.wire.faults import Incident
from coursewire.wire.headers import UNSTORED
from coursewire.wire.request import decode_request

_HEADERS: Headers = [
    (b"content-type", b"text/plain; charset=utf-8"),
    *UNSTORED,
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]


def of(
    runtime: Runtime, placing: Placing, recorder: Recorder, plugins: tuple[Plugin, ...]
) -> Mapping[str, App]:
    """Return the pages of plugins by path."""
    return {
        page.path: PluginPage(runtime, placing, recorder, plugin.name, page)
        for plugin in plugins
        for page in plugin.pages
    }


class PluginPage:
    """One address: the token says who asks, the plugin answers."""

    def __init__(
        self, runtime: Runtime, placing: Placing, recorder: Recorder, plugin: str, page: Page
    ) -> None:
        self._runtime = runtime
        self._placing = placing
        self._recorder = recorder
        self._plugin = plugin
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a text or a redirect; a refusal is told in one sentence.

        A client that has gone away gets nothing.
        """
        request_id, wait = self._runtime.request_id(), 0
        try:
            holder, fields = await self._read(scope, receive, request_id)
            # A page may wait for a program outside.
            answer = await self._placing.outside(partial(self._answer, holder, fields))
        except Disconnected:
            return
        except Exception as error:  # noqa: BLE001 - OUT-1: every failure is answered
            refusal = refusal_of(self._recorder, request_id, self._page.path, error)
            answer = PageAnswer(status=_status(refusal), text=refusal.message)
            wait = again_in(refusal)
        more = [(b"coursewire-request", request_id.encode("ascii"))]
        if wait:
            more.append((b"retry-after", b"%d" % wait))
        await _send(scope, send, answer, more)

    async def _read(
        self, scope: Scope, receive: Receive, request_id: str
    ) -> tuple[Holder, dict[str, str]]:
        options = self._runtime.options
        body = await read_body(receive, scope["headers"], options.limits.body)
        kind = content_type(scope["headers"])
        query: bytes = scope["query_string"]
        decoded = decode_request(
            scope["method"], query, kind, body, options.limits, credential=CREDENTIAL
        )
        fields = {str(key): value for key, value in decoded.tree.items() if isinstance(value, str)}
        token = fields.pop(CREDENTIAL, "")
        if not token:
            text = "A required parameter (token) was missing"
            raise MoodleError("missingparam", text, reason="the field token is missing")
        holder = Holder(
            token=token,
            address=address_of(scope, self._runtime.trusted_proxies, options.forwarded_header),
            request_id=request_id,
            in_query=decoded.token_in_query,
            function=self._page.path.lstrip("/"),
        )
        return holder, fields

    def _answer(self, holder: Holder, fields: Mapping[str, str], session: Session) -> PageAnswer:
        entered = token_gate.enter(self._runtime, session, holder)
        if isinstance(entered, Refusal):
            raise entered
        require_enabled(entered, self._plugin)
        answer = self._page.answer(entered, fields)
        _require_place(answer.location)
        return answer


def _require_place(location: str) -> None:
    """Raise an error for an address outside ASCII or with blanks: no header holds it (OUT-3)."""
    if any(byte <= 32 for byte in location.encode("ascii")):
        msg = "a page leads to an address with blanks"
        raise ValueError(msg)


def _status(refusal: Refusal) -> int:
    """Return the status of a refusal on a page, where it is no document that tells of it."""
    return 500 if isinstance(refusal, Incident) else max(refusal.status, 400)


async def _send(scope: Scope, send: Send, answer: PageAnswer, more: Headers) -> None:
    body = answer.text.encode("utf-8", "replace")
    headers = [*_HEADERS, *more, (b"content-length", str(len(body)).encode("ascii"))]
    if answer.location:
        headers.append((b"location", answer.location.encode("ascii")))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    sent = b"" if scope["method"] == "HEAD" else body
    await send({"type": "http.response.body", "body": sent})
