"""Ids that come as text, because the same field may hold a name instead."""

import re

# The white space that the reference's database passes over around a number.
_WRITTEN = re.compile(r"[ \t\n\v\f\r]*([+-]?[0-9]+)[ \t\n\v\f\r]*", re.ASCII)
_LONGEST = 64
_LARGEST = 2**63 - 1


def number(text: str) -> int | None:
    """Return the id that a text stands for, None where it is no number that an id can be."""
    found = _WRITTEN.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    value = int(found[1])
    return value if -_LARGEST <= value <= _LARGEST else None
