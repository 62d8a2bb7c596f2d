"""The ordered checks between a token and a function; the order is the protocol's (section 3.3).

The server stops at the first refusal; `explain.py` runs the same list to its end and shows every
answer, so an explanation cannot disagree with the server. Rows of the protocol that have no check
here: 0 to 4 come before a token is looked at; 7 and 13 cannot arise, since tokens are not bound to
browser sessions and passwords have no age; 18 cannot arise, since a function that cannot be loaded
stops the start.
"""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from coursewire.contracts.errors import Refusal
from coursewire.domain import gate_refusals as refuse
from coursewire.domain.address_rules import allowed
from coursewire.domain.addresses import UNKNOWN
from coursewire.domain.call import Caller, Origin
from coursewire.domain.gate_facts import Facts
from coursewire.domain.site import Site
from coursewire.store.access import Access

REST_CAPABILITY = "webservice/rest:use"
MAINTENANCE_CAPABILITY = "moodle/site:maintenanceaccess"
# The way of logging in that shuts an account.
NO_LOGIN = "nologin"

# Not a check of the gate: the switches of the site, which the server asks before it reads a token.
DOORS = "protocol enabled"
EXPIRED = "token in date"
ADDRESS = "token address"
MAINTENANCE = "no maintenance"
IN_SERVICE = "function in service"
IN_BODY = "token in body"
BY_METHOD = "writing by this method"


class Check(Struct, frozen=True):
    """One check: the protocol's row, what must hold, and the test that returns a refusal or None.

    `needs` names the facts that may be missing in an explanation; a check with `token=False` can
    be answered without a token.
    """

    row: str
    name: str
    test: Callable[[Facts], Refusal | None]
    needs: tuple[Literal["function", "address", "method", "in_query"], ...] = ()
    token: bool = True


class Failed(Struct, frozen=True):
    """The first check that refused; `used` tells whether the call counts as a use of the token."""

    check: Check
    refusal: Refusal
    used: bool


def _token_known(facts: Facts) -> Refusal | None:
    if facts.access is None:
        return refuse.unknown_token(facts.token)
    return refuse.dead_token(facts.access)


def _token_in_date(facts: Facts) -> Refusal | None:
    end = facts.held.validuntil
    return refuse.expired(facts.held) if end and facts.now > end else None


def _token_address(facts: Facts) -> Refusal | None:
    access, client = facts.held, facts.address or UNKNOWN
    if allowed(access.iprestriction, client):
        return None
    return refuse.address(client, access.iprestriction, f"token {access.handle}")


def _token_not_in_query(facts: Facts) -> Refusal | None:
    if facts.held.forbid_query_tokens and facts.in_query is not False:
        return refuse.token_in_query(facts.held)
    return None


def _maintenance(facts: Facts) -> Refusal | None:
    if facts.site.maintenance and not facts.may(MAINTENANCE_CAPABILITY):
        return refuse.maintenance(facts.held)
    return None


def _user_not_deleted(facts: Facts) -> Refusal | None:
    return refuse.user_deleted(facts.held) if facts.held.deleted else None


def _user_confirmed(facts: Facts) -> Refusal | None:
    return None if facts.held.confirmed else refuse.user_unconfirmed(facts.held)


def _user_not_suspended(facts: Facts) -> Refusal | None:
    return refuse.user_suspended(facts.held) if facts.held.suspended else None


def _user_may_log_in(facts: Facts) -> Refusal | None:
    return refuse.user_nologin(facts.held) if facts.held.auth == NO_LOGIN else None


def _protocol_capability(facts: Facts) -> Refusal | None:
    if facts.may(REST_CAPABILITY):
        return None
    return refuse.capability(facts.held, REST_CAPABILITY, facts.prohibited_by(REST_CAPABILITY))


def _function_named(facts: Facts) -> Refusal | None:
    return refuse.no_function() if facts.function in (None, "", "0") else None


def _function_known(facts: Facts) -> Refusal | None:
    return None if facts.known else refuse.unknown_function(facts.function or "")


def _service_enabled(facts: Facts) -> Refusal | None:
    return None if facts.held.service_enabled else refuse.service_disabled(facts.held)


def _function_in_service(facts: Facts) -> Refusal | None:
    if facts.held.in_service:
        return None
    return refuse.not_in_service(
        facts.held, facts.function or "", answered=facts.kind is not None or not facts.function
    )


def _required_capability(facts: Facts) -> Refusal | None:
    wanted = facts.held.requiredcapability
    if not wanted or facts.may(wanted):
        return None
    return refuse.capability(facts.held, wanted, facts.prohibited_by(wanted))


def _user_authorised(facts: Facts) -> Refusal | None:
    access = facts.held
    return refuse.not_authorised(access) if access.restrictedusers and not access.listed else None


def _authorisation_in_date(facts: Facts) -> Refusal | None:
    # Moodle compares the wrong way round here; we keep to the meaning of the date (D3).
    end = facts.held.listed_until
    if facts.held.restrictedusers and end and facts.now > end:
        return refuse.authorisation_ended(facts.held, end)
    return None


def _authorised_address(facts: Facts) -> Refusal | None:
    access, client = facts.held, facts.address or UNKNOWN
    rules = access.listed_ip or ""
    if not access.restrictedusers or allowed(rules, client):
        return None
    return refuse.address(client, rules, f"authorised user {access.username}")


def _method_allowed(facts: Facts) -> Refusal | None:
    writes = facts.kind == "write" or facts.function is None
    if facts.held.forbid_get_writes and writes and facts.method != "POST":
        return refuse.write_by_get(facts.held, facts.function or "", facts.method or "GET")
    return None


def _function_implemented(facts: Facts) -> Refusal | None:
    if facts.kind is not None:
        return None
    name = facts.function or ""
    return refuse.not_implemented(name) if facts.known else refuse.unknown_function(name)


CHECKS: tuple[Check, ...] = (
    Check("5", "token known", _token_known, token=False),
    Check("6", EXPIRED, _token_in_date),
    Check("8", ADDRESS, _token_address, ("address",)),
    # From here on the call counts as a use of the token, even if a later check refuses it.
    Check("8", IN_BODY, _token_not_in_query, ("in_query",)),
    Check("9", MAINTENANCE, _maintenance),
    Check("10", "user not deleted", _user_not_deleted),
    Check("11", "user confirmed", _user_confirmed),
    Check("12", "user not suspended", _user_not_suspended),
    Check("14", "user may log in", _user_may_log_in),
    Check("15", "protocol capability", _protocol_capability),
    Check("16", "function named", _function_named, ("function",), token=False),
    Check("17", "function known", _function_known, ("function",), token=False),
    Check("19", "service enabled", _service_enabled),
    Check("19", IN_SERVICE, _function_in_service, ("function",)),
    Check("19", "required capability", _required_capability),
    Check("19", "user authorised", _user_authorised),
    Check("19", "authorisation in date", _authorisation_in_date),
    Check("19", "authorised address", _authorised_address, ("address",)),
    Check("19", BY_METHOD, _method_allowed, ("function", "method")),
    Check("after 19", "function implemented", _function_implemented, ("function",), token=False),
)
NEVER = float("inf")
# Of an access's memory.
_CALLER = "caller"
_BEFORE_USE = frozenset({CHECKS[0].name, EXPIRED, ADDRESS})


def first_refusal(facts: Facts) -> Failed | None:
    """Return the first check that refuses, or None when the call may go on."""
    if facts.access is None:
        return Failed(CHECKS[0], refuse.unknown_token(facts.token), used=False)
    for check in CHECKS:
        refusal = check.test(facts)
        if refusal is not None:
            return Failed(check, refusal, used=check.name not in _BEFORE_USE)
    return None


def passes_until(access: Access) -> float:
    """Return the last second at which a request passes that passes now, if nothing is changed."""
    ends = (access.validuntil, access.listed_until if access.restrictedusers else 0)
    return min((end for end in ends if end), default=NEVER)


def caller(access: Access, site: Site) -> Caller:
    """Return the acting user whom the gate let in."""
    found: Caller | None = access.memory.get(_CALLER)
    if found is None:
        found = access.memory[_CALLER] = Caller(
            id=access.user_id,
            username=access.username,
            auth=access.auth,
            is_admin=access.user_id in site.admin_ids,
            is_guest=access.user_id == site.guest_id,
        )
    return found


def origin(access: Access, request_id: str, address: str) -> Origin:
    """Return where a call by token came from."""
    return Origin(
        request_id=request_id,
        token_handle=access.handle,
        address=address,
        service_id=access.service_id,
        context_path=access.context_path,
        access=access,
    )
