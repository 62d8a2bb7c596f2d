"""Letting the holder of a token into the file scripts, and making the call they act by."""

from collections.abc import Callable

from msgspec import Struct

from coursewire.contracts.errors import AccessDenied, Refusal, TooManyRequests
from coursewire.domain import explain, file_gate, gate, permissions, token_ends
from coursewire.domain.call import Call
from coursewire.domain.gate import Failed
from coursewire.domain.gate_facts import Facts
from coursewire.domain.site import Site
from coursewire.server.runtime import Runtime
from coursewire.store.access import Access
from coursewire.store.keys import Digest
from coursewire.store.session import Session


class Holder(Struct, frozen=True, kw_only=True):
    """What a request to a file script says of itself."""

    token: str
    address: str
    request_id: str
    in_query: bool
    function: str


def enter(runtime: Runtime, session: Session, holder: Holder) -> Call | Refusal:
    """Return a call by the token's user, or the refusal.

    The refusal is returned, not raised: an expired token is marked in this session, and what is
    written must stay although the request is refused.
    """
    version = runtime.database.facts_version(session)
    site = runtime.sites.current(session, version).site
    if not site.webservices_enabled:
        return AccessDenied("web services are off", remedy="switch them on")
    keys = runtime.keys
    digests = keys.digests(holder.token)
    access = runtime.accesses.read(session, digests, "", version)
    if access is None and runtime.has_others_than(keys):
        return enter(runtime, session, holder)
    facts = _facts(session, site, access, holder, runtime.clock.now())
    failed = file_gate.first_refusal(facts)
    if access is not None:
        _note_expiry_or_use(runtime, session, facts, failed, digests[0])
    if access is not None and failed is not None:
        runtime.refused_tokens.note(access, failed, holder.address, holder.request_id)
    too_many = _too_many(runtime, session, facts, failed)
    if too_many is not None:
        return too_many
    return _call(runtime, session, holder, facts) if failed is None else failed.refusal


def _facts(session: Session, site: Site, access: Access | None, holder: Holder, now: int) -> Facts:
    may: Callable[[str], bool] = _never
    if access is not None:
        may = explain.capabilities(session, access, permissions.of_access(session, access, site))
    return Facts(
        token=holder.token,
        in_query=holder.in_query,
        address=holder.address,
        now=now,
        site=site,
        access=access,
        may=may,
    )


def _note_expiry_or_use(
    runtime: Runtime, session: Session, facts: Facts, failed: Failed | None, digest: Digest
) -> None:
    if failed is not None and failed.check.name == gate.EXPIRED:
        with session.transaction():
            token_ends.mark_expired(session, facts.held, facts.now)
    elif failed is None or failed.used:
        runtime.used(facts.held, digest, facts.now)


def _too_many(
    runtime: Runtime, session: Session, facts: Facts, failed: Failed | None
) -> TooManyRequests | None:
    """Count a guess, or a request by a token that works and has a rate (AUTH-10)."""
    if facts.access is None:
        return runtime.too_many_guesses(facts.token or "", facts.address or "")
    if failed is None or failed.used:
        return runtime.too_many_calls(session, facts.access)
    return None


def _call(runtime: Runtime, session: Session, holder: Holder, facts: Facts) -> Call:
    return Call(
        session=session,
        caller=gate.caller(facts.held, facts.site),
        site=facts.site,
        now=facts.now,
        clock=runtime.clock,
        keys=runtime.keys,
        function=holder.function,
        origin=gate.origin(facts.held, holder.request_id, holder.address),
    )


def _never(_capability: str) -> bool:
    return False
