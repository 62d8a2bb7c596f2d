"""Whole numbers in texts that may hold anything: what a text begins with counts."""

import re

_LARGEST = 2**63 - 1
# Digits and blanks of other scripts are none; a fraction is cut off, a power of ten is not.
_NUMBER = re.compile(r"[ \t\n\r\v\f]*([+-]?[0-9]{1,30})(?:(\.[0-9]{0,30})?([eE][+-]?[0-9]{1,3}))?")


def whole_number(text: str) -> int:
    """Return the number that a text begins with, 0 without one, as PHP reads it."""
    found = _NUMBER.match(text)
    if found is None:
        return 0
    digits, fraction, power = found.groups()
    if power is None:
        return _bounded(int(digits))
    return _bounded(float(f"{digits}{fraction or ''}{power}"))


def _bounded(number: float) -> int:
    return int(max(-_LARGEST, min(number, _LARGEST)))
