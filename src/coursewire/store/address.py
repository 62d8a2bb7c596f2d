"""What is secret in the address of a database, and how the address is shown (OPS-4)."""

import re
from urllib.parse import unquote_plus

# As SQLAlchemy takes an address apart: a password may hold `/`, `?` and `#`, at which the standard
# library ends the part with the user. A bare @ in it is a slip, and all of it is masked.
_USER_PART = re.compile(r"([\w+]+://[^:/]*:)([^@]*(?:@[^/?]*(?=@))?)(?=@)")
_IN_QUERY = re.compile(r"(?<=[?&])([^=&]+)=([^&]+)")
# Those of libpq's keywords that take secrets, and the driver's own, which takes a whole address.
# The driver joins keys and values to one text, so one may hide between blanks in another's name.
_SECRET = re.compile(r"password|secret|scram_\w+_key|conninfo", re.IGNORECASE)
_MASK = "***"


def holds_secret(address: str) -> bool:
    """Tell whether an address holds a password, before the host or behind the question mark."""
    user = _USER_PART.match(address)
    if user and user[2]:
        return True
    return any(_is_secret(pair[1]) for pair in _IN_QUERY.finditer(address))


def masked(address: str) -> str:
    """Return an address without its secrets, to be shown."""
    without = _USER_PART.sub(lambda user: user[1] + (user[2] and _MASK), address, count=1)
    return _IN_QUERY.sub(_masked_pair, without)


def _masked_pair(pair: re.Match[str]) -> str:
    return f"{pair[1]}={_MASK}" if _is_secret(pair[1]) else pair[0]


def _is_secret(key: str) -> bool:
    return bool(_SECRET.search(unquote_plus(key)))
