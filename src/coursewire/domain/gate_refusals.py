"""What the gate's refusals say: the code for the wire, the exact reason, and the smallest fix.

Reason and remedy are for the log, the console and `coursewire token check`; the wire gets only the
code and a general text, so it tells neither lists nor dates (IP-6).
"""

from collections.abc import Sequence

from coursewire.contracts.errors import (
    AccessDenied,
    InvalidParameter,
    MissingRecord,
    MoodleError,
    Refusal,
)
from coursewire.domain import address_rules
from coursewire.store.access import Access
from coursewire.text import times
from coursewire.text.counted import counted, some

ANEW = "issue a new token"


def moment(seconds: int) -> str:
    """Write a time for a person."""
    return times.written(seconds, "%Y-%m-%d %H:%M:%S UTC")


def unknown_token(token: str | None) -> Refusal:
    """No token, or none that is known."""
    if not token:
        return _invalid_token(
            "no token was sent, or it was sent as a list",
            "send the field wstoken in the form body",
        )
    return _invalid_token(
        f"no token has this value ({counted(len(token), 'character')})",
        "compare with the value that was shown when the token was issued, or issue a new one",
    )


def dead_token(access: Access) -> Refusal | None:
    """Refuse a token that was revoked or disabled, or whose holder was told that it ended."""
    if access.revoked:
        why = access.revoked_reason or "revoked"
        reason = f"token {access.handle} was revoked on {moment(access.revoked)}: {why}"
        return _invalid_token(reason, ANEW)
    if access.expired_seen:
        reason = f"token {access.handle} ended on {moment(access.validuntil)}; its holder was told"
        return _invalid_token(reason, ANEW)
    if access.disabled:
        reason = f"token {access.handle} was disabled on {moment(access.disabled)}"
        return _invalid_token(reason, "enable the token again")
    return None


def _invalid_token(reason: str, remedy: str) -> Refusal:
    return MoodleError("invalidtoken", "The token was not found", reason=reason, remedy=remedy)


def expired(access: Access) -> Refusal:
    """The end date has passed."""
    # Once its holder was told, it stays at that.
    later = "" if access.expired_seen else "set a later end date, or "
    reason = f"token {access.handle} was valid until {moment(access.validuntil)}"
    return AccessDenied(reason, remedy=f"{later}{ANEW}")


def address(client: str, rules: str, whose: str) -> Refusal:
    """The client's address is not on a list."""
    known = f"the address {client}" if client else "an address that is not known"
    fix = f"add {client} to the list" if client else "let the proxy send the client's address"
    if client and not address_rules.added(rules, client):
        fix = f"the list is full: {address_rules.SHORTER}, and {fix}"
    return AccessDenied(f"{known} is not on the list of {whose}: {rules!r}", remedy=fix)


def token_in_query(access: Access) -> Refusal:
    """The service takes tokens in the body only (TOK-10)."""
    return AccessDenied(
        f"service {access.service_name!r} forbids tokens in the query string",
        remedy="send wstoken in the form body, or allow query tokens for the service",
    )


def maintenance(access: Access) -> Refusal:
    """The site is being worked on."""
    return MoodleError(
        "sitemaintenance",
        "The site is undergoing maintenance and is not available at present",
        reason=f"maintenance mode is on, and {access.username} may not work meanwhile",
        remedy="end maintenance mode",
    )


def user_deleted(access: Access) -> Refusal:
    """The token's user was deleted."""
    return _user(access, "wsaccessuserdeleted", "is deleted", "issue a token for another user")


def user_unconfirmed(access: Access) -> Refusal:
    """The token's user has not confirmed the account."""
    return _user(access, "wsaccessuserunconfirmed", "is not confirmed", "confirm the account")


def user_suspended(access: Access) -> Refusal:
    """The token's user is suspended."""
    return _user(access, "wsaccessusersuspended", "is suspended", "lift the suspension")


def user_nologin(access: Access) -> Refusal:
    """The token's user may not log in in any way."""
    return _user(
        access,
        "wsaccessusernologin",
        "may not log in",
        "give the account another authentication method than nologin",
    )


def _user(access: Access, code: str, state: str, remedy: str) -> Refusal:
    text = f"The account {access.username} {state}"
    return MoodleError(
        code, text, reason=f"the token's user {access.username} {state}", remedy=remedy
    )


def capability(access: Access, name: str, prohibited_by: Sequence[str] = ()) -> Refusal:
    """The token's user lacks a capability that the protocol or the service asks for."""
    reason = f"{access.username} lacks {name} in the token's context ({access.context_path})"
    if prohibited_by:
        return AccessDenied(f"{reason}{prohibition(prohibited_by)}", remedy=lifting(prohibited_by))
    remedy = f"allow {name} in a role that {access.username} holds there"
    return AccessDenied(reason, remedy=remedy)


def prohibition(roles: Sequence[str]) -> str:
    """Say which roles prohibit something, after what is missing; nothing where none does."""
    return f": prohibited by the role {some(roles)}" if roles else ""


def lifting(roles: Sequence[str]) -> str:
    """Say what helps against a prohibition."""
    return f"take the prohibition out of the role {some(roles)}: no other role lifts it"


def no_function() -> Refusal:
    """The request names no function."""
    return InvalidParameter("wsfunction is missing", remedy="send the field wsfunction")


def unknown_function(name: str) -> Refusal:
    """Moodle has no function of this name."""
    refusal = MissingRecord("function", name)
    refusal.remedy = "compare the name with `coursewire functions`; upper and lower case count"
    return refusal


def service_disabled(access: Access) -> Refusal:
    """The service is off."""
    return AccessDenied(f"service {access.service_name!r} is disabled", remedy="enable the service")


def not_in_service(access: Access, function: str, *, answered: bool) -> Refusal:
    """The service does not hold the function, which may be one that nobody answers."""
    name = function or "the function"
    remedy = f"add {name} to the service" if answered else f"do without {name}: it is not here yet"
    return AccessDenied(f"{name} is not in service {access.service_name!r}", remedy=remedy)


def empty_service(access: Access) -> Refusal:
    """The service holds no function, whichever one is asked for."""
    return AccessDenied(
        f"service {access.service_name!r} has no functions: its tokens can call nothing",
        remedy="add the functions that the token is for to the service",
    )


def not_authorised(access: Access) -> Refusal:
    """The service is for listed users only."""
    return AccessDenied(
        f"service {access.service_name!r} is for authorised users only, and {access.username} "
        "is not listed",
        remedy=f"add {access.username} to the authorised users of the service",
    )


def authorisation_ended(access: Access, until: int) -> Refusal:
    """The user's authorisation for the service has ended."""
    return AccessDenied(
        f"{access.username} was authorised for service {access.service_name!r} until "
        f"{moment(until)}",
        remedy="set a later date for the authorised user",
    )


def write_by_get(access: Access, function: str, method: str) -> Refusal:
    """The service takes changes by POST only (NET-9)."""
    return AccessDenied(
        f"service {access.service_name!r} forbids functions that write by {method}: {function}",
        remedy="send the call by POST, or allow writing by GET for the service",
    )


def not_implemented(function: str) -> Refusal:
    """Moodle has the function, Coursewire not yet."""
    return MoodleError(
        "functionnotimplemented",
        "This server does not have the function yet",
        reason=f"{function or 'the function'} is one of Moodle's, but not implemented here",
        remedy="`coursewire functions` lists what is implemented",
    )
