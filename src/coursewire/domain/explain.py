"""Why a token works or does not: the gate's checks run to the end, each with its fact and fix."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from coursewire.contracts.errors import Refusal
from coursewire.domain import contexts, gate, gate_refusals
from coursewire.domain.contexts import Context
from coursewire.domain.gate import Check
from coursewire.domain.gate_facts import Facts
from coursewire.domain.gate_refusals import moment
from coursewire.domain.permissions import Permissions
from coursewire.domain.site import Site
from coursewire.store.access import Access
from coursewire.store.session import Session

State = Literal["pass", "fail", "unknown"]

_ASK = {
    "function": "name a function to be told",
    "address": "name the caller's address to be told",
    "method": "depends on the method that the caller uses",
    "in_query": "depends on where the caller puts the token",
}


class Answer(Struct, frozen=True, kw_only=True):
    """One check's answer for a person: its state, the fact behind it, and the smallest fix."""

    row: str
    name: str
    state: State
    fact: str
    remedy: str = ""
    errorcode: str = ""


def explain(facts: Facts) -> list[Answer]:
    """Run every check of the gate and say what each of them finds."""
    return [_answer(check, facts) for check in gate.CHECKS]


def first_known_refusal(facts: Facts) -> Refusal | None:
    """Return the first refusal of a check that looks at nothing but what is known."""
    for check in gate.CHECKS:
        if check.token and facts.access is None:
            continue
        refusal = check.test(facts)
        if refusal is not None and all(getattr(facts, need) is not None for need in check.needs):
            return refusal
    return None


def doors(site: Site) -> list[Answer]:
    """Say whether the site answers calls at all; the server asks this before it reads a token."""
    return [
        _door("web services on", is_open=site.webservices_enabled, switch="webservices on"),
        _door("REST on", is_open=site.rest_enabled, switch="protocol rest on"),
    ]


def _door(name: str, *, is_open: bool, switch: str) -> Answer:
    if is_open:
        return Answer(row="3", name=name, state="pass", fact="switched on for the site")
    fact = "switched off for the site: every call is answered with status 403"
    return Answer(row="3", name=name, state="fail", fact=fact, remedy=f"coursewire {switch}")


def capabilities(
    session: Session, access: Access, permissions: Permissions
) -> Callable[[str], bool]:
    """Return the question "may the token's user do this in the token's context?"."""

    def may(capability: str) -> bool:
        place = _place(session, access, permissions)
        return place is not None and permissions.may(capability, place)

    return may


def prohibitions(
    session: Session, access: Access, permissions: Permissions
) -> Callable[[str], Sequence[str]]:
    """Return the question "which roles prohibit this in the token's context?"."""

    def prohibited_by(capability: str) -> Sequence[str]:
        place = _place(session, access, permissions)
        return () if place is None else permissions.prohibited_by(capability, place)

    return prohibited_by


def _place(session: Session, access: Access, permissions: Permissions) -> Context | None:
    """Return the token's context."""
    system = permissions.site.system
    is_system = access.context_id == system.id
    return system if is_system else contexts.by_id(session, access.context_id)


def _answer(check: Check, facts: Facts) -> Answer:
    if check.token and facts.access is None:
        return _unknown(check, "there is no such token to look at")
    if check.name == gate.IN_SERVICE and facts.without_functions:
        # Whatever function somebody will name.
        return _failed(check, gate_refusals.empty_service(facts.held))
    refusal = check.test(facts)
    if refusal is None:
        fact = _FACTS[check.name](facts)
        return Answer(row=check.row, name=check.name, state="pass", fact=fact)
    missing = [need for need in check.needs if getattr(facts, need) is None]
    if missing:
        asked = _ASK[missing[0]]
        # Without a function the reason would speak of one that nobody named.
        told = asked if missing[0] == "function" else f"{asked}; if not: {refusal.reason}"
        return _unknown(check, told)
    return _failed(check, refusal)


def _failed(check: Check, refusal: Refusal) -> Answer:
    return Answer(
        row=check.row,
        name=check.name,
        state="fail",
        fact=refusal.reason,
        remedy=refusal.remedy,
        errorcode=refusal.errorcode or "",
    )


def _unknown(check: Check, fact: str) -> Answer:
    return Answer(row=check.row, name=check.name, state="unknown", fact=fact)


def _end(seconds: int | None) -> str:
    return f"valid until {moment(seconds)}" if seconds else "valid without an end date"


def _addresses(rules: str | None, facts: Facts) -> str:
    return f"{facts.address} is on the list {rules!r}" if rules else "any address may be used"


def _query(facts: Facts) -> str:
    if facts.held.forbid_query_tokens:
        return "the token was sent in the body"
    return "the service takes tokens in the body and in the query string"


def _maintenance(facts: Facts) -> str:
    if facts.site.maintenance:
        return f"maintenance mode is on, and {facts.held.username} may work meanwhile"
    return "maintenance mode is off"


def _restricted(facts: Facts, when_restricted: str) -> str:
    return when_restricted if facts.held.restrictedusers else "the service is open to all users"


def _required(facts: Facts) -> str:
    wanted = facts.held.requiredcapability
    if not wanted:
        return "the service asks for no capability"
    return f"{facts.held.username} has {wanted} in the token's context"


def _method(facts: Facts) -> str:
    if not facts.held.forbid_get_writes:
        return "the service lets functions write by any method"
    return "the call is sent by POST" if facts.kind == "write" else "the function only reads"


_FACTS: Mapping[str, Callable[[Facts], str]] = {
    "token known": lambda facts: f"token {facts.held.handle} of {facts.held.username}",
    gate.EXPIRED: lambda facts: _end(facts.held.validuntil),
    gate.ADDRESS: lambda facts: _addresses(facts.held.iprestriction, facts),
    "token in body": _query,
    "no maintenance": _maintenance,
    "user not deleted": lambda facts: f"{facts.held.username} is not deleted",
    "user confirmed": lambda facts: f"{facts.held.username} is confirmed",
    "user not suspended": lambda facts: f"{facts.held.username} is not suspended",
    "user may log in": lambda facts: f"{facts.held.username} logs in by {facts.held.auth}",
    "protocol capability": lambda facts: f"{facts.held.username} has {gate.REST_CAPABILITY}",
    "function named": lambda facts: f"the call names {facts.function}",
    "function known": lambda facts: f"{facts.function} is one of Moodle's functions",
    "service enabled": lambda facts: f"service {facts.held.service_name!r} is enabled",
    gate.IN_SERVICE: lambda facts: f"{facts.function} is in {facts.held.service_name!r}",
    "required capability": _required,
    "user authorised": lambda facts: _restricted(facts, f"{facts.held.username} is listed"),
    "authorisation in date": lambda facts: _restricted(facts, _end(facts.held.listed_until)),
    "authorised address": lambda facts: _restricted(facts, _addresses(facts.held.listed_ip, facts)),
    "writing by this method": _method,
    "function implemented": lambda facts: f"{facts.function} is implemented and {facts.kind}s",
}
