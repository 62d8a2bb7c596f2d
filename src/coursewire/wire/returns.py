"""Checks the answer of a body against its contract, before a byte of it is sent.

Moodle refuses a whole answer when one stored value does not fit its type; so do we, and the
reason says where the value stands.
"""

import math
from collections.abc import Callable
from typing import cast

from msgspec import UNSET
from msgspec.structs import astuple, fields

from coursewire.contracts.errors import InvalidResponse
from coursewire.contracts.function import AnyFunction
from coursewire.contracts.tree import List, Node, Object, Scalar
from coursewire.text.types import Known, accepts, is_accepted_everywhere
from coursewire.text.types.numbers import LARGEST_INTEGER, PERMISSIONS, fits
from coursewire.wire.limits import DEFAULT_LIMITS, AnswerTooLarge, Limits
from coursewire.wire.unfit import Unfit, quoted

Check = Callable[[object, Known], None]


def compile_returns(function: AnyFunction, limits: Limits = DEFAULT_LIMITS) -> Check:
    """Return the check of a function's answers; it raises InvalidResponse or AnswerTooLarge."""
    tree = function.return_tree()
    if tree is None:
        return _anything
    check_node = _check(tree, limits.rows)

    def check(result: object, known: Known) -> None:
        try:
            check_node(result, known)
        except Unfit as unfit:
            raise InvalidResponse(unfit.reason()) from None

    return check


def _anything(_result: object, _known: Known) -> None:
    """A function that answers nothing may return what it likes; it is not sent."""


def _check(node: Node, rows: int) -> Check:
    if isinstance(node, Object):
        return _object_check(node, rows)
    if isinstance(node, List):
        return _list_check(node, rows)
    return _scalar_check(node)


def _object_check(node: Object, rows: int) -> Check:
    struct = node.struct
    if struct is None:
        msg = "a tree without structs has no answers"
        raise TypeError(msg)
    plan = [(key, _check(child, rows), _must_be_there(child)) for key, child in node.keys.items()]
    for field in fields(struct):
        child = node.keys[field.encode_name]
        if isinstance(child, Scalar) and child.required == "default" and field.default is UNSET:
            msg = f"{struct.__name__}.{field.name} has no Python default, so none could be sent"
            raise TypeError(msg)

    def check(value: object, known: Known) -> None:
        if type(value) is not struct:
            _check_null(node, value, struct.__name__)
            return
        for (key, check_member, is_required), member in zip(plan, astuple(value), strict=True):
            if member is not UNSET:
                try:
                    check_member(member, known)
                except Unfit as unfit:
                    unfit.path.append(key)
                    raise
            elif is_required:
                msg = "the key is missing"
                raise Unfit(msg, key)

    return check


def _must_be_there(node: Node) -> bool:
    # The struct itself has filled in the default of a scalar.
    return node.required == "required" or (isinstance(node, Scalar) and node.required == "default")


def _list_check(node: List, rows: int) -> Check:
    check_item = _check(node.items, rows)
    is_integers = isinstance(node.items, Scalar) and node.items.type == "int"

    def check(value: object, known: Known) -> None:
        if type(value) is not list:
            _check_null(node, value, "list")
            return
        items = cast("list[object]", value)
        if len(items) > rows:
            raise AnswerTooLarge("rows", rows)
        # Ids by the thousand are the one kind of list worth a faster way.
        if is_integers and _are_integers(items):
            return
        for index, item in enumerate(items):
            try:
                check_item(item, known)
            except Unfit as unfit:
                unfit.path.append(index)
                raise

    return check


def _scalar_check(node: Scalar) -> Check:
    if node.type == "int":
        return _integer_check(node)
    if node.type in _NATIVE_CHECKS:
        return _native_check(node, _NATIVE_CHECKS[node.type])
    return _text_check(node)


def _text_check(node: Scalar) -> Check:
    here = accepts(node.type)
    everywhere = is_accepted_everywhere(node.type)
    # Moodle hands values of the type raw through as they are: texts, numbers, truth values.
    may_be_native = node.type == "raw"

    def check(value: object, known: Known) -> None:
        if type(value) is str:
            if not (everywhere(value) if everywhere else here(value, known)):
                raise _mismatch(node, value)
        elif not (may_be_native and _is_native(value)):
            _check_null(node, value, "str")

    return check


def _integer_check(node: Scalar) -> Check:
    # The commonest of all, so it does without a further call.
    def check(value: object, _known: Known) -> None:
        if type(value) is not int or not -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
            _check_null(node, value, "int")

    return check


def _native_check(node: Scalar, is_valid: Callable[[object], bool]) -> Check:
    def check(value: object, _known: Known) -> None:
        if not is_valid(value):
            _check_null(node, value, node.type)

    return check


def _is_integer(value: object) -> bool:
    return type(value) is int and fits(value)


def _are_integers(values: list[object]) -> bool:
    if set(map(type, values)) != {int}:
        return False
    integers = cast("list[int]", values)
    return fits(min(integers)) and fits(max(integers))


def _is_number(value: object) -> bool:
    return _is_integer(value) or (type(value) is float and math.isfinite(value))


def _is_boolean(value: object) -> bool:
    return type(value) is bool


def _is_permission(value: object) -> bool:
    return type(value) is int and value in PERMISSIONS.values()


def _is_native(value: object) -> bool:
    return _is_number(value) or _is_boolean(value)


_NATIVE_CHECKS: dict[str, Callable[[object], bool]] = {
    "float": _is_number,
    "bool": _is_boolean,
    "permission": _is_permission,
}


def _check_null(node: Node, value: object, expected: str) -> None:
    """Let null pass where it may stand; nothing else is left that could."""
    if value is None and node.allow_null:
        return
    shown = "null" if value is None else f"a value of the kind {type(value).__name__}"
    if isinstance(value, int | float):
        shown = quoted(value)
    msg = f"{shown} where {expected} is expected"
    raise Unfit(msg)


def _mismatch(node: Scalar, value: str) -> Unfit:
    # The answer's own data: its place is enough, the log does not repeat it.
    return Unfit(f"a text of {len(value)} characters is not of the type {node.type}")
