"""A token as its page shows it: what the gate says of it, and what would become of its calls."""

from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from coursewire.contracts.errors import MissingRecord
from coursewire.contracts.function import AnyFunction
from coursewire.domain import explain, gate, permissions
from coursewire.domain.call import Call
from coursewire.domain.foresight import ANYTHING, Circumstances, Foreseen, Reason, Seer
from coursewire.domain.gate_facts import Facts
from coursewire.domain.site import Site
from coursewire.store import access as access_rows
from coursewire.store import services
from coursewire.store.access import Access
from coursewire.store.session import Session

Contracts = Callable[[str], AnyFunction | None]


class Listed(Struct, frozen=True, kw_only=True):
    """From where and until when an authorised user may use a service; '' and 0 are no limit."""

    iprestriction: str = ""
    validuntil: int = 0


class Outlook(Struct, frozen=True, kw_only=True):
    """The checks of the site's doors and of the gate, then the functions of the service.

    `listed` is how the list of authorised users limits the token further, where it does.
    """

    checks: tuple[explain.Answer, ...]
    functions: tuple[Foreseen, ...]
    listed: Listed = Listed()

    @property
    def failing(self) -> list[explain.Answer]:
        """The checks that refuse every call."""
        return [answer for answer in self.checks if answer.state == "fail"]

    def count(self, *states: str) -> int:
        """Return how many functions are in one of these states."""
        return sum(each.state in states for each in self.functions)


def of_token(
    call: Call,
    handle: str,
    contracts: Contracts,
    picked: Circumstances = ANYTHING,
    address: str | None = None,
) -> Outlook:
    """Look at a token by its handle; `contracts` finds the functions that this program answers."""
    found = access_rows.by_handle(call.session, handle, "")
    if found is None:
        raise MissingRecord("token", handle)
    # As if a function of its service had been asked for.
    held = replace(found, in_service=1)
    names = services.functions(call.session, held.service_id)
    facts = _facts(call, held, address, names)
    acting = as_holder(call, held)
    seer = Seer(acting, picked, facts)
    closed = _closed(call.site)
    return Outlook(
        checks=(*explain.doors(call.site), *_of_token(facts), _account(acting)),
        functions=tuple(_foreseen(seer, name, contracts, closed) for name in names),
        listed=_listed(held),
    )


def _listed(access: Access) -> Listed:
    if not access.restrictedusers:
        return Listed()
    return Listed(iprestriction=access.listed_ip or "", validuntil=access.listed_until or 0)


class Sent(Struct, frozen=True, kw_only=True):
    """How a call came, as far as that is known; a function of `""` is one that was not named."""

    function: str | None = None
    # Whether Moodle has the function, whoever answers it.
    known: bool = False
    address: str | None = None
    method: str | None = None
    in_query: bool | None = None


def of_call(call: Call, handle: str, contracts: Contracts, sent: Sent) -> Outlook:
    """Look at a token as it calls one function: every check of the gate, then the function."""
    function = sent.function
    found = access_rows.by_handle(call.session, handle, function or "")
    if found is None:
        raise MissingRecord("token", handle)
    contract = contracts(function) if function else None
    facts = replace(
        _facts(call, found, sent.address, services.functions(call.session, found.service_id)),
        function=function,
        known=sent.known,
        kind=contract.kind if contract is not None else None,
        method=sent.method,
        in_query=sent.in_query,
    )
    acting = as_holder(call, found)
    foreseen = (Seer(acting).one(contract),) if contract is not None else ()
    checks = (*explain.doors(call.site), *explain.explain(facts), _account(acting))
    return Outlook(checks=checks, functions=foreseen)


def as_holder(call: Call, access: Access) -> Call:
    """Return a call as the token's user would make it."""
    return Call(
        session=call.session,
        caller=gate.caller(access, call.site),
        site=call.site,
        now=call.now,
        origin=gate.origin(access, "", ""),
        clock=call.clock,
    )


def facts_of_access(session: Session, access: Access, site: Site, now: int) -> Facts:
    """Return what the gate knows of a token when nobody calls."""
    held = permissions.of_access(session, access, site)
    return Facts(
        now=now,
        site=site,
        access=access,
        may=explain.capabilities(session, access, held),
        prohibited_by=explain.prohibitions(session, access, held),
    )


def _facts(call: Call, access: Access, address: str | None, names: Sequence[str]) -> Facts:
    known = facts_of_access(call.session, access, call.site, call.now)
    return replace(known, address=address, without_functions=not names)


def _of_token(facts: Facts) -> Sequence[explain.Answer]:
    """Return the checks that are about the token, not about one function, and those of any."""
    return [
        answer
        for check, answer in zip(gate.CHECKS, explain.explain(facts), strict=True)
        if "function" not in check.needs or answer.state == "fail"
    ]


def _account(acting: Call) -> explain.Answer:
    """Tell whether the account can enter any place: rules of the functions, not of the gate."""
    refusal = acting.hindrance
    name = "account ready"
    if refusal is None:
        fact = f"{acting.caller.username} can enter the site"
        return explain.Answer(row="4.2", name=name, state="pass", fact=fact)
    state: Literal["fail"] = "fail"
    return explain.Answer(
        row="4.2",
        name=name,
        state=state,
        fact=refusal.reason,
        remedy=refusal.remedy,
        errorcode=refusal.errorcode or "",
    )


def _closed(site: Site) -> list[Reason]:
    return [
        Reason(level="gate", answer="no", text=f"{door.name}: {door.fact}", remedy=door.remedy)
        for door in explain.doors(site)
        if door.state == "fail"
    ]


def _foreseen(seer: Seer, name: str, contracts: Contracts, closed: list[Reason]) -> Foreseen:
    contract = contracts(name)
    if contract is None:
        text = "Coursewire does not have this function yet"
        reason = Reason(level="gate", answer="no", text=text, remedy="take it out of the service")
        return Foreseen(name=name, kind="", summary="", state="refused", reasons=(reason,))
    found = seer.one(contract)
    if not closed:
        return found
    return Foreseen(
        name=name,
        kind=found.kind,
        summary=found.summary,
        state="refused",
        reasons=(*closed, *found.reasons),
    )
