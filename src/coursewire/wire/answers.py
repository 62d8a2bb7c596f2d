"""The scalar values of answers: which fit their type, told one by one or for many at once."""

import math
import re
import struct
from collections.abc import Callable, Sequence
from typing import Any

from coursewire.contracts.errors import AnswerTooLarge
from coursewire.contracts.tree import Node, Scalar
from coursewire.text.types import Known, accepts, is_accepted_everywhere
from coursewire.text.types.letters import raw, username
from coursewire.text.types.numbers import PERMISSIONS, fits
from coursewire.wire.unfit import Unfit, quoted

Check = Callable[[object, Known], None]
IsText = Callable[[str], object]
Quick = Callable[[Sequence[object]], bool]
# Tells whether all of many values fit, whose kinds are known, none of them UNSET.
# False, or Unfit: one does not, or it cannot be told so.
Fit = Callable[[Sequence[object], set[type], Known], bool]
_Test = Callable[[Sequence[Any]], bool]

# A text of these fits exactly if each of its letters does, so that many can be tested joined.
_BY_LETTER = frozenset(
    ("alpha", "alphaext", "alphanum", "alphanumext", "raw", "safedir", "safepath", "sequence")
)
_WITHOUT_TAGS = frozenset(("notags", "text"))
_NULL = type(None)


def scalar_check(node: Scalar) -> Check:
    """Return the check of one value; it raises Unfit."""
    if node.type in _NATIVES:
        return _native_check(node, _NATIVES[node.type])
    return _text_check(node)


def scalars_fit(node: Scalar) -> Fit:
    """Return the test of many values of a node; each different text is looked at once."""
    check = scalar_check(node)
    tests = _tests_of_many(node)
    allow_null = node.allow_null

    def test(values: Sequence[object], kinds: set[type], known: Known) -> bool:
        if allow_null and _NULL in kinds:
            kinds = kinds - {_NULL}
            values = [value for value in values if value is not None]
        if not kinds:
            return True
        if len(kinds) == 1:
            (kind,) = kinds
            if tests.get(kind, _never)(values):
                return True
        for value in set(values) if kinds == {str} else values:
            check(value, known)
        return True

    return test


def kinds_of(values: Sequence[object]) -> set[type]:
    """Return which kinds of values there are."""
    found = [*map(type, values)]
    # Counting one kind takes half as long as gathering all; most values of a key are of one.
    return {found[0]} if found and found.count(found[0]) == len(found) else set(found)


def all_fit(are_fit: Fit, values: Sequence[object], known: Known) -> bool:
    """Tell whether all of many values fit."""
    try:
        return are_fit(values, kinds_of(values), known)
    except (Unfit, AnswerTooLarge):
        # Whoever looks at them one by one finds which of them comes first.
        return False


def fits_by_kind(node: Scalar, kind: type) -> bool:
    """Tell whether values of this kind need no test."""
    return node.type == "bool" and kind is bool


def shared_test(node: Scalar, kind: type) -> Quick | None:
    """Return the test that values of this kind share with others of the same type, or None."""
    if node.type == "int" and kind is int:
        return _are_integers
    if kind is str and node.type in _SHARED:
        return _SHARED[node.type]
    return None


def text_test(node: Scalar) -> IsText | None:
    """Return the test of one text of a type that is the same on every site, or None."""
    return None if node.type in _NATIVES else is_accepted_everywhere(node.type)


def is_told_by_letter(node: Scalar) -> bool:
    """Tell whether texts of the type can be tested joined with others of the same type."""
    return node.type in _BY_LETTER


def check_null(node: Node, value: object, expected: str) -> None:
    """Let null pass where it may stand; nothing else is left that could."""
    if value is None and node.allow_null:
        return
    shown = "null" if value is None else f"a value of the kind {type(value).__name__}"
    if isinstance(value, int | float):
        shown = quoted(value)
    msg = f"{shown} where {expected} is expected"
    raise Unfit(msg)


def _text_check(node: Scalar) -> Check:
    everywhere = is_accepted_everywhere(node.type)
    here = accepts(node.type)
    # Moodle hands values of the type raw through as they are: texts, numbers, truth values.
    may_be_native = node.type == "raw"

    def check(value: object, known: Known) -> None:
        if type(value) is str:
            if not (here(value, known) if everywhere is None else everywhere(value)):
                # The answer's own data: its place is enough, the log does not repeat it.
                msg = f"a text of {len(value)} characters is not of the type {node.type}"
                raise Unfit(msg)
        elif not (may_be_native and (_is_number(value) or type(value) is bool)):
            check_null(node, value, "str")

    return check


def _native_check(node: Scalar, is_fit: Callable[[object], bool]) -> Check:
    def check(value: object, _known: Known) -> None:
        if not is_fit(value):
            check_null(node, value, node.type)

    return check


def _is_integer(value: object) -> bool:
    return type(value) is int and fits(value)


def _is_number(value: object) -> bool:
    return _is_integer(value) or (type(value) is float and math.isfinite(value))


_NATIVES: dict[str, Callable[[object], bool]] = {
    "int": _is_integer,
    "float": _is_number,
    "bool": lambda value: type(value) is bool,
    "permission": lambda value: type(value) is int and value in PERMISSIONS.values(),
}


def _tests_of_many(node: Scalar) -> dict[type, _Test]:
    """Return the tests of values of one kind, by the kinds that values may have."""
    name = node.type
    if name == "int":
        return {int: _are_integers}
    if name == "bool":
        return {bool: _pass}
    if name == "float":
        return {float: _are_finite, int: _are_integers}
    return {str: _SHARED.get(name, _never)}


def _are_integers(numbers: Sequence[Any]) -> bool:
    # Of many, packing takes a third of the time of a look for the least and the largest.
    try:
        packed = struct.pack(f"<{len(numbers)}q", *numbers)
    except struct.error:
        return False
    # One number that can be packed is too small, -2**63: its eighth byte is 0x80. Others that have
    # the same are looked at again, each by itself.
    return 0x80 not in packed[7::8]


def _are_finite(numbers: Sequence[Any]) -> bool:
    # A sum that overflows is taken for one with an infinite number, which costs a second look.
    return math.isfinite(sum(numbers))


def _pass(_values: Sequence[Any]) -> bool:
    return True


def _never(_values: Sequence[Any]) -> bool:
    return False


def _test_of_texts(name: str) -> Quick:
    is_fit = is_accepted_everywhere(name)
    if is_fit is None:
        return _never

    def by_letter(texts: Sequence[Any]) -> bool:
        return bool(is_fit("".join(texts)))

    return by_letter


def _without_tags(texts: Sequence[Any]) -> bool:
    # Tags could come about, or vanish, where two texts meet.
    text = "".join(texts)
    return "<" not in text and raw(text)


def _are_trimmed(texts: Sequence[Any]) -> bool:
    # A text with white space at such a sign of its own is looked at alone.
    joined = f"|{'|'.join(texts)}|"
    return (_is_without_space(joined) or _outer_space(joined) is None) and raw(joined)


def _is_without_space(text: str) -> bool:
    # A tenth of the cost of the look for space at signs; addresses have none anywhere.
    return len(text.split(None, 1)) == 1


def _are_plain_usernames(texts: Sequence[Any]) -> bool:
    # They fit on sites that allow more letters as well.
    return username("".join(texts))


_outer_space = re.compile(r"\|[ \t\n\r\v]|[ \t\n\r\v]\|").search

# The tests of types of texts that can be tested joined.
_SHARED: dict[str, Quick] = {
    **{name: _test_of_texts(name) for name in _BY_LETTER},
    **dict.fromkeys(_WITHOUT_TAGS, _without_tags),
    "raw_trimmed": _are_trimmed,
    "username": _are_plain_usernames,
}
