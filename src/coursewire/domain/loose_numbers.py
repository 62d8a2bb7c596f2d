"""Whole numbers in texts that may hold anything: what a text begins with counts."""

import re

_LARGEST = 2**63 - 1
_WHOLE_NUMBER = re.compile(r"\s*([+-]?\d{1,30})")


def whole_number(text: str) -> int:
    """Return the number that a text begins with, 0 without one, as PHP reads it."""
    found = _WHOLE_NUMBER.match(text)
    return max(-_LARGEST, min(int(found[1]), _LARGEST)) if found else 0
