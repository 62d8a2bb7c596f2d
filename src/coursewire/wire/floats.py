"""Floating-point numbers as PHP writes them."""

from decimal import Decimal
from math import copysign

from msgspec import Raw

# PHP changes to the form with an exponent beyond these positions of the decimal point.
_JSON_DIGITS = 17
_TEXT_DIGITS = 14
_SMALLEST_POINT = -3
# Between these msgspec writes the same digits, but for the `.0` of a whole number.
_ALIKE_FROM = 1e-3
_ALIKE_BELOW = 1e15


def json_value(number: float) -> int | float | Raw:
    """Return what msgspec writes as json_encode writes a finite number; most need no formatting."""
    if _ALIKE_FROM <= abs(number) < _ALIKE_BELOW:
        return int(number) if number.is_integer() else number
    if number == 0 and copysign(1, number) > 0:
        return 0
    return Raw(json_float(number).encode())


def json_float(number: float) -> str:
    """Write a finite number as json_encode does: the shortest digits that read back the same."""
    return _written(Decimal(repr(number)), _JSON_DIGITS, "e")


def text_float(number: float) -> str:
    """Write a number as a text conversion does: at most 14 digits; infinity has a name."""
    rounded = Decimal(f"{number:.{_TEXT_DIGITS - 1}e}")
    if not rounded.is_finite():
        return str(number).upper()
    return _written(rounded.normalize(), _TEXT_DIGITS, "E")


def _written(number: Decimal, digits: int, exponent: str) -> str:
    sign, figures, power = number.as_tuple()
    text = "".join(map(str, figures)).rstrip("0") or "0"
    # `point` is where the decimal point stands, counted from before the first figure.
    point = len(figures) + int(power) if text != "0" else 1
    if not _SMALLEST_POINT <= point <= digits:
        mantissa = f"{text[0]}.{text[1:] or '0'}"
        text = f"{mantissa}{exponent}{point - 1:+d}"
    elif point <= 0:
        text = f"0.{'0' * -point}{text}"
    else:
        fraction = text[point:]
        text = text[:point].ljust(point, "0") + (f".{fraction}" if fraction else "")
    return f"-{text}" if sign else text
