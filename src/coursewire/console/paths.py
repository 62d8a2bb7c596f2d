"""Which paths a redirect may lead to: absolute ones of this site and nothing else (WEB-6)."""

import re
from urllib.parse import quote, urlencode

HOME = "/console/"
SIGN_IN = "/console/sign-in"
# Letters, digits and the signs that paths and queries of ours hold: no backslash, no control
# character, no second slash at the beginning, nothing that a browser strips or rewrites.
_OURS = re.compile(
    r"/console/(?:[\w.~!$&'()*+,;=:@%-]+/?)*(?:\?[\w.~!$&'()*+,;=:@%/?-]*)?", re.ASCII
)


def is_ours(path: str) -> bool:
    """Tell whether a text is a path of the console, and one that a browser reads as such."""
    if not _OURS.fullmatch(path) or len(path) > 2048:
        return False
    lowered = path.lower()
    steps = lowered.partition("?")[0].split("/")
    if "." in steps or ".." in steps:
        return False
    return "%2e" not in lowered and "%2f" not in lowered and "%5c" not in lowered


def safe(path: str, otherwise: str = HOME) -> str:
    """Return a path that came with a request if it is one of ours, else another."""
    return path if is_ours(path) else otherwise


def with_query(path: str, /, **values: object) -> str:
    """Return a path with a query of those values that are neither None nor empty."""
    given = {name: str(value) for name, value in values.items() if value not in (None, "")}
    return f"{path}?{urlencode(given, quote_via=quote)}" if given else path


def of_list(target: str) -> str:
    """Return the page above the file of a list, narrowed alike."""
    path, mark, query = target.partition("?")
    return f"{path.removesuffix('/csv')}{mark}{query}"


def sign_in(then: str, *, unsent: bool = False) -> str:
    """Return the way to the sign-in page, and from there back; `unsent` where a form was lost."""
    back = then if is_ours(then) and then != HOME else None
    return with_query(SIGN_IN, next=back, unsent=1 if unsent else None)
