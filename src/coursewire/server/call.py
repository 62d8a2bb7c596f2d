"""The straight line: from a decoded request to the bytes of its answer.

    tree → control fields → gate → parameters → body → check of the answer → bytes

Nothing else happens between the steps: no middleware, no signals, no request object handed down.
"""

from collections.abc import Callable, Hashable
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from coursewire.contracts.errors import Refusal, TooManyRequests
from coursewire.domain import explain, gate, permissions, token_ends
from coursewire.domain.call import Call
from coursewire.domain.gate import Failed
from coursewire.domain.gate_facts import Facts
from coursewire.functions.binding import AnyBound
from coursewire.server import inner, repeating
from coursewire.server.placing import ELSEWHERE
from coursewire.server.runtime import Runtime
from coursewire.server.sites import SiteView
from coursewire.server.understood import Forgotten, Understood
from coursewire.store import access as accesses
from coursewire.store.access import Access
from coursewire.store.keys import Digest
from coursewire.store.session import Session
from coursewire.wire import parts
from coursewire.wire.chunks import bounded
from coursewire.wire.form import Tree
from coursewire.wire.plan import Plan
from coursewire.wire.request import USUAL, Format, RestRequest, read_rest

# So many kinds of requests by one token are remembered as passing.
MOST_PASSING = 64


class Arrival(Struct, frozen=True, kw_only=True):
    """A request as it came in: decoded, but not believed; `address` is '' when unknown."""

    tree: Tree
    method: str
    address: str
    request_id: str
    token_in_query: bool
    format: Format = "xml"
    # The idempotency key, and what the request is known by, where it has one.
    key: str = ""
    digest: str = ""
    # A token by its public handle: a call that is tried in the console, which is no use of it.
    handle: str = ""
    # What one said that came before with the same bytes; else what such a call is known by.
    understood: Understood | None = None
    mark: bytes = b""


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of a request: the chunks of an answer, a refusal, or a closed door (403)."""

    format: Format
    function: str = ""
    chunks: list[bytes] = []
    refusal: Refusal | None = None
    failed_check: str = ""
    closed: bool = False
    access: Access | None = None


def answer(runtime: Runtime, session: Session, arrival: Arrival) -> Outcome:
    """Answer one call of the REST endpoint; every refusal comes back as an outcome."""
    version = runtime.database.facts_version(session)
    view = runtime.sites.current(session, version)
    if not (view.site.webservices_enabled and view.site.rest_enabled):
        return Outcome(format=arrival.format, closed=True, failed_check="protocol enabled")
    try:
        said = arrival.understood or _understood(runtime, arrival, view)
    except Refusal as refusal:
        # Moodle reads the text settings before it knows the format, so this one is always XML.
        return Outcome(format="xml", refusal=refusal, failed_check="text settings")
    request = said.request
    bound = runtime.catalogue.get(request.function)
    access = _access(runtime, session, arrival, said, version)
    if arrival.understood is not None and (access is None or said.keys is not runtime.keys):
        raise Forgotten
    now = runtime.clock.now()
    failed = None
    passing = (request.function, arrival.method, arrival.address, arrival.token_in_query)
    if access is None or now > access.passing.get(passing, 0):
        facts = _facts(runtime, session, arrival, request, bound, view, access, now)
        failed = gate.first_refusal(facts)
        if access is not None and failed is None and len(access.passing) < MOST_PASSING:
            access.passing[passing] = gate.passes_until(access)
    if access is not None and not arrival.handle:
        _after_the_gate(runtime, session, access, said.digests[0], failed, now)
    chunks: list[bytes] = []
    refused = None if failed is None else failed.refusal
    check = "" if failed is None else failed.check.name
    if access is None or access.rate:
        too_many = _too_many(runtime, arrival, request, access, failed)
        refused, check = (refused, check) if too_many is None else (too_many, "rate")
    if access is not None and refused is None:
        # The gate has refused what is not there.
        passed = bound or runtime.catalogue.require(request.function)
        try:
            chunks = _run(runtime, session, arrival, request, passed, access, view, version, now)
        except Refusal as refusal:
            refused = refusal
        except ELSEWHERE:
            # Whoever makes the call again counts it again.
            runtime.rates.take_back(access.id)
            raise
        else:
            _remember(runtime, arrival, said, passed)
    return Outcome(
        format=request.format,
        function=request.function,
        chunks=chunks,
        refusal=refused,
        failed_check=check,
        access=access,
    )


def _run(
    runtime: Runtime,
    session: Session,
    arrival: Arrival,
    request: RestRequest,
    bound: AnyBound,
    access: Access,
    view: SiteView,
    version: Hashable,
    now: int,
) -> list[bytes]:
    """Run the function that the gate let through, and write its answer."""
    if arrival.method == "HEAD" and bound.contract.kind == "write":
        return []
    plan = runtime.plan(bound.contract)
    parameters = plan.params(request.arguments, view.known)
    if bound.contract.kind == "write":
        # PostgreSQL may ask for a transaction again; nothing of it was kept or sent.
        return runtime.database.retrying(
            lambda: _write(
                _call(runtime, session, arrival, request, access, view, version, now),
                arrival,
                access,
                partial(_written, runtime, bound, plan, parameters, request.format, view),
            )
        )
    call = _call(runtime, session, arrival, request, access, view, version, now, only_reads=True)
    # A write looks again, inside its transaction.
    call.is_as_met = True
    if bound.parts is not None:
        limits = runtime.options.limits
        found = bound.parts(call, parameters)
        return bounded(parts.written(plan, request.format, found, view.known, limits), limits)
    return _written(runtime, bound, plan, parameters, request.format, view, call)


def _write(
    call: Call, arrival: Arrival, access: Access, run: Callable[[Call], list[bytes]]
) -> list[bytes]:
    if arrival.key:
        return repeating.once(call, access.id, arrival.key, arrival.digest, partial(run, call))
    return run(call)


def _written(
    runtime: Runtime,
    bound: AnyBound,
    plan: Plan,
    parameters: object,
    format_: Format,
    view: SiteView,
    call: Call,
) -> list[bytes]:
    """Run a body and write its answer."""
    result = bound.body(call, parameters)
    plan.returns(result, view.known)
    encode = plan.json if format_ == "json" else plan.xml
    return bounded(encode(result), runtime.options.limits)


def _call(
    runtime: Runtime,
    session: Session,
    arrival: Arrival,
    request: RestRequest,
    access: Access,
    view: SiteView,
    version: Hashable,
    now: int,
    *,
    only_reads: bool = False,
) -> Call:
    return Call(
        session=session,
        caller=gate.caller(access, view.site),
        site=view.site,
        now=now,
        clock=runtime.clock,
        keys=runtime.keys,
        function=request.function,
        origin=gate.origin(access, arrival.request_id, arrival.address),
        text=request.settings,
        inner=partial(inner.run, runtime, view),
        most_rows=runtime.options.limits.rows,
        version=version,
        only_reads=only_reads,
    )


def _understood(runtime: Runtime, arrival: Arrival, view: SiteView) -> Understood:
    """Return what a call says; a token that cannot be any has no digests."""
    request = read_rest(arrival.tree, view.known)
    keys = runtime.keys
    return Understood(request, keys.digests(request.token) if request.token else (), keys)


def _remember(runtime: Runtime, arrival: Arrival, said: Understood, bound: AnyBound) -> None:
    """Keep what a call says, where the next one need not be read.

    It was answered, so it says nothing but what its function takes: 512 bytes that no function
    takes can be forty kilobytes of arrays.
    """
    request = said.request
    if arrival.mark and bound.is_short and request.settings is USUAL:
        runtime.understood.keep(arrival.mark, replace(said, request=replace(request, token="")))


def _access(
    runtime: Runtime, session: Session, arrival: Arrival, said: Understood, version: Hashable
) -> Access | None:
    function = said.request.function
    if arrival.handle:
        return accesses.by_handle(session, arrival.handle, function)
    if not said.digests:
        return None
    return runtime.accesses.read(session, said.digests, function, version)


def _facts(
    runtime: Runtime,
    session: Session,
    arrival: Arrival,
    request: RestRequest,
    bound: AnyBound | None,
    view: SiteView,
    access: Access | None,
    now: int,
) -> Facts:
    may: Callable[[str], bool] = _never
    if access is not None:
        held = permissions.of_access(session, access, view.site)
        may = explain.capabilities(session, access, held)
    return Facts(
        token=request.token,
        in_query=arrival.token_in_query,
        method=arrival.method,
        address=arrival.address,
        now=now,
        function=request.function,
        known=runtime.catalogue.is_known(request.function),
        kind=None if bound is None else bound.contract.kind,
        site=view.site,
        access=access,
        may=may,
    )


def _never(_capability: str) -> bool:
    return False


def _too_many(
    runtime: Runtime,
    arrival: Arrival,
    request: RestRequest,
    access: Access | None,
    failed: Failed | None,
) -> TooManyRequests | None:
    """Count a guess, or a call of a token that works and has a rate (AUTH-10)."""
    if access is None:
        return runtime.too_many_guesses(request.token or "", arrival.address)
    return runtime.too_many_calls(access) if failed is None or failed.used else None


def _after_the_gate(
    runtime: Runtime,
    session: Session,
    access: Access,
    digest: Digest,
    failed: Failed | None,
    now: int,
) -> None:
    if failed is not None and failed.check.name == gate.EXPIRED:
        with session.transaction():
            token_ends.mark_expired(session, access, now)
    elif failed is None or failed.used:
        runtime.used(access, digest, now)
