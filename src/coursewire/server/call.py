"""The straight line: from a decoded request to the bytes of its answer.

    tree → control fields → gate → parameters → body → check of the answer → bytes

Nothing else happens between the steps: no middleware, no signals, no request object handed down.
"""

from collections.abc import Callable, Hashable
from functools import partial

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.exc import DBAPIError

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
from coursewire.store.problems import CallStopped, KeptInPart
from coursewire.store.session import Session
from coursewire.wire import parts
from coursewire.wire.chunks import bounded
from coursewire.wire.form import Tree
from coursewire.wire.plan import Plan
from coursewire.wire.request import USUAL, Format, read_rest

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
        return Outcome(format=arrival.format, closed=True, failed_check=gate.DOORS)
    try:
        said = arrival.understood or _understood(runtime, arrival, view)
    except Refusal as refusal:
        # Moodle reads the text settings before it knows the format, so this one is always XML.
        return Outcome(format="xml", refusal=refusal, failed_check="text settings")
    access = _access(runtime, session, arrival, said, version)
    if arrival.understood is not None and (access is None or said.keys is not runtime.keys):
        raise Forgotten
    if access is None and said.digests and runtime.has_others_than(said.keys):
        return answer(runtime, session, arrival)
    now = runtime.clock.now()
    bound = runtime.catalogue.get(said.request.function)
    return _Line(runtime, session, arrival, view, version, said, access, bound, now).walk()


def _understood(runtime: Runtime, arrival: Arrival, view: SiteView) -> Understood:
    """Return what a call says; a token that cannot be any has no digests."""
    request = read_rest(arrival.tree, view.known)
    keys = runtime.keys
    return Understood(request, keys.digests(request.token) if request.token else (), keys)


def _access(
    runtime: Runtime, session: Session, arrival: Arrival, said: Understood, version: Hashable
) -> Access | None:
    function = said.request.function
    if arrival.handle:
        return accesses.by_handle(session, arrival.handle, function)
    if not said.digests:
        return None
    return runtime.accesses.read(session, said.digests, function, version)


class _Line(Struct, frozen=True):
    """One call on its way from what it says to its answer: all that the steps look at."""

    runtime: Runtime
    session: Session
    arrival: Arrival
    view: SiteView
    version: Hashable
    said: Understood
    access: Access | None
    bound: AnyBound | None
    now: int

    def walk(self) -> Outcome:
        """Take the steps: gate, uses, rates, function."""
        access = self.access
        failed = self._failed()
        if access is not None and not self.arrival.handle:
            self._note(access, failed)
        refusal, check = (None, "") if failed is None else (failed.refusal, failed.check.name)
        if access is None or access.rate:
            too_many = self._too_many(failed)
            refusal, check = (refusal, check) if too_many is None else (too_many, "rate")
        chunks: list[bytes] = []
        if access is not None and refusal is None:
            try:
                chunks = self._answered(access)
            except Refusal as own:
                refusal = own
        return Outcome(
            format=self.said.request.format,
            function=self.said.request.function,
            chunks=chunks,
            refusal=refusal,
            failed_check=check,
            access=access,
        )

    def _failed(self) -> Failed | None:
        """Return the first check of the gate that refuses; what it let through is remembered."""
        access, said, arrival = self.access, self.said, self.arrival
        if access is None:
            return gate.first_refusal(self._facts(_never))
        passing = (said.request.function, arrival.method, arrival.address, arrival.token_in_query)
        if self.now <= access.passing.get(passing, 0):
            return None
        held = permissions.of_access(self.session, access, self.view.site)
        failed = gate.first_refusal(self._facts(explain.capabilities(self.session, access, held)))
        if failed is None and len(access.passing) < MOST_PASSING:
            access.passing[passing] = gate.passes_until(access)
        return failed

    def _facts(self, may: Callable[[str], bool]) -> Facts:
        request, bound = self.said.request, self.bound
        return Facts(
            token=request.token,
            in_query=self.arrival.token_in_query,
            method=self.arrival.method,
            address=self.arrival.address,
            now=self.now,
            function=request.function,
            known=self.runtime.catalogue.is_known(request.function),
            kind=None if bound is None else bound.contract.kind,
            site=self.view.site,
            access=self.access,
            may=may,
        )

    def _note(self, access: Access, failed: Failed | None) -> None:
        """Note the use of a token, that its time is over, or that it is refused."""
        if failed is not None and failed.check.name == gate.EXPIRED:
            with self.session.transaction():
                token_ends.mark_expired(self.session, access, self.now)
        elif failed is None or failed.used:
            self.runtime.used(access, self.said.digests[0], self.now)
        if failed is not None:
            arrival = self.arrival
            self.runtime.refused_tokens.note(access, failed, arrival.address, arrival.request_id)

    def _too_many(self, failed: Failed | None) -> TooManyRequests | None:
        """Count a guess, or a call of a token that works and has a rate (AUTH-10)."""
        if self.access is None:
            return self.runtime.too_many_guesses(
                self.said.request.token or "", self.arrival.address
            )
        if failed is None or failed.used:
            return self.runtime.too_many_calls(self.session, self.access)
        return None

    def _answered(self, access: Access) -> list[bytes]:
        """Run the function, and remember what a call says that is answered."""
        # The gate has refused what is not there.
        bound = self.bound or self.runtime.catalogue.require(self.said.request.function)
        try:
            chunks = self._run(access, bound)
        except ELSEWHERE:
            # Whoever makes the call again, on SQLite, counts it again.
            self.runtime.rates.take_back(access.id)
            raise
        self._remember(bound)
        return chunks

    def _run(self, access: Access, bound: AnyBound) -> list[bytes]:
        """Run the function that the gate let through, and write its answer."""
        if self.arrival.method == "HEAD" and bound.contract.kind == "write":
            return []
        plan = self.runtime.plan(bound.contract)
        parameters = plan.params(self.said.request.arguments, self.view.known)
        if bound.contract.kind == "write":
            run = partial(self._written, bound, plan, parameters)
            if bound.outside:
                # What was done outside would be done twice.
                return self._write(access, run)
            # PostgreSQL may ask for a transaction again; nothing of it was kept or sent.
            return self.runtime.database.retrying(lambda: self._write(access, run))
        call = self._call(access, only_reads=True)
        # A write looks again, inside its transaction.
        call.is_as_met = True
        if bound.parts is None:
            return self._written(bound, plan, parameters, call)
        limits, known = self.runtime.options.limits, self.view.known
        found = bound.parts(call, parameters)
        return bounded(parts.written(plan, self.said.request.format, found, known, limits), limits)

    def _write(self, access: Access, run: Callable[[Call], list[bytes]]) -> list[bytes]:
        call, arrival = self._call(access, only_reads=False), self.arrival
        kept = self.session.kept
        try:
            if arrival.key:
                again = partial(run, call)
                return repeating.once(call, access.id, arrival.key, arrival.digest, again)
            return run(call)
        except (DBAPIError, CallStopped) as problem:
            # Some functions change one thing after the other: then nobody may make the call
            # again, nor be told that nothing was changed.
            if self.session.kept > kept:
                raise KeptInPart from problem
            raise

    def _written(self, bound: AnyBound, plan: Plan, parameters: object, call: Call) -> list[bytes]:
        """Run a body and write its answer."""
        result = bound.body(call, parameters)
        plan.returns(result, self.view.known)
        encode = plan.json if self.said.request.format == "json" else plan.xml
        return bounded(encode(result), self.runtime.options.limits)

    def _call(self, access: Access, *, only_reads: bool) -> Call:
        runtime, request, site = self.runtime, self.said.request, self.view.site
        return Call(
            session=self.session,
            caller=gate.caller(access, site),
            site=site,
            now=self.now,
            clock=runtime.clock,
            keys=runtime.keys,
            function=request.function,
            origin=gate.origin(access, self.arrival.request_id, self.arrival.address),
            text=request.settings,
            inner=partial(inner.run, runtime, self.view),
            most_rows=runtime.options.limits.rows,
            version=self.version,
            only_reads=only_reads,
        )

    def _remember(self, bound: AnyBound) -> None:
        """Keep what a call says, where the next one need not be read.

        It was answered, so it says nothing but what its function takes: 512 bytes that no function
        takes can be forty kilobytes of arrays.
        """
        arrival, said = self.arrival, self.said
        if arrival.mark and bound.is_short and said.request.settings is USUAL:
            request = replace(said.request, token="")
            self.runtime.understood.keep(arrival.mark, replace(said, request=request))


def _never(_capability: str) -> bool:
    return False
