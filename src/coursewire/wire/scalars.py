"""Reads single values of parameters: texts of forms, and native values of JSON."""

import math
from collections.abc import Callable, Collection
from typing import TypeVar, cast

from msgspec import Struct

from coursewire.contracts.tree import Node, Scalar
from coursewire.text.types import Known, accepts, is_accepted_everywhere
from coursewire.text.types.numbers import boolean, decimal, fits, integer, integers, permission
from coursewire.wire.floats import text_float
from coursewire.wire.limits import Limits
from coursewire.wire.unfit import Unfit, quoted

T = TypeVar("T")
Read = Callable[[object, "Reading"], object]

# Of these the log may show the value; others can hold passwords, keys or people's data.
_QUOTABLE = frozenset(
    (
        "alpha", "area", "auth", "bool", "capability", "component", "float", "int", "lang",
        "permission", "plugin", "theme", "timezone",
    )
)  # fmt: skip
_ONLY_TEXT = {str}


class Reading(Struct):
    """What the reading of one call shares: the site, and how many list items there were."""

    known: Known
    limits: Limits
    items: int = 0


def scalar_reader(node: Scalar) -> Read:
    """Return the function that reads one value of this node, or raises Unfit."""
    if node.type == "int":
        return _integer_reader(node)
    if node.type == "bool":
        return _converted(node, boolean, bool)
    if node.type == "float":
        return _converted(node, decimal, float)
    if node.type == "permission":
        return _converted(node, permission, None)
    return _text_reader(node)


def _text_reader(node: Scalar) -> Read:
    here = accepts(node.type)
    everywhere = is_accepted_everywhere(node.type)

    def read(value: object, reading: Reading) -> object:
        if value is None:
            return _checked_null(node)
        text = _as_text(value)
        if here(text, reading.known):
            return text
        raise _mismatch(node, value)

    if everywhere is None:
        return read
    accepted: Callable[[str], object] = everywhere

    def read_fast(value: object, reading: Reading) -> object:
        if type(value) is str and accepted(value):
            return value
        return read(value, reading)

    return read_fast


def _integer_reader(node: Scalar) -> Read:
    def read(value: object, _reading: Reading) -> object:
        if type(value) is int and fits(value):
            return value
        if value is None:
            return _checked_null(node)
        number = integer(_as_text(value))
        if number is None:
            raise _mismatch(node, value)
        return number

    return read


def many_integers(node: Node, items: Collection[object]) -> list[object] | None:
    """Return the values of many items of a node at once; None: each must be read for itself."""
    if not isinstance(node, Scalar) or node.type != "int" or set(map(type, items)) != _ONLY_TEXT:
        return None
    numbers = integers(cast("list[str]", list(items)))
    return None if numbers is None else [*numbers]


def _converted(
    node: Scalar, convert: Callable[[str], T | None], native: type[bool] | type[float] | None
) -> Read:
    def read(value: object, _reading: Reading) -> object:
        if type(value) is native:
            return value
        if value is None:
            return _checked_null(node)
        converted = convert(_as_text(value))
        if converted is None:
            raise _mismatch(node, value)
        return converted

    return read


def _checked_null(node: Scalar) -> object:
    if node.allow_null and node.nullable:
        return None
    msg = "null is not possible here"
    raise Unfit(msg)


def _as_text(value: object) -> str:
    """Return a value as PHP turns it into text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, int) and fits(value):
        return str(value)
    if isinstance(value, float):
        return text_float(value) if math.isfinite(value) else str(value)
    kind = "a number too large" if isinstance(value, int) else "an array"
    msg = f"{kind} where a single value is expected"
    raise Unfit(msg)


def _mismatch(node: Scalar, value: object) -> Unfit:
    shown = quoted(value) if node.type in _QUOTABLE else "the value"
    return Unfit(f"{shown} is not of the type {node.type}")
