"""Checks the answer of a body against its contract, before a byte of it is sent.

Moodle refuses a whole answer when one stored value does not fit its type; so do we, and the
reason says where the value stands.
"""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import cast

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import astuple, fields

from coursewire.contracts.errors import AnswerTooLarge, InvalidResponse
from coursewire.contracts.function import AnyFunction
from coursewire.contracts.kept import Kept
from coursewire.contracts.tree import List, Node, Object, Scalar
from coursewire.text.types import Known
from coursewire.wire.alike import quick_members
from coursewire.wire.answers import (
    Check,
    Fit,
    all_fit,
    check_null,
    kinds_of,
    scalar_check,
    scalars_fit,
)
from coursewire.wire.limits import DEFAULT_LIMITS, Limits
from coursewire.wire.unfit import Unfit

# A number equals others of other kinds, such as `1` and `True`.
_EQUAL_TO_THEIR_KIND = frozenset((str, UnsetType, type(None)))
# Items that are not worth a look at all of a key together.
_FEW = 4


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
        return _object_check(node, *_columns(node, rows))
    if isinstance(node, List):
        return _list_check(node, rows)
    return scalar_check(node)


class _Column(Struct, frozen=True):
    """How the values of one key are checked, in one structure or in many."""

    key: str
    check: Check
    fit: Fit
    is_required: bool


def _object_check(node: Object, struct: type[Struct], columns: list[_Column]) -> Check:
    are_fit = quick_members([*node.keys.values()], [column.check for column in columns])

    def check(value: object, known: Known) -> None:
        if type(value) is not struct:
            check_null(node, value, struct.__name__)
            return
        members = astuple(value)
        if are_fit(members, known):
            return
        for column, member in zip(columns, members, strict=True):
            try:
                _check_member(column, member, known)
            except Unfit as unfit:
                unfit.path.append(column.key)
                raise

    return check


def _list_check(node: List, rows: int) -> Check:
    check_items = _items_check(node.items, rows)

    def check(value: object, known: Known) -> None:
        if type(value) is list:
            check_all(cast("list[object]", value), known)
        elif type(value) is Kept:
            check_kept(cast("Kept[object]", value), known)
        else:
            check_null(node, value, "list")

    def check_all(items: list[object], known: Known) -> None:
        if len(items) > rows:
            raise AnswerTooLarge("rows", rows)
        check_items(items, known)

    def check_kept(items: Kept[object], known: Known) -> None:
        if not items.is_known_to_fit(node, known):
            check_all(items, known)
            items.fits = (node, known)

    return check


def _items_check(node: Node, rows: int) -> Callable[[list[object], Known], None]:
    check_item, are_fit = _check(node, rows), _fit(node, rows)

    def check(items: list[object], known: Known) -> None:
        if len(items) > _FEW and all_fit(are_fit, items, known):
            return
        # There are few, or one of them does not fit: find it, and where it stands.
        for index, item in enumerate(items):
            try:
                check_item(item, known)
            except Unfit as unfit:
                unfit.path.append(index)
                raise

    return check


def _check_member(column: _Column, member: object, known: Known) -> None:
    if member is not UNSET:
        column.check(member, known)
    elif column.is_required:
        msg = "the key is missing"
        raise Unfit(msg)


def _fit(node: Node, rows: int) -> Fit:
    """Return the test of many values of a node at once."""
    if isinstance(node, Object):
        return _structures_fit(node, *_columns(node, rows))
    if isinstance(node, List):
        return _lists_fit(node, rows)
    return scalars_fit(node)


def _structures_fit(node: Object, struct: type[Struct], columns: list[_Column]) -> Fit:
    """Test structures key by key: all values of a key together."""

    def are_fit(values: Sequence[object], kinds: set[type], known: Known) -> bool:
        if node.allow_null:
            values = [value for value in values if value is not None]
            kinds = kinds - {type(None)}
        if kinds - {struct}:
            return False
        members = zip(*map(astuple, cast("Sequence[Struct]", values)), strict=True)
        return all(
            _column_fits(column, some, known)
            for column, some in zip(columns, members, strict=False)
        )

    return are_fit


def _column_fits(column: _Column, members: Sequence[object], known: Known) -> bool:
    members = _once_if_alike(members)
    kinds = kinds_of(members)
    if UnsetType in kinds and not column.is_required:
        kinds.discard(UnsetType)
        members = [member for member in members if member is not UNSET] if kinds else ()
    return not members or column.fit(members, kinds, known)


def _once_if_alike(members: Sequence[object]) -> Sequence[object]:
    """Return the one value that all of them are, else all of them.

    The last one tells soon whether a look at the others is worth it.
    """
    if not members:
        return members
    first = members[0]
    if type(first) not in _EQUAL_TO_THEIR_KIND or first != members[-1]:
        return members
    return (first,) if members.count(first) == len(members) else members


def _lists_fit(node: List, rows: int) -> Fit:
    """Test the items of many lists together, as if they were one list."""
    check, items_fit = _list_check(node, rows), _fit(node.items, rows)

    def are_fit(values: Sequence[object], kinds: set[type], known: Known) -> bool:
        lists, others = cast("Sequence[list[object]]", values), list[object]()
        if kinds != {list}:
            # Null, and lists that a body keeps, which know by themselves whether they fit.
            lists = [value for value in lists if type(value) is list]
            others = [value for value in values if type(value) is not list]
        if max(map(len, lists), default=0) > rows:
            return False
        for value in others:
            check(value, known)
        together = [*chain.from_iterable(lists)]
        return not together or items_fit(together, kinds_of(together), known)

    return are_fit


def _columns(node: Object, rows: int) -> tuple[type[Struct], list[_Column]]:
    struct = node.struct
    if struct is None:
        msg = "a tree without structs has no answers"
        raise TypeError(msg)
    for field in fields(struct):
        child = node.keys[field.encode_name]
        if isinstance(child, Scalar) and child.required == "default" and field.default is UNSET:
            msg = f"{struct.__name__}.{field.name} has no Python default, so none could be sent"
            raise TypeError(msg)
    return struct, [
        _Column(key, _check(child, rows), _fit(child, rows), _must_be_there(child))
        for key, child in node.keys.items()
    ]


def _must_be_there(node: Node) -> bool:
    # The struct itself has filled in the default of a scalar.
    return node.required == "required" or (isinstance(node, Scalar) and node.required == "default")
