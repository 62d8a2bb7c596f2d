"""`login/token.php`: a token for a password, checked away from loop and worker (AUTH-8)."""

import asyncio
from functools import partial
from typing import NamedTuple

from coursewire.domain import login_token
from coursewire.domain.call import Call, Caller, Origin
from coursewire.domain.hashing import STANDARD
from coursewire.domain.login import Attempt
from coursewire.domain.login_token import Given, Request, SiteCheck
from coursewire.domain.password_hashes import Verified
from coursewire.server.ajax import Answered, refused, send_answer
from coursewire.server.body import Disconnected, read_body
from coursewire.server.peer import address_of, content_type
from coursewire.server.placing import Placing
from coursewire.server.record import Recorder
from coursewire.server.runtime import Runtime
from coursewire.server.types import Receive, Scope, Send
from coursewire.store.session import Session
from coursewire.wire.encode_json import encode_json
from coursewire.wire.form import Tree
from coursewire.wire.headers import ajax_headers
from coursewire.wire.request import Decoded, decode_request

_NOBODY = Caller(id=0, username="", auth="", is_admin=False, is_guest=False)


class Begun(NamedTuple):
    """A log-in whose password is still to be checked."""

    request: Request
    attempt: Attempt


class LoginEndpoint:
    """Answers in the shape of the AJAX entry points: errors have `error`, not `exception`."""

    def __init__(self, runtime: Runtime, placing: Placing, recorder: Recorder) -> None:
        self._runtime = runtime
        self._placing = placing
        self._recorder = recorder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one log-in; a client that has gone away gets nothing."""
        request_id = self._runtime.request_id()
        with_files = False
        try:
            decoded = await self._read(scope, receive)
            with_files = bool(decoded.files)
            answered = Answered(encode_json(await self._answer(scope, decoded, request_id)))
        except Disconnected:
            return
        except Exception as error:  # noqa: BLE001 - OUT-1: every failure is answered
            answered = refused(self._recorder, request_id, scope["path"], error)
        headers = ajax_headers(with_files=with_files)
        await send_answer(send, scope, answered, headers, request_id)

    async def _read(self, scope: Scope, receive: Receive) -> Decoded:
        limits = self._runtime.options.limits
        raw = await read_body(receive, scope["headers"], limits.body)
        kind = content_type(scope["headers"])
        return decode_request(scope["method"], scope["query_string"], kind, raw, limits)

    async def _answer(
        self, scope: Scope, decoded: Decoded, request_id: str
    ) -> dict[str, str | None]:
        options = self._runtime.options
        address = address_of(scope, self._runtime.trusted_proxies, options.forwarded_header)
        origin = Origin(request_id=request_id, address=address)
        # In a flood of log-ins most end here, without a thread or the database: nothing was
        # guessed, so nothing counts towards a lock-out.
        with STANDARD.reserved() as place:
            begun = await self._placing.on_worker(partial(self._begin, decoded.tree, origin))
            if isinstance(begun, SiteCheck):
                return {"appsitecheck": begun.appsitecheck}
            checking = place.check_soon(begun.request.password, begun.attempt.stored)
        verified = await asyncio.wrap_future(checking)
        given = await self._placing.on_worker(partial(self._finish, begun, verified, origin))
        return {"token": given.token, "privatetoken": given.privatetoken}

    def _begin(self, tree: Tree, origin: Origin, session: Session) -> SiteCheck | Begun:
        call = self._call(session, origin)
        request = login_token.read(call, {str(name): value for name, value in tree.items()})
        if isinstance(request, SiteCheck):
            return request
        return Begun(request, login_token.begin(call, request, origin.address))

    def _finish(
        self, begun: "Begun", verified: Verified, origin: Origin, session: Session
    ) -> Given:
        call = self._call(session, origin)
        return login_token.finish(call, begun.request, begun.attempt, verified, origin.address)

    def _call(self, session: Session, origin: Origin) -> Call:
        runtime = self._runtime
        return Call(
            session=session,
            caller=_NOBODY,
            site=runtime.sites.current(session, runtime.database.facts_version(session)).site,
            now=runtime.clock.now(),
            clock=runtime.clock,
            keys=runtime.keys,
            function="login/token.php",
            origin=origin,
        )
