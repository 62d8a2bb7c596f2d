"""The part of a file that a request asks for (RFC 9110, section 14)."""

import re
from typing import NamedTuple

# Whoever asks for several parts at once gets the whole, as with anything else that is no range.
_ONE_PART = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.ASCII | re.IGNORECASE).fullmatch


class Part(NamedTuple):
    """The bytes of a file from `start` on, up to `end`, which is not one of them."""

    start: int
    end: int


class NoSuchPart(Exception):
    """The part lies behind the end of the file."""


def asked_part(header: str, size: int) -> Part | None:
    """Return the part of a file of `size` bytes that a Range header asks for; None: all of it.

    Raises NoSuchPart.
    """
    found = _ONE_PART(header)
    if found is None or found[0].endswith("=-"):
        return None
    first, last = found[1], found[2]
    if first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last) + 1, size) if first and last else size
    if start >= size:
        raise NoSuchPart
    return Part(start, end)
