"""Form fields as PHP reads them: query strings and urlencoded bodies become a tree of texts.

Keys that are canonical decimal integers are integers, as in PHP's arrays. Bytes that are not UTF-8
stay in names and values as surrogate escapes, which every scalar type refuses later. Every step is
linear in the size of the input (IN-3), and what is over a limit refuses the whole request (IN-1,
D8), where PHP would drop the rest of it.
"""

import gc
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import product
from typing import TypeAlias

from msgspec import Struct

from coursewire.wire.limits import DEFAULT_LIMITS, LimitExceeded, Limits

Tree: TypeAlias = dict[int | str, "Tree | str"]

# A step of a path: a key, or None for `[]`, the next free integer.
_Step = int | str | None

# As numbers: Python makes and drops an error whenever it looks for bytes in bytes.
_PERCENT, _PLUS = b"%+"
_PAIR = re.compile(rb"[^&]+")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_INTEGER = re.compile(rb"0|-?[1-9][0-9]{0,18}").fullmatch
_INTEGERS = range(-(2**63), 2**63)
_HEXADECIMAL = [bytes([digit]) for digit in b"0123456789ABCDEFabcdef"]
_BYTES = {a + b: bytes([int(a + b, 16)]) for a, b in product(_HEXADECIMAL, repeat=2)}
_MANY_MAPS = 10_000  # pragma: no mutate
# Fields in which nothing is quoted and no name has brackets or is a number, as most calls have:
# one pattern tells so, another takes them apart.
_ARE_PLAIN = re.compile(
    rb"[A-Za-z][A-Za-z0-9_]*=[^&%+\x80-\xff]*(?:&[A-Za-z][A-Za-z0-9_]*=[^&%+\x80-\xff]*)*"
).fullmatch
_PLAIN = re.compile("([^&=]*)=([^&]*)").findall
_MANGLED = bytes.maketrans(b". ", b"__")
# A name whose bracket is never closed is but a name: these change in what follows it as well.
_UNCLOSED = bytes.maketrans(b". [", b"___")
# Brackets around one of these count as empty: the next free integer is meant.
_BLANKS = frozenset((b"", *(bytes([blank]) for blank in b" \t\n\v\f\r")))


class Form(Struct, frozen=True):
    """What some form fields say, and how many they were."""

    tree: Tree
    fields: int


class FormBuilder:
    """Takes fields one by one, in the order in which they were sent."""

    def __init__(self, limits: Limits, *, fields_before: int = 0) -> None:
        self._limits = limits
        self._fields_left = limits.fields - fields_before
        self._fields = 0
        self._tree: Tree = {}
        # The next free integer of the maps to which `[]` has appended, by identity. Each is kept
        # here with its map, so that no other map can come to have the same identity.
        self._free: dict[int, tuple[Tree, int]] = {}

    def add(self, name: bytes, value: bytes) -> None:
        """Add a field; both parts are already unquoted."""
        limits = self._limits
        self._count()
        if len(name) > limits.name:
            raise LimitExceeded(413, "bytes in a field name", limits.name)
        if len(value) > limits.value:
            raise LimitExceeded(413, "bytes in a value", limits.value)
        self._put(_path(name), value)

    def add_short(self, pair: bytes) -> None:
        """Add a field as it was sent, as a whole no longer than name and value may be."""
        name, _, value = pair.partition(b"=")
        self._count()
        if _PERCENT in value or _PLUS in value:
            value = _unescaped(value)
        self._put(_quoted_path(name), value)

    def form(self) -> Form:
        """Return what was gathered."""
        return Form(self._tree, self._fields)

    def _count(self) -> None:
        self._fields += 1
        if self._fields > self._fields_left:
            raise LimitExceeded(400, "fields", self._limits.fields)

    def _put(self, path: tuple[_Step, ...], data: bytes) -> None:
        """Set a value; an existing key keeps its place, a scalar gives way to a map."""
        if len(path) > self._limits.nesting + 1:
            raise LimitExceeded(400, "levels of brackets", self._limits.nesting)
        branch, value = self._tree, data.decode("utf-8", "surrogateescape")
        last = len(path) - 1
        for depth, step in enumerate(path):
            # Where `[]` has not appended anything, a key is what it says.
            key = step if step is not None and not self._free else self._key(branch, step)
            if depth == last:
                branch[key] = value
                return
            below = branch.get(key)
            if not isinstance(below, dict):
                branch[key] = _nested(path[depth + 1 :], value)
                return
            branch = below

    def _key(self, branch: Tree, step: _Step) -> int | str:
        """Return the key that a step means in a map, the next free integer for `[]`."""
        if isinstance(step, str):
            return step
        known = self._free.get(id(branch))
        if step is None:
            step = _first_free(branch) if known is None else known[1]
            self._free[id(branch)] = (branch, step + 1)
        elif known is not None and step >= known[1]:
            self._free[id(branch)] = (branch, step + 1)
        return step


def decode_form(data: bytes, limits: Limits = DEFAULT_LIMITS, *, fields_before: int = 0) -> Form:
    """Decode urlencoded fields; `fields_before` counts against the same limit."""
    # No name and no value is longer than the whole.
    short = len(data) <= min(limits.name, limits.value)  # pragma: no mutate
    if short and _PERCENT not in data and _ARE_PLAIN(data):  # pragma: no mutate
        fields = data.count(b"&") + 1
        if fields_before + fields <= limits.fields:  # pragma: no mutate
            return Form(dict(_PLAIN(data.decode("ascii"))), fields)
    builder = FormBuilder(limits, fields_before=fields_before)
    if data.count(b"[") + data.count(b"%5") < _MANY_MAPS:  # pragma: no mutate
        _add_all(builder, data, limits)
    else:
        with _no_collecting():
            _add_all(builder, data, limits)
    return builder.form()


def merge(query: Tree, body: Tree) -> Tree:
    """Join the fields of query and body: the body wins key by key, integer keys are renumbered."""
    merged = {**query, **body}
    if int not in set(map(type, merged)):
        return merged
    merged.clear()
    integers = 0
    for tree in (query, body):
        for key, value in tree.items():
            if isinstance(key, int):
                merged[integers] = value
                integers += 1
            else:
                merged[key] = value
    return merged


@contextmanager
def _no_collecting() -> Generator[None]:
    """Keep the collector from walking a growing tree again and again; it holds no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()  # pragma: no mutate
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _add_all(builder: FormBuilder, data: bytes, limits: Limits) -> None:
    short = min(limits.name, limits.value)
    for pair in _pairs(data, limits.fields):
        if len(pair) <= short:  # pragma: no mutate
            builder.add_short(pair)
            continue
        name, _, value = pair.partition(b"=")
        if _PERCENT in name or _PLUS in name:
            name = _unquoted(name, limits.name, "bytes in a field name")
        if _PERCENT in value or _PLUS in value:
            value = _unquoted(value, limits.value, "bytes in a value")
        builder.add(name, value)


def _pairs(data: bytes, fields: int) -> Iterator[bytes]:
    # Splitting is fastest; where it could make a list of millions, the pairs are found one by one.
    if data.count(b"&") <= fields:  # pragma: no mutate
        return filter(None, data.split(b"&"))
    return (found[0] for found in _PAIR.finditer(data))


def _unquoted(data: bytes, limit: int, what: str) -> bytes:
    if len(data) > 3 * limit:  # pragma: no mutate
        raise LimitExceeded(413, what, limit)
    return _unescaped(data)


def _unescaped(data: bytes) -> bytes:
    parts = _ESCAPE.split(data.replace(b"+", b" "))
    parts[1::2] = map(_BYTES.__getitem__, parts[1::2])
    return b"".join(parts)


# The names of fields repeat from call to call.
@lru_cache(maxsize=1024)
def _path(name: bytes) -> tuple[_Step, ...]:
    # PHP takes names for texts that end with NUL.
    head, bracket, rest = name.partition(b"\0")[0].lstrip(b" ").partition(b"[")
    if not head:
        return ()
    head = head.translate(_MANGLED)
    if not bracket:
        return (_key(head),)
    if b"]" not in rest:
        return (_key(head + b"_" + rest.translate(_UNCLOSED)),)
    path: list[_Step] = [_key(head)]
    while True:
        inner, closed, rest = rest.partition(b"]")
        if not closed:  # PHP drops an unclosed bracket that follows a closed one
            break
        path.append(None if inner in _BLANKS else _key(inner))
        if rest[:1] != b"[":  # PHP drops what follows a closed bracket
            break
        rest = rest[1:]
    return tuple(path)


# As they are sent, most names have their brackets quoted.
@lru_cache(maxsize=1024)
def _quoted_path(name: bytes) -> tuple[_Step, ...]:
    return _path(_unescaped(name) if _PERCENT in name or _PLUS in name else name)


def _nested(path: tuple[_Step, ...], value: str) -> Tree | str:
    """Return the maps of a path that leads into nothing yet."""
    below: Tree | str = value
    for step in reversed(path):
        below = {0 if step is None else step: below}
    return below


def _first_free(branch: Tree) -> int:
    return max((key for key in branch if isinstance(key, int)), default=-1) + 1


def _key(label: bytes) -> int | str:
    if label[0] in b"-0123456789" and _INTEGER(label):
        number = int(label)
        if number in _INTEGERS:
            return number
    return label.decode("utf-8", "surrogateescape")
