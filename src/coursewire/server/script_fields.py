"""The fields of requests to the scripts beside REST, cleaned as these scripts clean them."""

import re

from coursewire.contracts.errors import CodingError, MoodleError
from coursewire.wire.form import Tree

_NOT_IN_TOKENS = re.compile("[^A-Za-z0-9]")
_LEADING_NUMBER = re.compile(r"\s*\+?([0-9]{1,15})(?![0-9])")


def text(tree: Tree, name: str, otherwise: str | None = None) -> str:
    """Return a field; one that is missing is refused unless something stands in for it."""
    value = tree.get(name, otherwise)
    if value is None:
        message = f"A required parameter ({name}) was missing"
        raise MoodleError("missingparam", message, reason=f"the field {name} is missing")
    if not isinstance(value, str):
        raise CodingError(f"the field {name} is a list")
    return value


def token(tree: Tree) -> str:
    """Return the token, without the signs that no token has."""
    return _NOT_IN_TOKENS.sub("", text(tree, "token"))


def number(tree: Tree, name: str) -> int:
    """Return the number that a field begins with, 0 where it begins with none."""
    found = _LEADING_NUMBER.match(text(tree, name, "0"))
    return int(found[1]) if found else 0
