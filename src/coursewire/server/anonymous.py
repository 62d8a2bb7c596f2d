"""A batch of calls in JSON by nobody (protocol.md 9.1).

`lib/ajax/service-nologin.php` is for that. `lib/ajax/service.php` is for the pages of a site, by
the session of a browser, which nobody has here: what is open to nobody is answered all the same,
and clients ask there for the public configuration.
"""

from functools import partial
from typing import Any

import msgspec
from msgspec import Struct

from coursewire.contracts import registry
from coursewire.contracts.errors import CodingError, MissingRecord, MoodleError, Refusal
from coursewire.domain.call import Call, Caller, Origin
from coursewire.domain.script_fields import text
from coursewire.functions.binding import AnyBound
from coursewire.server import inner
from coursewire.server.ajax import Answered, refused, send_answer
from coursewire.server.body import Disconnected, read_body
from coursewire.server.peer import address_of
from coursewire.server.placing import Placing
from coursewire.server.record import Recorder
from coursewire.server.runtime import Runtime
from coursewire.server.sites import SiteView
from coursewire.server.types import Headers, Receive, Scope, Send
from coursewire.store.session import Session
from coursewire.text.settings import TextSettings
from coursewire.wire.encode_json import encode_json
from coursewire.wire.form import decode_form
from coursewire.wire.headers import AJAX_HEADERS
from coursewire.wire.limits import LimitExceeded

MOST_CALLS = 100
# Pages of other sites are not asked in (protocol.md 9.1: no CORS header).
HEADERS: Headers = [
    (name, value) for name, value in AJAX_HEADERS if not name.startswith(b"access-control-")
]
_AGES = frozenset({b"cache-control", b"expires", b"pragma"})
CACHEABLE: Headers = [
    *((name, value) for name, value in HEADERS if name not in _AGES),
    (b"cache-control", b"public, max-age=7776000, immutable"),
]
_NOBODY = Caller(id=0, username="", auth="", is_admin=False, is_guest=False)
_TEXT = TextSettings(raw=False, filter=True, fileurl=True)


class Asked(Struct, frozen=True):
    """One call of the batch."""

    index: int
    methodname: str
    args: Any = {}


class Batch(Struct, frozen=True):
    """The answers as JSON, and whether any of the calls failed."""

    document: bytes
    failed: bool


class AnonymousEndpoint:
    """Answers functions that need no log-in; the browser's own pages use it before one.

    The script `for_pages` reads no calls from the query, and stops at the first that fails.
    """

    def __init__(
        self, runtime: Runtime, placing: Placing, recorder: Recorder, *, for_pages: bool = False
    ) -> None:
        self._runtime = runtime
        self._placing = placing
        self._recorder = recorder
        self._for_pages = for_pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a batch; a client that has gone away gets nothing."""
        request_id = self._runtime.request_id()
        headers = HEADERS
        try:
            asked, cacheable = await self._read(scope, receive)
            origin = Origin(request_id=request_id, address=self._address(scope))
            batch = await self._placing.run(partial(self._answer, asked, origin), short=True)
            answered = Answered(batch.document)
            if cacheable and not batch.failed:
                headers = CACHEABLE
        except Disconnected:
            return
        except Exception as error:  # noqa: BLE001 - OUT-1: every failure is answered
            answered = refused(self._recorder, request_id, scope["path"], error)
        await send_answer(send, scope, answered, headers, request_id)

    async def _read(self, scope: Scope, receive: Receive) -> tuple[list[Asked], bool]:
        """Return the calls, and whether the client wants the answer to be cacheable."""
        raw = await read_body(receive, scope["headers"], self._runtime.options.limits.body)
        cacheable = False
        if scope["method"] in ("GET", "HEAD") and not self._for_pages:
            asked_for = decode_form(scope["query_string"], self._runtime.options.limits).tree
            raw = text(asked_for, "args", "").encode("utf-8", "surrogateescape")
            key = text(asked_for, "cachekey", "0")
            is_number = key.isascii() and key.isdigit()
            cacheable = is_number and 0 < int(key[:19]) <= self._runtime.clock.now()
        try:
            asked = msgspec.json.decode(raw, type=list[Asked])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            msg = "the body is no list of calls in JSON"
            raise CodingError(msg) from error
        if len(asked) > MOST_CALLS:
            raise LimitExceeded(400, "calls in one request", MOST_CALLS)
        return asked, cacheable

    def _answer(self, asked: list[Asked], origin: Origin, session: Session) -> Batch:
        runtime = self._runtime
        view = runtime.sites.current(session, runtime.database.facts_version(session))
        bound = [self._known(one.methodname) for one in asked]
        failed = False
        parts: dict[int, bytes] = {}
        for one, function in zip(asked, bound, strict=True):
            is_error, part = self._one(view, session, origin, one, function)
            # The last of two answers with one index takes the place of the first.
            parts[one.index] = part
            failed = failed or is_error
            if is_error and self._for_pages:
                break
        if list(parts) == list(range(len(parts))):
            return Batch(b"[" + b",".join(parts.values()) + b"]", failed)
        keyed = [b'"%d":%b' % pair for pair in parts.items()]
        return Batch(b"{" + b",".join(keyed) + b"}", failed)

    def _known(self, name: str) -> AnyBound | None:
        """Return a function; one that Moodle does not have refuses the whole request."""
        if not self._runtime.catalogue.is_known(name):
            raise MissingRecord("function", name)
        return self._runtime.catalogue.get(name)

    def _one(
        self,
        view: SiteView,
        session: Session,
        origin: Origin,
        asked: Asked,
        bound: AnyBound | None,
    ) -> tuple[bool, bytes]:
        """Answer one call of the batch; its refusal is its answer."""
        try:
            _require_open(asked.methodname, bound)
            call = Call(
                session=session,
                caller=_NOBODY,
                site=view.site,
                now=self._runtime.clock.now(),
                clock=self._runtime.clock,
                keys=self._runtime.keys,
                function=asked.methodname,
                origin=origin,
                text=_TEXT,
            )
            if bound is None:
                raise MoodleError(
                    "functionnotimplemented", "This server does not have the function"
                )
            data = inner.result_of(self._runtime, view, bound, call, asked.args)
        except Refusal as refusal:
            exception = inner.exception_of(refusal, view.site.url)
            return True, encode_json({"error": True, "exception": exception})
        return False, b'{"error":false,"data":' + data + b"}"

    def _address(self, scope: Scope) -> str:
        options = self._runtime.options
        return address_of(scope, self._runtime.trusted_proxies, options.forwarded_header)


def _require_open(name: str, bound: AnyBound | None) -> None:
    """Refuse functions that are not for pages, then those that need a log-in."""
    about = registry.entries()[name] if bound is None else bound.contract
    if not about.ajax:
        message = "The function cannot be called in this way"
        raise MoodleError("servicenotavailable", message, reason=f"{name} is not for AJAX")
    if about.loginrequired:
        message = "The function needs a log-in"
        raise MoodleError("servicerequireslogin", message, reason=f"{name} was called by nobody")
