"""Values that PHP writes otherwise, as msgspec is to write them: floats, and structures of no key.

Which nodes of a contract can hold one is known before any answer; only there is anything looked at,
and only what is changed is copied.
"""

from collections.abc import Callable
from operator import is_not
from typing import Any, cast

from msgspec import UNSET, Struct
from msgspec.structs import astuple, fields, replace

from coursewire.contracts.tree import List, Node, Object, Scalar
from coursewire.wire.floats import json_value

# Returns the value itself where nothing is changed.
Change = Callable[[Any], object]


def php_value(node: Node) -> Change | None:
    """Return what changes the values of a node; None where none of them is ever changed."""
    if isinstance(node, Scalar):
        return _number if node.type == "float" or node.mixed else None
    if isinstance(node, List):
        change = php_value(node.items)
        return None if change is None else _of_items(change)
    return _of_members(node)


def _number(value: object) -> object:
    return json_value(value) if isinstance(value, float) else value


def _of_items(change: Change) -> Change:
    def of_list(values: object) -> object:
        if not values or not isinstance(values, list):
            return values
        items = cast("list[object]", values)
        changed = list(map(change, items))
        return changed if any(map(is_not, changed, items)) else items

    return of_list


def _of_members(node: Object) -> Change | None:
    found = [
        (field.name, change)
        for field in (() if node.struct is None else fields(node.struct))
        if (change := php_value(node.keys[field.encode_name])) is not None
    ]
    may_be_empty = all(child.required == "optional" for child in node.keys.values())
    if not found and not may_be_empty:
        return None

    def of_structure(value: object) -> object:
        if not isinstance(value, Struct):
            return value
        if may_be_empty and all(member is UNSET for member in astuple(value)):
            return []
        changed: dict[str, object] = {}
        for name, change in found:
            before = getattr(value, name)
            after = change(before)
            if after is not before:
                changed[name] = after
        return replace(value, **changed) if changed else value

    return of_structure
