"""Whole numbers in texts that may hold anything: what a text begins with counts."""

import math
import re

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
# Digits and blanks of other scripts are none.
_BLANKS = r"[ \t\n\r\v\f]*"
_INTEGER = re.compile(rf"{_BLANKS}([+-]?[0-9]{{1,19}})(?![0-9.eE])")
_WRITTEN = rf"{_BLANKS}[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_NUMBER = re.compile(_WRITTEN)
_is_number = re.compile(rf"{_WRITTEN}{_BLANKS}").fullmatch
# So many digits are no number that is too large.
_FEW = 18


def whole_number(text: str) -> int:
    """Return the number that a text begins with, 0 without one, as PHP reads it.

    What is too large becomes the largest number, but what no computer can hold becomes 0.
    """
    if _is_plain(text):
        return int(text)
    integer = _INTEGER.match(text)
    if integer is not None:
        return _bounded(int(integer[1]))
    found = _NUMBER.match(text)
    number = 0.0 if found is None else float(found[0])
    return _bounded(int(number)) if math.isfinite(number) else 0


def is_number(text: str) -> bool:
    """Tell whether a text is a number and nothing else, blanks around it aside."""
    return _is_number(text) is not None


def is_whole_number(text: str) -> bool:
    """Tell whether a text is a whole number, however it is written: `007`, `7.0` and `.7e1` are."""
    return _is_plain(text) or (is_number(text) and float(text) == float(whole_number(text)))


def _is_plain(text: str) -> bool:
    """Tell whether a text is digits alone, as nearly all of them are."""
    return len(text) <= _FEW and text.isascii() and text.isdecimal()


def _bounded(number: int) -> int:
    return max(_SMALLEST, min(number, _LARGEST))
