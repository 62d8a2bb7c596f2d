"""The form of a function's parameters: fields out of the tree, lists that grow and shrink."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, cast

from msgspec import Struct

from coursewire.console import numbered
from coursewire.console.forms import Form
from coursewire.contracts.tree import List, Node, Object
from coursewire.reference.rows import kind_of

ARGUMENT = "arg:"
COUNT = "count:"
_MOST_ITEMS = 20
_DEEPEST = 40


class Place(Struct, frozen=True, kw_only=True):
    """One place of the form: a field, or a list or an object with what is in it."""

    shape: Literal["field", "list", "object", "item"]
    path: str
    label: str
    type: str = ""
    presence: str = ""
    value: str = ""
    # What the field takes the number of: a course, a user; '' for any other value.
    kind: str = ""
    inside: tuple["Place", ...] = ()


class Unreadable(Exception):
    """The JSON that was typed is none, or no object; says why."""


def places(tree: Node, form: Form) -> tuple[Place, ...]:
    """Return the places of a function's parameters with what was typed."""
    return _object(tree, "", form) if isinstance(tree, Object) else ()


def _object(node: Object, path: str, form: Form) -> tuple[Place, ...]:
    return tuple(
        _place(child, f"{path}[{name}]" if path else name, name, form)
        for name, child in node.keys.items()
    )


def _place(node: Node, path: str, label: str, form: Form) -> Place:
    presence = node.required
    if isinstance(node, Object):
        inside = _object(node, path, form)
        return Place(shape="object", path=path, label=label, presence=presence, inside=inside)
    if isinstance(node, List):
        return _list(node, path, label, form)
    value = form.raw(ARGUMENT + path)
    return Place(
        shape="field",
        path=path,
        label=label,
        type=node.type,
        presence=presence,
        value=value,
        kind=numbered.kind_of(path) if node.type == "int" else "",
    )


def _list(node: List, path: str, label: str, form: Form) -> Place:
    number = form.number(COUNT + path, 1 if node.required == "required" else 0)
    items: list[Place] = []
    for index in range(min(max(0, number), _MOST_ITEMS)):
        place = f"{path}[{index}]"
        inside = (
            _object(node.items, place, form)
            if isinstance(node.items, Object)
            else (_place(node.items, place, f"{label} {index + 1}", form),)
        )
        items.append(Place(shape="item", path=place, label=f"{label} {index + 1}", inside=inside))
    return Place(
        shape="list",
        path=path,
        label=label,
        type=kind_of(node),
        presence=node.required,
        inside=tuple(items),
    )


def grown(form: Form, path: str, present: int) -> Form:
    """Return the form with one item more in a list."""
    name = COUNT + path
    count = str(min(present + 1, _MOST_ITEMS))
    return Form([*form.without(name).pairs, (name, count)])


def shrunk(form: Form, path: str, index: int, present: int) -> Form:
    """Return the form without one item of a list; those behind it move up."""
    begins = re.compile(rf"({ARGUMENT}|{COUNT}){re.escape(path)}\[([0-9]{{1,3}})\](.*)", re.DOTALL)
    kept: list[tuple[str, str]] = []
    for name, value in form.without(COUNT + path).pairs:
        found = begins.fullmatch(name)
        if found is None:
            kept.append((name, value))
        elif int(found[2]) != index:
            number = int(found[2]) - (int(found[2]) > index)
            kept.append((f"{found[1]}{path}[{number}]{found[3]}", value))
    return Form([*kept, (COUNT + path, str(max(0, present - 1)))])


def count_of(within: Iterable[Place], path: str) -> int:
    """Return how many items a list shows."""
    for place in within:
        if place.path == path and place.shape == "list":
            return len(place.inside)
        if found := count_of(place.inside, path):
            return found
    return 0


def pairs(within: Iterable[Place]) -> Iterator[tuple[str, str]]:
    """Return the fields of the call; what may be left out and is empty is left out."""
    for place in within:
        if place.shape != "field":
            yield from pairs(place.inside)
        elif place.value or place.presence == "required":
            yield place.path, place.value


def document(within: Iterable[Place]) -> dict[str, object]:
    """Return what the fields hold as JSON."""
    return {place.label: value for place in within if (value := _value(place)) is not None}


def _value(place: Place) -> object:
    if place.shape == "object":
        return document(place.inside) or None
    if place.shape == "list":
        return [_item(item) for item in place.inside] or None
    if not place.value and place.presence != "required":
        return None
    digits = place.value.removeprefix("-")
    is_number = place.type == "int" and digits.isascii() and digits.isdigit() and len(digits) < 19
    return int(place.value) if is_number else place.value


def _item(item: Place) -> object:
    only = item.inside[0] if len(item.inside) == 1 else None
    if only is not None and only.path == item.path:
        return _value(only)
    return document(item.inside)


def flattened(value: object, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Return the fields that say what a JSON value says; null and empty lists say nothing."""
    if depth > _DEEPEST:
        msg = f"it is nested more than {_DEEPEST} deep"
        raise Unreadable(msg)
    if isinstance(value, dict | list):
        # What JSON can hold, which a check cannot tell.
        whole = cast("dict[str, object] | list[object]", value)
        keyed = whole.items() if isinstance(whole, dict) else enumerate(whole)
        for key, each in keyed:
            yield from flattened(each, f"{path}[{key}]" if path else str(key), depth + 1)
    elif isinstance(value, bool):
        yield path, str(int(value))
    elif value is not None:
        yield path, str(value)
