"""Numbers that a site wrote as texts: of those, '0' would be taken for a truth."""

from functools import cache
from typing import cast

from coursewire.contracts.registry import entries
from coursewire.contracts.tree import List, Node, Object, Scalar

_TRUTH = "bool"
_NUMBERS = ("int", _TRUTH)


def with_numbers(function: str, answer: object) -> object:
    """Return the answer of a function with the numbers and truths that its contract declares."""
    return _declared(answer, _tree(function))


@cache
def _tree(function: str) -> Node | None:
    return entries()[function].return_tree()


def _declared(answer: object, node: Node | None) -> object:
    if isinstance(node, List) and isinstance(answer, list):
        return [_declared(item, node.items) for item in cast("list[object]", answer)]
    if isinstance(node, Object) and isinstance(answer, dict):
        members = cast("dict[str, object]", answer)
        return {key: _declared(member, node.keys.get(key)) for key, member in members.items()}
    if isinstance(node, Scalar) and isinstance(answer, str) and node.type in _NUMBERS:
        return _number(answer, node.type)
    return answer


def _number(written: str, kind: str) -> object:
    if not (written.isascii() and written.removeprefix("-").isdigit()):
        return written
    return bool(int(written)) if kind == _TRUTH else int(written)
