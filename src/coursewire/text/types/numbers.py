"""The scalar types that are not texts: what they admit as text, and the value it stands for."""

import re

_LONGEST_INTEGER = 20  # 19 digits and a sign; longer ones are not even converted (IN-4)
LARGEST_INTEGER = 2**63 - 1
LEAST_INTEGER = -LARGEST_INTEGER
_LONGEST_FLOAT = 64

_FLOAT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?").fullmatch
_BOOLEANS = {"0": False, "1": True}
PERMISSIONS = {"0": 0, "1": 1, "-1": -1, "-1000": -1000}


def integer(text: str) -> int | None:
    """Return the integer that `text` writes in canonical decimal form."""
    if len(text) > _LONGEST_INTEGER:
        return None
    try:
        number = int(text)
    except ValueError:
        return None
    return number if str(number) == text and fits(number) else None


def integers(texts: list[str]) -> list[int] | None:
    """Return the integers that all of the texts write in canonical decimal form; None: not all."""
    if max(map(len, texts), default=0) > _LONGEST_INTEGER:
        return None
    try:
        numbers = list(map(int, texts))
    except ValueError:
        return None
    if list(map(str, numbers)) != texts:
        return None
    return numbers if fits(min(numbers, default=0)) and fits(max(numbers, default=0)) else None


def fits(number: int) -> bool:
    """Whether an integer is one for PHP and for the database."""
    return LEAST_INTEGER <= number <= LARGEST_INTEGER


def decimal(text: str) -> float | None:
    """Return the number that `text` writes in any of PHP's forms; too large is infinite."""
    return float(text) if len(text) <= _LONGEST_FLOAT and _FLOAT(text) else None


def boolean(text: str) -> bool | None:
    """Return the truth value; only `0` and `1` are one."""
    return _BOOLEANS.get(text)


def permission(text: str) -> int | None:
    """Return the number of a permission: inherit, allow, prevent or prohibit."""
    return PERMISSIONS.get(text)
