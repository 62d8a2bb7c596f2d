"""`webservice/openapi.json`: a service as an OpenAPI document, for the holder of a token of it."""

import asyncio
from functools import lru_cache, partial
from typing import NamedTuple

import msgspec

from coursewire import __version__
from coursewire.contracts.errors import AccessDenied, MissingRecord, Refusal
from coursewire.reference import openapi
from coursewire.server import token_gate
from coursewire.server.ajax import refusal_of
from coursewire.server.body import Disconnected, read_body
from coursewire.server.peer import address_of, content_type
from coursewire.server.placing import Placing
from coursewire.server.record import Recorder
from coursewire.server.runtime import Runtime
from coursewire.server.sending import length
from coursewire.server.token_gate import Holder
from coursewire.server.troubles import again_in
from coursewire.server.types import Headers, Receive, Scope, Send
from coursewire.store import services
from coursewire.store.session import Session
from coursewire.wire.faults import fault_document
from coursewire.wire.headers import REST_HEADERS
from coursewire.wire.request import decode_request

_KEPT = 8


class Service(NamedTuple):
    """What a document is about."""

    name: str
    functions: tuple[str, ...]


class DescriptionEndpoint:
    """Gives out the document; refusals are those of the REST endpoint."""

    def __init__(self, runtime: Runtime, placing: Placing, recorder: Recorder) -> None:
        self._runtime = runtime
        self._placing = placing
        self._recorder = recorder
        # Of a large service it takes a while to write.
        self._document = lru_cache(_KEPT)(self._written)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the document of a service, or with an error document."""
        request_id = self._runtime.request_id()
        status, wait = 200, 0
        try:
            service = await self._service(scope, receive, request_id)
            body = await asyncio.to_thread(self._document, service)
        except Disconnected:
            return
        except Exception as error:  # noqa: BLE001 - OUT-1: every failure is answered
            refusal = refusal_of(self._recorder, request_id, scope["path"], error)
            status, wait, body = refusal.status, again_in(refusal), self._fault(refusal)
        headers: Headers = [
            *REST_HEADERS["json"],
            (b"coursewire-request", request_id.encode("ascii")),
            length(body),
        ]
        if wait:
            headers.append((b"retry-after", b"%d" % wait))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        sent = b"" if scope["method"] == "HEAD" else body
        await send({"type": "http.response.body", "body": sent})

    async def _service(self, scope: Scope, receive: Receive, request_id: str) -> Service:
        options = self._runtime.options
        raw = await read_body(receive, scope["headers"], options.limits.body)
        query: bytes = scope["query_string"]
        decoded = decode_request(
            scope["method"], query, content_type(scope["headers"]), raw, options.limits
        )
        token, wanted = decoded.tree.get("wstoken"), decoded.tree.get("service", "")
        holder = Holder(
            token=token if isinstance(token, str) else "",
            address=address_of(scope, self._runtime.trusted_proxies, options.forwarded_header),
            request_id=request_id,
            in_query=decoded.token_in_query,
            function="webservice/openapi.json",
        )
        named = wanted if isinstance(wanted, str) else ""
        return await self._placing.on_worker(partial(self._read, holder, named))

    def _read(self, holder: Holder, named: str, session: Session) -> Service:
        entered = token_gate.enter(self._runtime, session, holder)
        if isinstance(entered, Refusal):
            raise entered
        service = services.get(session, entered.origin.service_id)
        if service is None:
            raise MissingRecord("service", entered.origin.service_id)
        if named not in ("", service.name, service.shortname):
            # Whether there is a service of that name is told to nobody who has no token of it.
            reason = f"the token is of the service {service.name}, not of {named[:80]!r}"
            raise AccessDenied(reason, remedy="take a token of that service, or name this one")
        return Service(service.name, tuple(services.functions(session, service.id)))

    def _written(self, service: Service) -> bytes:
        catalogue = self._runtime.catalogue
        bound = [found for name in service.functions if (found := catalogue.get(name))]
        document = openapi.document(
            (each.contract for each in bound),
            server=self._runtime.options.site_url,
            version=__version__,
            service=service.name,
        )
        # Not as PHP writes it: an empty object must stay one.
        return msgspec.json.encode(document)

    def _fault(self, refusal: Refusal) -> bytes:
        return fault_document(refusal, "json", bare_names=self._runtime.options.bare_names)
