"""The fields of requests to the scripts beside REST, cleaned as these scripts clean them."""

import re

from coursewire.domain.script_fields import text
from coursewire.wire.form import Tree

# The field of the token.
CREDENTIAL = "token"
_NOT_IN_TOKENS = re.compile("[^A-Za-z0-9]")
_LEADING_NUMBER = re.compile(r"\s*\+?([0-9]{1,15})(?![0-9])")


def token(tree: Tree) -> str:
    """Return the token, without the signs that no token has."""
    return _NOT_IN_TOKENS.sub("", text(tree, CREDENTIAL))


def number(tree: Tree, name: str) -> int:
    """Return the number that a field begins with, 0 where it begins with none."""
    found = _LEADING_NUMBER.match(text(tree, name, "0"))
    return int(found[1]) if found else 0
