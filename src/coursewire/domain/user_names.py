"""User names as they may be, and the names that people go by."""

import re
from collections.abc import Callable
from typing import Protocol

from coursewire.contracts.errors import MoodleError
from coursewire.domain.site import Site
from coursewire.domain.text_limits import trimmed

_PLAIN = re.compile(r"[a-z0-9@._-]*")
_FOREIGN = re.compile(r"[^a-z0-9@._-]")
# What no user name may have even where the site allows every other character.
_NEVER = re.compile(r"[\x00-\x1f\x7f]")
_PLACES = (
    "firstnamephonetic",
    "lastnamephonetic",
    "firstname",
    "lastname",
    "middlename",
    "alternatename",
)


class Named(Protocol):
    """Whoever has the parts of a name."""

    @property
    def firstname(self) -> str: ...
    @property
    def lastname(self) -> str: ...
    @property
    def firstnamephonetic(self) -> str: ...
    @property
    def lastnamephonetic(self) -> str: ...
    @property
    def middlename(self) -> str: ...
    @property
    def alternatename(self) -> str: ...


def cleaned(username: str, *, extended: bool) -> str:
    """Return a user name as Moodle reads it: trimmed, in lower case, without foreign signs."""
    name = trimmed(username).lower()
    return name if extended else _FOREIGN.sub("", name)


def require_username(username: str, site: Site) -> None:
    """Refuse a user name with capitals or with characters that it may not have."""
    if username != username.lower():
        message = f"The user name {username!r} must be in lower case"
        raise MoodleError("usernamelowercase", message)
    if site.extendedusernamechars:
        if trimmed(username) != username or _NEVER.search(username):
            message = f"The user name {username!r} has blanks around it or control characters in it"
            raise MoodleError("invalidusername", message)
    elif not _PLAIN.fullmatch(username):
        message = f"The user name {username!r} may only have lower-case letters, digits and - _ . @"
        raise MoodleError("invalidusername", message)


def fullname(named: Named, site: Site) -> str:
    """Return a person's whole name in the site's order."""
    return naming(site)(named)


def naming(site: Site) -> Callable[[Named], str]:
    """Return what writes whole names in the site's order: first and last name if it has none.

    The order is a text with names of name fields in it, such as `lastname, firstname`.
    """
    order = site.settings["fullnamedisplay"]
    if order == "language" or not isinstance(order, str):
        return _in_usual_order
    return lambda named: _in_order(named, order)


def _in_usual_order(named: Named) -> str:
    return f"{named.firstname} {named.lastname}"


def _in_order(named: Named, order: str) -> str:
    shown = re.sub("|".join(_PLACES), lambda place: getattr(named, place[0]), order)
    return " ".join(shown.split())


def shows(site: Site, field: str) -> bool:
    """Tell whether the site's order of names lets everybody see a field of the name."""
    order = str(site.settings["fullnamedisplay"])
    return order == "language" or re.search(rf"\b{field}\b", order) is not None
