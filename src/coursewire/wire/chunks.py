"""Writes an answer in pieces, so that a large one is never in memory several times over."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import cast

from msgspec import UNSET, Struct

from coursewire.contracts.errors import AnswerTooLarge
from coursewire.wire.limits import Limits

# How many items of a list are written at once.
BATCH = 256


def never(_values: Sequence[object]) -> bool:
    """Tell that no value of a node is large."""
    return False


class Shape(Struct, frozen=True, kw_only=True):
    """How a format writes the values of a node: whole, or, where they are large, in pieces.

    `are_large` tells of some values whether one of them at least is large.
    """

    whole: Callable[[object], bytes]
    are_large: Callable[[Sequence[object]], bool] = never
    opening: bytes = b""
    separator: bytes = b""
    closing: bytes = b""
    items: "Items | None" = None
    members: "tuple[Member, ...]" = ()


class Items(Struct, frozen=True, kw_only=True):
    """The items of a list; `batch` writes some of them with the separators between."""

    shape: Shape
    batch: Callable[[list[object]], bytes]


class Member(Struct, frozen=True, kw_only=True):
    """A key of a structure: what is written around its value, and in place of a missing one."""

    attribute: str
    shape: Shape
    prefix: bytes
    suffix: bytes = b""
    absent: bytes | None = None


def chunks(shape: Shape, value: object) -> Iterator[bytes]:
    """Write a value; small ones are one piece."""
    if not shape.are_large((value,)):
        return iter((shape.whole(value),))
    if shape.items is not None:
        return _list_chunks(shape, shape.items, cast("list[object]", value))
    return _structure_chunks(shape, value)


def bounded(pieces: Iterator[bytes], limits: Limits) -> list[bytes]:
    """Gather the pieces of an answer that is not larger than it may be (IN-9)."""
    gathered: list[bytes] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limits.answer:
            raise AnswerTooLarge("bytes", limits.answer)
        gathered.append(piece)
    return gathered


def large_lists(items: Shape) -> Callable[[Sequence[object]], bool]:
    """Return the test for lists with such items: one has many, or one of its items is large."""
    are_large_items = items.are_large

    def are_large(values: Sequence[object]) -> bool:
        filled = [value for value in values if value]
        lists = cast("list[list[object]]", [each for each in filled if isinstance(each, list)])
        if not lists:
            return False
        if max(map(len, lists)) > BATCH:
            return True
        if are_large_items is never:
            return False
        # The items of all lists are looked at together.
        return are_large_items([item for some in lists for item in some])

    return are_large


def large_structures(members: tuple[Member, ...]) -> Callable[[Sequence[object]], bool]:
    """Return the test for structures with such members: one of them is large."""
    tests = [
        (attrgetter(it.attribute), it.shape.are_large)
        for it in members
        if it.shape.are_large is not never
    ]
    if not tests:
        return never

    def are_large(values: Sequence[object]) -> bool:
        # Null or nothing may stand in place of a structure.
        there = [value for value in values if isinstance(value, Struct)]
        # Key by key: all values of a key are looked at together.
        for member, test in tests:  # noqa: SIM110 - a generator for each answer costs more
            if test([*map(member, there)]):
                return True
        return False

    return are_large


def in_parts(shape: Shape, parts: Iterable[list[object]]) -> Iterator[bytes]:
    """Write a list whose items come some at a time."""
    if shape.items is None:
        msg = "only a list can come in parts"
        raise TypeError(msg)
    yield shape.opening
    begun = False
    for part in filter(None, parts):
        if begun:
            yield shape.separator
        yield from _item_chunks(shape, shape.items, part)
        begun = True
    yield shape.closing


def _list_chunks(shape: Shape, items: Items, values: list[object]) -> Iterator[bytes]:
    yield shape.opening
    yield from _item_chunks(shape, items, values)
    yield shape.closing


def _item_chunks(shape: Shape, items: Items, values: list[object]) -> Iterator[bytes]:
    for start in range(0, len(values), BATCH):
        batch = values[start : start + BATCH]
        if start:
            yield shape.separator
        if not items.shape.are_large(batch):
            yield items.batch(batch)
            continue
        for number, item in enumerate(batch):
            if number:
                yield shape.separator
            yield from chunks(items.shape, item)


def _structure_chunks(shape: Shape, value: object) -> Iterator[bytes]:
    yield shape.opening
    separator = b""
    for member in shape.members:
        below = getattr(value, member.attribute)
        if below is not UNSET:
            yield separator + member.prefix
            yield from chunks(member.shape, below)
            yield member.suffix
        elif member.absent is not None:
            yield separator + member.absent
        else:
            continue
        separator = shape.separator
    yield shape.closing
