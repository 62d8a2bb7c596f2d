"""Validates the arguments of a call and builds the struct of its parameters.

The tree of a contract is turned into nested functions once; a call only runs them. The order of
the errors is Moodle's: keys in the order of the contract, missing ones among them, and only then
keys that nobody knows.
"""

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar, cast

from msgspec import Struct
from msgspec.structs import fields

from coursewire.contracts.errors import InvalidParameter
from coursewire.contracts.function import Function
from coursewire.contracts.tree import List, Node, Object, Scalar
from coursewire.text.types import Known, is_accepted_everywhere
from coursewire.wire.limits import DEFAULT_LIMITS, LimitExceeded, Limits
from coursewire.wire.scalars import Read, Reading, many_integers, scalar_reader
from coursewire.wire.unfit import Unfit, names

P = TypeVar("P", bound=Struct)
R = TypeVar("R")

Validate = Callable[[object, Known], P]

_ABSENT = object()


def compile_params(function: Function[P, R], limits: Limits = DEFAULT_LIMITS) -> Validate[P]:
    """Return the function that makes the parameters' struct of a form tree or of decoded JSON.

    It raises InvalidParameter, or LimitExceeded for too many list items.
    """
    read = _reader(function.parameter_tree())

    def validate(arguments: object, known: Known) -> P:
        try:
            return cast("P", read(arguments, Reading(known, limits)))
        except Unfit as unfit:
            raise InvalidParameter(unfit.reason()) from None

    return validate


def _reader(node: Node) -> Read:
    if isinstance(node, Object):
        return _object_reader(node)
    if isinstance(node, List):
        return _list_reader(node)
    return scalar_reader(node)


def _object_reader(node: Object) -> Read:
    struct = node.struct
    if struct is None:
        msg = "a tree without structs cannot be filled"
        raise TypeError(msg)
    attributes = {field.encode_name: field.name for field in fields(struct)}
    plan = [
        (key, attributes[key], _reader(child), _absent_reader(child))
        for key, child in node.keys.items()
    ]

    def read(value: object, reading: Reading) -> object:
        if value is None and node.allow_null:
            return None
        members = _members(value)
        arguments: dict[str, object] = {}
        left = len(members)
        key = ""
        try:
            for key, attribute, read_member, read_absent in plan:
                member = members.get(key, _ABSENT)
                if member is not _ABSENT:
                    left -= 1
                    arguments[attribute] = read_member(member, reading)
                elif read_absent is not None:
                    read_absent(reading)
        except Unfit as unfit:
            unfit.path.append(key)
            raise
        if left:
            unknown = (other for other in members if other not in attributes)
            msg = f"unexpected keys {names(unknown)}"
            raise Unfit(msg)
        return struct(**arguments)

    return read


def _absent_reader(node: Node) -> Callable[[Reading], object] | None:
    """Return what is to be done where a key is missing; the struct itself knows its default.

    Moodle validates defaults as if they had been sent. Where only the site can tell whether one is
    valid this is done at each call, elsewhere once.
    """
    if node.required == "required":
        return _missing
    if node.required == "optional":
        return None
    default = node.written if isinstance(node, Scalar) else node.default
    if default is None and node.allow_null:
        return None
    if isinstance(node, List) and default is not None and not default:
        return None
    read = _reader(node)
    if isinstance(node, Scalar) and is_accepted_everywhere(node.type):
        try:
            read(default, Reading(Known(site_url=""), DEFAULT_LIMITS))
        except Unfit:
            pass
        else:
            return None
    return lambda reading: read(default, reading)


def _missing(_reading: Reading) -> object:
    msg = "the key is missing"
    raise Unfit(msg)


def _list_reader(node: List) -> Read:
    read_item = _reader(node.items)

    def read(value: object, reading: Reading) -> object:
        if value is None and node.allow_null:
            return None
        items = _items(value)
        reading.items += len(items)
        if reading.items > reading.limits.items:
            raise LimitExceeded(400, "list items", reading.limits.items)
        numbers = many_integers(node.items, items)
        if numbers is not None:
            return numbers
        result: list[object] = []
        try:
            for item in items:
                result.append(read_item(item, reading))  # noqa: PERF401 - its length is the index
        except Unfit as unfit:
            unfit.path.append(len(result))
            raise
        return result

    return read


def _members(value: object) -> Mapping[object, object]:
    """Return a structure's keys and values; PHP knows but one kind of array."""
    if isinstance(value, dict):
        return cast("Mapping[object, object]", value)
    if isinstance(value, list):
        return dict(enumerate(cast("list[object]", value)))
    raise _not_an_array(value)


def _items(value: object) -> Collection[object]:
    """Return the values of a map in the order of appearance, or the items of a list."""
    if isinstance(value, dict):
        return cast("Mapping[object, object]", value).values()
    if isinstance(value, list):
        return cast("list[object]", value)
    raise _not_an_array(value)


def _not_an_array(value: object) -> Unfit:
    return Unfit(f"{'null' if value is None else 'a single value'} where an array is expected")
