"""The straight line: from a decoded request to the bytes of its answer.

    tree → control fields → gate → parameters → body → check of the answer → bytes

Nothing else happens between the steps: no middleware, no signals, no request object handed down.
"""

from collections.abc import Callable, Hashable

from msgspec import Struct

from coursewire.contracts.errors import MissingRecord, Refusal
from coursewire.domain import contexts, gate, tokens
from coursewire.domain.call import Call
from coursewire.domain.gate import Failed
from coursewire.domain.gate_facts import Facts
from coursewire.domain.permissions import Permissions
from coursewire.domain.site import Site
from coursewire.functions.binding import AnyBound
from coursewire.server.runtime import Runtime
from coursewire.store.access import Access
from coursewire.store.session import Session
from coursewire.wire.encode import bounded
from coursewire.wire.form import Tree
from coursewire.wire.request import Format, RestRequest, read_rest


class Arrival(Struct, frozen=True, kw_only=True):
    """A request as it came in: decoded, but not believed; `address` is '' when unknown."""

    tree: Tree
    method: str
    address: str
    request_id: str
    token_in_query: bool
    format: Format = "xml"


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of a request: the chunks of an answer, a refusal, or a closed door (403)."""

    format: Format
    function: str = ""
    chunks: list[bytes] = []
    refusal: Refusal | None = None
    failed_check: str = ""
    closed: bool = False
    token_handle: str = ""
    user_id: int = 0


def answer(runtime: Runtime, session: Session, arrival: Arrival) -> Outcome:
    """Answer one call of the REST endpoint; every refusal comes back as an outcome."""
    version = runtime.database.data_version(session)
    view = runtime.sites.current(session, version)
    if not (view.site.webservices_enabled and view.site.rest_enabled):
        return Outcome(format=arrival.format, closed=True, failed_check="protocol enabled")
    try:
        request = read_rest(arrival.tree, view.known)
    except Refusal as refusal:
        # Moodle reads the text settings before it knows the format, so this one is always XML.
        return Outcome(format="xml", refusal=refusal, failed_check="text settings")
    bound = runtime.catalogue.get(request.function)
    facts = _facts(runtime, session, arrival, request, bound, view.site, version)
    failed = gate.first_refusal(facts)
    _after_the_gate(runtime, session, facts, failed)
    known = _known_part(request, facts)
    if failed is not None:
        return Outcome(**known, refusal=failed.refusal, failed_check=failed.check.name)
    if bound is None or facts.access is None:  # the gate has refused both
        raise AssertionError(request.function)
    if arrival.method == "HEAD" and bound.contract.kind == "write":
        return Outcome(**known)
    try:
        plan = runtime.plan(bound.contract)
        parameters = plan.params(request.arguments, view.known)
        call = Call(
            session=session,
            caller=gate.caller(facts.access, view.site),
            site=view.site,
            now=facts.now,
            clock=runtime.clock,
            keys=runtime.keys,
            function=request.function,
            origin=gate.origin(facts.access, arrival.request_id, arrival.address),
            text=request.settings,
        )
        result = bound.body(call, parameters)
        plan.returns(result, view.known)
        encode = plan.json if request.format == "json" else plan.xml
        return Outcome(**known, chunks=bounded(encode(result), runtime.options.limits))
    except Refusal as refusal:
        return Outcome(**known, refusal=refusal)


def _facts(
    runtime: Runtime,
    session: Session,
    arrival: Arrival,
    request: RestRequest,
    bound: AnyBound | None,
    site: Site,
    version: Hashable,
) -> Facts:
    access = None
    if request.token:
        digests = runtime.keys.digests(request.token)
        access = runtime.accesses.read(session, digests, request.function, version)
    return Facts(
        token=request.token,
        in_query=arrival.token_in_query,
        method=arrival.method,
        address=arrival.address,
        now=runtime.clock.now(),
        function=request.function,
        known=runtime.catalogue.is_known(request.function),
        kind=None if bound is None else bound.contract.kind,
        site=site,
        access=access,
        may=_never if access is None else _may(runtime, session, access, site),
    )


def _may(runtime: Runtime, session: Session, access: Access, site: Site) -> Callable[[str], bool]:
    """Ask for capabilities in the token's context; answers stay until the database changes."""
    verdicts = runtime.accesses.verdicts(access)

    def may(capability: str) -> bool:
        if capability not in verdicts:
            is_admin = access.user_id in site.admin_ids
            permissions = Permissions(session, access.user_id, is_admin=is_admin, site=site)
            context = contexts.by_id(session, access.context_id)
            if context is None:
                raise MissingRecord("context", access.context_id)
            verdicts[capability] = permissions.may(capability, context)
        return verdicts[capability]

    return may


def _never(_capability: str) -> bool:
    return False


def _after_the_gate(
    runtime: Runtime, session: Session, facts: Facts, failed: Failed | None
) -> None:
    if facts.access is None:
        return
    if failed is not None and failed.check.name == gate.EXPIRED:
        with session.transaction():
            tokens.mark_expired(session, facts.access, facts.now)
    elif failed is None or failed.used:
        runtime.last_access.note(facts.access, facts.now)


def _known_part(request: RestRequest, facts: Facts) -> dict[str, object]:
    return {
        "format": request.format,
        "function": request.function,
        "token_handle": "" if facts.access is None else facts.access.handle,
        "user_id": 0 if facts.access is None else facts.access.user_id,
    }
