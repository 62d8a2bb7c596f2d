"""A tree of parameters or of an answer as rows, one for each named place."""

import json
from collections.abc import Callable, Iterator

from msgspec import Struct

from coursewire.contracts.tree import List, Node, Object, Scalar


class Row(Struct, frozen=True):
    """One place: `groups[].name`, what may stand there, and whether it may be missing."""

    path: str
    kind: str
    presence: str


def parameter_rows(tree: Node) -> list[Row]:
    """Return the rows of what a caller sends."""
    return list(_rows(tree, "", _sent))


def answer_rows(tree: Node) -> list[Row]:
    """Return the rows of what a caller gets."""
    return list(_rows(tree, "", _got))


def kind_of(node: Node, *, several: bool = False) -> str:
    """Return what stands in a place: the cleaning rule of a scalar, or what holds other places."""
    plural = "s" if several else ""
    if isinstance(node, Object):
        return f"object{plural}"
    if isinstance(node, List):
        return f"list{plural} of {kind_of(node.items, several=True)}"
    return node.type


def _sent(node: Node) -> str:
    if node.required != "default":
        return node.required
    written = node.written if isinstance(node, Scalar) else node.default
    return f"default `{json.dumps(written, ensure_ascii=False)}`"


def _got(node: Node) -> str:
    presence = "always" if node.required == "required" else "may be absent"
    return f"{presence}, may be null" if isinstance(node, Scalar) and node.nullable else presence


def _rows(node: Node, path: str, presence: Callable[[Node], str]) -> Iterator[Row]:
    if isinstance(node, Object):
        for name, child in node.keys.items():
            place = f"{path}.{name}" if path else name
            yield Row(place, kind_of(child), presence(child))
            yield from _rows(child, place, presence)
    elif isinstance(node, List):
        yield from _rows(node.items, f"{path}[]", presence)
