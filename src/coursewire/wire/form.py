"""Form fields as PHP reads them: query strings and urlencoded bodies become a tree of texts.

Keys that are canonical decimal integers are integers, as in PHP's arrays. Bytes that are not UTF-8
stay in names and values as surrogate escapes, which every scalar type refuses later. Every step is
linear in the size of the input (IN-3), and what is over a limit refuses the whole request (IN-1,
D8), where PHP would drop the rest of it.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import TypeAlias

from msgspec import Struct

from coursewire.wire.limits import DEFAULT_LIMITS, LimitExceeded, Limits

Tree: TypeAlias = dict[int | str, "Tree | str"]

# A step of a path: a key, or None for `[]`, the next free integer.
_Step = int | str | None

_PAIR = re.compile(rb"[^&]+")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_INTEGER = re.compile(rb"(0|-?[1-9][0-9]{0,18}) *").fullmatch
_INTEGERS = range(-(2**63), 2**63)
_HEXADECIMAL = [bytes([digit]) for digit in b"0123456789ABCDEFabcdef"]
_BYTES = {a + b: bytes([int(a + b, 16)]) for a, b in product(_HEXADECIMAL, repeat=2)}
_MANGLED = bytes.maketrans(b". ", b"__")


class Form(Struct, frozen=True):
    """What some form fields say, and how many they were."""

    tree: Tree
    fields: int


class _Branch(dict[int | str, "Tree | str"]):
    """A map of the tree that knows its next free integer, so that `[]` costs nothing (IN-3)."""

    __slots__ = ("next_integer",)
    next_integer: int

    def put(self, step: _Step, value: "Tree | str") -> None:
        """Set a value; an existing key keeps its place in the order."""
        if isinstance(step, str):
            self[step] = value
            return
        free = getattr(self, "next_integer", None)
        key = (free or 0) if step is None else step
        if free is None or key >= free:
            self.next_integer = key + 1
        self[key] = value

    def branch(self, step: _Step) -> "_Branch":
        """Return the map below a key; a scalar that is in its place gives way."""
        below = None if step is None else self.get(step)
        if not isinstance(below, _Branch):
            below = _Branch()
            self.put(step, below)
        return below


class FormBuilder:
    """Takes fields one by one, in the order in which they were sent."""

    def __init__(self, limits: Limits, *, fields_before: int = 0) -> None:
        self._limits = limits
        self._fields_left = limits.fields - fields_before
        self._fields = 0
        self._tree = _Branch()

    def add(self, name: bytes, value: bytes) -> None:
        """Add a field; both parts are already unquoted."""
        limits = self._limits
        self._fields += 1
        if self._fields > self._fields_left:
            raise LimitExceeded(400, "fields", limits.fields)
        if len(name) > limits.name:
            raise LimitExceeded(413, "bytes in a field name", limits.name)
        if len(value) > limits.value:
            raise LimitExceeded(413, "bytes in a value", limits.value)
        path = _path(name)
        if len(path) > limits.nesting + 1:
            raise LimitExceeded(400, "levels of brackets", limits.nesting)
        if path:
            branch = self._tree
            for step in path[:-1]:
                branch = branch.branch(step)
            branch.put(path[-1], value.decode("utf-8", "surrogateescape"))

    def form(self) -> Form:
        """Return what was gathered."""
        return Form(self._tree, self._fields)


def decode_form(data: bytes, limits: Limits = DEFAULT_LIMITS, *, fields_before: int = 0) -> Form:
    """Decode urlencoded fields; `fields_before` counts against the same limit."""
    builder = FormBuilder(limits, fields_before=fields_before)
    for pair in _pairs(data, limits.fields):
        name, _, value = pair.partition(b"=")
        if b"%" in name or b"+" in name:
            name = _unquoted(name, limits.name, "bytes in a field name")
        if b"%" in value or b"+" in value:
            value = _unquoted(value, limits.value, "bytes in a value")
        builder.add(name, value)
    return builder.form()


def merge(query: Tree, body: Tree) -> Tree:
    """Join the fields of query and body: the body wins key by key, integer keys are renumbered."""
    merged: Tree = {}
    integers = 0
    for tree in (query, body):
        for key, value in tree.items():
            if isinstance(key, int):
                merged[integers] = value
                integers += 1
            else:
                merged[key] = value
    return merged


def _pairs(data: bytes, fields: int) -> Iterator[bytes]:
    # Splitting is fastest; where it could make a list of millions, the pairs are found one by one.
    if data.count(b"&") <= fields:
        return filter(None, data.split(b"&"))
    return (found[0] for found in _PAIR.finditer(data))


def _unquoted(data: bytes, limit: int, what: str) -> bytes:
    if len(data) > 3 * limit:
        raise LimitExceeded(413, what, limit)
    parts = _ESCAPE.split(data.replace(b"+", b" "))
    parts[1::2] = map(_BYTES.__getitem__, parts[1::2])
    return b"".join(parts)


# The names of fields repeat from call to call.
@lru_cache(maxsize=1024)
def _path(name: bytes) -> tuple[_Step, ...]:
    head, bracket, rest = name.lstrip(b" ").partition(b"[")
    if not head:
        return ()
    head = head.translate(_MANGLED)
    if not bracket:
        return (_key(head),)
    if b"]" not in rest:
        return (_key(head + b"_" + rest.replace(b"[", b"_")),)
    path: list[_Step] = [_key(head)]
    while bracket:
        inner, closed, rest = rest.partition(b"]")
        if not closed:  # PHP drops an unclosed bracket that follows a closed one
            break
        inner = inner.lstrip(b" ")
        path.append(_key(inner) if inner else None)
        bracket, rest = rest[:1], rest[1:]
        if bracket != b"[":  # PHP drops what follows a closed bracket
            break
    return tuple(path)


def _key(label: bytes) -> int | str:
    if label[0] in b"-0123456789" and _INTEGER(label):
        number = int(label)
        if number in _INTEGERS:
            return number
    return label.decode("utf-8", "surrogateescape")
