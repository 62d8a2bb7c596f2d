"""From an error code back to the checks that answer with it: what a refusal may have been."""

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from coursewire.contracts import error_codes
from coursewire.domain import gate

# Bodies in JSON, those of `login/token.php` and of the AJAX entry among them, and in XML.
_CODE = re.compile(
    r'"errorcode"\s*:\s*"([\w/]{1,100})"|<ERRORCODE>\s*([\w/]{1,100})\s*<', re.IGNORECASE
)
_REQUEST = re.compile(r"(?:coursewire-request:\s*)?([0-9a-f]{12}-[0-9a-f]{1,16})", re.IGNORECASE)
_BARE = re.compile(r"[a-z][\w/]{2,99}", re.IGNORECASE)


class Cause(Struct, frozen=True):
    """One thing that may be behind a code: the check that says so, and what it looks at."""

    check: str
    meaning: str


_DENIED = (
    Cause("token in date", "The token's end date has passed."),
    Cause("token address", "The caller's address is not in the token's IP restriction."),
    Cause("token in body", "The service takes tokens in the body only; this one was in the query."),
    Cause("protocol capability", "The account lacks webservice/rest:use, so it may not use REST."),
    Cause("service enabled", "The token's service is disabled."),
    Cause("function in service", "The function is not in the token's service."),
    Cause("required capability", "The account lacks the capability that the service asks for."),
    Cause(
        "user authorised", "The service is for authorised users only; the account is not listed."
    ),
    Cause("authorisation in date", "The account's authorisation for the service has ended."),
    Cause("authorised address", "The caller's address is not in the authorised user's list."),
    Cause("writing by this method", "The service forbids functions that write by GET."),
)
ACCOUNT = Cause(
    "account ready",
    "The account can enter no place: it must change its password, complete its profile or agree to "
    "the policy of the site first.",
)
CAUSES: Mapping[str, tuple[Cause, ...]] = {
    "accessexception": _DENIED,
    "invalidtoken": (
        Cause("token known", "The token is unknown: mistyped, revoked, disabled, or long expired."),
    ),
    "sitemaintenance": (Cause("no maintenance", "The site is in maintenance mode."),),
    "wsaccessuserdeleted": (Cause("user not deleted", "The token's account was deleted."),),
    "wsaccessuserunconfirmed": (Cause("user confirmed", "The token's account is unconfirmed."),),
    "wsaccessusersuspended": (Cause("user not suspended", "The token's account is suspended."),),
    "wsaccessusernologin": (Cause("user may log in", "The token's account may not log in."),),
    "invalidparameter": (
        Cause("function named", "The request names no function (wsfunction)."),
        Cause("", "A parameter is missing, unknown or of the wrong type; `debuginfo` says which."),
    ),
    "invalidrecordunknown": (
        Cause("function known", "No function has this name; upper and lower case count."),
        Cause("", "Something that a parameter names does not exist."),
    ),
    "functionnotimplemented": (
        Cause("function implemented", "It is one of Moodle's functions that this server lacks."),
    ),
    "toomanyrequests": (
        Cause(
            "rate",
            "The caller made more calls than its rate allows; it should wait and go on, or "
            "`coursewire token edit` gives the token another rate.",
        ),
    ),
    "errorcoursecontextnotvalid": (
        ACCOUNT,
        Cause("", "The account cannot enter the course that the call names."),
    ),
    "requireloginerror": (
        ACCOUNT,
        Cause("", "The account is not enrolled in the course, or the course is hidden."),
    ),
    "forcepasswordchangenotice": (ACCOUNT,),
    "nopasswordchangeforced": (ACCOUNT,),
    "usernotfullysetup": (ACCOUNT,),
    "sitepolicynotagreed": (ACCOUNT,),
    "closed": (
        Cause("web services on", "Web services are switched off for the site."),
        Cause("REST on", "The REST protocol is switched off for the site."),
    ),
}
_OF_FUNCTIONS: Mapping[str, str] = {
    "nopermissions": "The account lacks a capability; the message names it.",
    "dmlwriteexception": "The database refused a value: too long, or there already.",
    "invalidlogin": "User name or password is wrong, or the account is locked for this network.",
}
_OF_THE_GATE = frozenset(check.name for check in gate.CHECKS)
_ELSE = "The gate let the call through; the function itself refused it, and its message says why."


def code_of(text: str) -> str:
    """Return the error code of an answer's body, or a bare code; '' when there is none."""
    found = _CODE.search(text)
    if found:
        return (found[1] or found[2]).lower()
    bare = text.strip()
    return bare.lower() if _BARE.fullmatch(bare) else ""


def request_of(text: str) -> str:
    """Return the request id that a text is, with or without the name of its header; or ''."""
    found = _REQUEST.fullmatch(text.strip())
    return found[1].lower() if found else ""


def behind_the_gate(causes: Iterable[Cause], code: str) -> tuple[Cause, ...]:
    """Return what may have refused a call that the gate let through."""
    found = tuple(each for each in causes if each.check not in _OF_THE_GATE)
    return found or (Cause("", _meaning(code)),)


def of_code(code: str) -> tuple[Cause, ...]:
    """Return what may be behind a code; something is always said."""
    return CAUSES.get(code) or (Cause("", _meaning(code)),)


def _meaning(code: str) -> str:
    return _OF_FUNCTIONS.get(code) or error_codes.MEANINGS.get(code, _ELSE)
