"""The documented order of checks as a model: what each probe answers where one cause holds.

Nothing here talks to a site. A world is one cause and the circumstances that change what the
probes see of it; the deduction keeps the worlds that would have answered as the site did.
"""

from collections.abc import Iterator
from itertools import product
from typing import Literal

from msgspec import Struct

from coursewire.doctor.outside.causes import CAUSES, WORKS

Probe = Literal["door", "app", "token", "again", "info", "read", "file"]
Era = Literal["namespaced", "bare", "old"]

DENIED = "accessexception"
PASSED = "invalidparameter"
OK = "ok"
UNKNOWN = "invalidtoken"
NOTHING = "filenotfound"


class World(Struct, frozen=True, kw_only=True):
    """A cause, and how the site is otherwise.

    `era`: how the site names its exceptions; before 4.0 the state of a user or token may be told
    only as a refused access. `downloads`: the service gives out files. `reads`: one of the other
    functions that are tried is in the service.
    """

    cause: str
    era: Era
    downloads: bool
    reads: bool


# What the endpoint answers before it looks at a token.
_DOOR = {
    "name-unknown": ("name-unknown",),
    "connection-refused": ("connection-refused",),
    "timed-out": ("timed-out",),
    "connection-cut": ("connection-cut", "empty"),
    "certificate": ("certificate",),
    "no-tls": ("no-tls",),
    "redirect": ("redirect",),
    "proxy-refuses": ("forbidden",),
    "too-many-requests": ("too-many-requests",),
    "no-moodle": ("html", "text", "missing", "redirect-in-site"),
    "server-fault": ("unavailable", "gateway", "server-fault", "empty"),
    "maintenance-file": ("maintenance-page", "unavailable"),
    "upgrade-running": ("upgraderunning",),
    "site-address-list": ("text", "html"),
    "web-services-off": ("closed",),
    "rest-off": ("closed",),
}
PASSING = frozenset(
    (
        "certificate", "connection-cut", "connection-refused", "forbidden", "gateway",
        "maintenance-page", "name-unknown", "no-tls", "sitemaintenance", "timed-out",
        "too-many-requests", "unavailable", "upgraderunning",
    )
)  # fmt: skip
"""What says nothing of the function that was called, only of the moment or of the way there."""

# What the endpoint answers to a token, without a function.
_TOKEN = {
    "unencrypted": "unencrypted",
    "token-unknown": UNKNOWN,
    "token-ended": UNKNOWN,
    "token-of-a-session": UNKNOWN,
    "token-expired": DENIED,
    "session-gone": DENIED,
    "token-address": DENIED,
    "maintenance": "sitemaintenance",
    "user-deleted": "wsaccessuserdeleted",
    "user-unconfirmed": "wsaccessuserunconfirmed",
    "user-suspended": "wsaccessusersuspended",
    "password-expired": "wsaccessuserexpired",
    "user-nologin": "wsaccessusernologin",
    "rest-capability": DENIED,
}
# What it answers to a function that is called, where the token is good.
_SERVICE = {
    "function-unknown": "invalidrecordunknown",
    "function-broken": "codingerror",
    "function-not-implemented": "functionnotimplemented",
    "answer-broken": "invalidresponse",
    "service-disabled": DENIED,
    "not-in-service": DENIED,
    "required-capability": DENIED,
    "not-authorised": DENIED,
    "authorisation-date": DENIED,
    "authorised-address": DENIED,
}
# The first use of such a token deletes it.
_CONSUMED = {"token-expired", "session-gone"}
# Causes that older sites may tell as a refused access without saying which.
_ONCE_DENIED = {
    "token-unknown", "token-ended", "token-of-a-session", "user-deleted", "user-unconfirmed",
    "user-suspended", "password-expired", "user-nologin",
}  # fmt: skip
_ONE_FUNCTION = {
    "not-in-service", "function-unknown", "function-broken", "function-not-implemented",
    "answer-broken",
}  # fmt: skip
# The scripts for files have an order and codes of their own, and ask for neither the protocol's
# capability nor a function.
_FILE = {
    "token-unknown": UNKNOWN,
    "token-ended": UNKNOWN,
    "user-deleted": "invalidrecordunknown",
    "maintenance": "sitemaintenance",
    "user-unconfirmed": "usernotconfirmed",
    "user-suspended": "wsaccessusersuspended",
    "user-nologin": "wsaccessusernologin",
    "password-expired": "passwordisexpired",
}
_FILE_DENIED = {
    "token-address", "service-disabled", "required-capability", "not-authorised",
    "authorised-address",
}  # fmt: skip


def everywhere() -> Iterator[World]:
    """Yield every world, the one in which nothing refuses included."""
    names = [cause.name for cause in CAUSES] + [WORKS]
    eras: tuple[Era, ...] = ("namespaced", "bare", "old")
    for name, era, downloads, reads in product(names, eras, (False, True), (False, True)):
        yield World(cause=name, era=era, downloads=downloads, reads=reads)


def of_the_site(code: str) -> tuple[str, ...]:
    """Return the causes for which a site answers no calls but this, in the order of the checks."""
    return tuple(cause.name for cause in CAUSES if code in _instead_of_answers(cause.name))


def _instead_of_answers(cause: str) -> tuple[str, ...]:
    """Return what a site answers to every call; maintenance lets it look at the token before."""
    return (_TOKEN[cause],) if cause == "maintenance" else _DOOR.get(cause, ())


def answers(world: World, probe: Probe) -> frozenset[str]:
    """Return what a probe may answer in a world; empty where it cannot be asked."""
    match probe:
        case "door":
            unknown = (UNKNOWN, DENIED) if world.era == "old" else (UNKNOWN,)
            return frozenset(_DOOR.get(world.cause, unknown))
        case "app":
            return frozenset({"enablewsdescription" if world.cause == "web-services-off" else OK})
        case "token" | "again" | "info" | "read" if world.cause in _DOOR:
            return frozenset()
        case "token":
            return _to_token(world)
        case "again":
            found = frozenset({UNKNOWN}) if world.cause in _CONSUMED else _to_token(world)
            return found | _denied_before(world) if world.cause in _CONSUMED else found
        case "info":
            return frozenset({_SERVICE.get(world.cause, OK)})
        case "read":
            refused = world.cause in _SERVICE and world.cause not in _ONE_FUNCTION
            return frozenset({DENIED if refused or not world.reads else PASSED})
        case "file":
            return _to_file(world)


def _to_token(world: World) -> frozenset[str]:
    code = _TOKEN.get(world.cause, PASSED)
    return frozenset({code}) | _denied_before(world)


def _denied_before(world: World) -> frozenset[str]:
    """Return how a site from before 4.0 may refuse what has a code of its own since."""
    vague = world.cause in _ONCE_DENIED | _CONSUMED
    return frozenset({DENIED}) if world.era == "old" and vague else frozenset()


def _to_file(world: World) -> frozenset[str]:
    if world.cause in _CONSUMED:
        return frozenset({UNKNOWN}) | _denied_before(world)
    if world.cause in _FILE:
        return frozenset({_FILE[world.cause]}) | _denied_before(world)
    found = frozenset({NOTHING if world.downloads else DENIED})
    if world.cause in _FILE_DENIED:
        return frozenset({DENIED})
    # Moodle reads this date the wrong way round on one path and the right way on the other.
    return found | {DENIED} if world.cause == "authorisation-date" else found
