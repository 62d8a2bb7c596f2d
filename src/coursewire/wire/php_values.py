"""Values that PHP writes otherwise, as msgspec is to write them: floats, and structures of no key.

Which nodes of a contract can hold one is known before any answer; only there is anything looked at,
all values of a key together, and only what is changed is copied.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter, is_not
from typing import Any, cast

from msgspec import UNSET, Struct
from msgspec.structs import astuple, fields, replace

from coursewire.contracts.tree import List, Node, Object, Scalar
from coursewire.wire.floats import json_value


class Change(Struct, frozen=True):
    """The change of a node's values.

    `may_touch` tells of many values whether one of them at least may be changed; `of` returns the
    value itself where nothing is.
    """

    may_touch: Callable[[Sequence[object]], bool]
    of: Callable[[Any], object]


def php_value(node: Node) -> Change | None:
    """Return what changes the values of a node; None where none of them is ever changed."""
    if isinstance(node, Scalar):
        return _NUMBER if node.type == "float" or node.mixed else None
    if isinstance(node, List):
        change = php_value(node.items)
        return None if change is None else _of_items(change)
    return _of_members(node)


def _number(value: object) -> object:
    return json_value(value) if isinstance(value, float) else value


def _are_floats(values: Sequence[object]) -> bool:
    return float in set(map(type, values))


_NUMBER = Change(may_touch=_are_floats, of=_number)


def _of_items(change: Change) -> Change:
    may_touch_items, change_item = change.may_touch, change.of

    def may_touch(values: Sequence[object]) -> bool:
        lists = cast("list[list[object]]", [each for each in values if isinstance(each, list)])
        items = [item for some in lists for item in some]
        return bool(items) and may_touch_items(items)

    def of_list(values: object) -> object:
        if not values or not isinstance(values, list):
            return values
        items = cast("list[object]", values)
        if not may_touch_items(items):
            return items
        changed = list(map(change_item, items))
        return changed if any(map(is_not, changed, items)) else items

    return Change(may_touch=may_touch, of=of_list)


def _of_members(node: Object) -> Change | None:
    found = [
        (field.name, change)
        for field in (() if node.struct is None else fields(node.struct))
        if (change := php_value(node.keys[field.encode_name])) is not None
    ]
    may_be_empty = all(child.required == "optional" for child in node.keys.values())
    if not found and not may_be_empty:
        return None
    tests = [(attrgetter(name), change.may_touch) for name, change in found]
    numbers = [name for name, change in found if change is _NUMBER]
    others = [(name, change) for name, change in found if change is not _NUMBER]

    def may_touch(values: Sequence[object]) -> bool:
        there = [value for value in values if isinstance(value, Struct)]
        if may_be_empty and any(map(_is_empty, there)):
            return True
        return any(test([*map(member, there)]) for member, test in tests)

    def of_structure(value: object) -> object:
        if not isinstance(value, Struct):
            return value
        if may_be_empty and _is_empty(value):
            return []
        changed: dict[str, object] = {}
        # A call for each number would take longer than the look at it.
        for name in numbers:
            number = getattr(value, name)
            if isinstance(number, float) and (written := json_value(number)) is not number:
                changed[name] = written
        for name, change in others:
            inner = getattr(value, name)
            if inner is not UNSET and (as_php := change.of(inner)) is not inner:
                changed[name] = as_php
        return replace(value, **changed) if changed else value

    return Change(may_touch=may_touch, of=of_structure)


def _is_empty(value: Struct) -> bool:
    return all(member is UNSET for member in astuple(value))
