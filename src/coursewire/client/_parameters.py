"""Parameters as Python values, checked against their contract and written as form fields.

The tree of a contract is turned into nested functions once, as the server does it for the other
direction. What stands in a struct at its default is not sent: older sites may not know the key.
"""

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple, cast

from msgspec import NODEFAULT, UNSET, Struct
from msgspec.structs import fields

from coursewire.contracts.tree import List, Node, Object, Scalar
from coursewire.text.types import is_accepted_everywhere
from coursewire.text.types.numbers import boolean, decimal, fits, integer
from coursewire.wire.floats import text_float
from coursewire.wire.unfit import Unfit, names


class Field(NamedTuple):
    """A field of the form; a plain one may be shown in an error: a number or a code."""

    name: str
    text: str
    is_plain: bool


Write = Callable[[object, str, list[Field]], None]
_Text = Callable[[object], str]

_PLAIN = frozenset(("int", "bool", "float", "alpha", "component", "plugin", "area", "capability"))
# HTML is left to the site to judge: what does that is not part of the base installation.
_UNJUDGED = frozenset(("clean", "cleanhtml"))


def compile_fields(tree: Object) -> Callable[[object], list[Field]]:
    """Return the function that writes parameters as fields; it raises Unfit."""
    write = _object_writer(tree)

    def fields_of(params: object) -> list[Field]:
        written: list[Field] = []
        write(params, "", written)
        return written

    return fields_of


def unchecked_fields(params: Mapping[str, object]) -> list[Field]:
    """Write parameters without any contract: of a plugin's function, or of another version."""
    written: list[Field] = []
    for key, value in params.items():
        _write_anything(value, key, written)
    return written


def _write_anything(value: object, name: str, written: list[Field]) -> None:
    if isinstance(value, Mapping | Struct):
        for key, member in _members(cast("Mapping[str, object]", value)).items():
            _write_anything(member, f"{name}[{key}]", written)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(cast("list[object]", value)):
            _write_anything(item, f"{name}[{index}]", written)
    else:
        try:
            written.append(Field(name, _any_text(value), is_plain=False))
        except Unfit as unfit:
            raise Unfit(unfit.problem, name) from None


def _writer(node: Node) -> Write:
    if isinstance(node, Object):
        return _object_writer(node)
    if isinstance(node, List):
        return _list_writer(node)
    return _scalar_writer(node)


def _object_writer(node: Object) -> Write:
    plan = [(key, _writer(child), child.required == "required") for key, child in node.keys.items()]
    known = frozenset(node.keys)

    def write(value: object, name: str, written: list[Field]) -> None:
        if not isinstance(value, Mapping | Struct):
            msg = "a mapping of keys to values, or a struct, is expected"
            raise Unfit(msg)
        members = _members(cast("Mapping[str, object]", value))
        if not members.keys() <= known:
            msg = f"unknown keys {names(key for key in members if key not in known)}"
            raise Unfit(msg)
        key = ""
        try:
            for key, write_member, is_required in plan:
                if key in members:
                    write_member(members[key], f"{name}[{key}]" if name else key, written)
                elif is_required:
                    msg = "the key is missing"
                    raise Unfit(msg)
        except Unfit as unfit:
            unfit.path.append(key)
            raise

    return write


def _list_writer(node: List) -> Write:
    write_item = _writer(node.items)
    may_be_empty = node.required == "optional" or (node.required == "default" and not node.default)

    def write(value: object, name: str, written: list[Field]) -> None:
        if not isinstance(value, list | tuple):
            msg = "a list is expected"
            raise Unfit(msg)
        items = cast("list[object]", value)
        if not items and not may_be_empty:
            msg = "a form cannot carry an empty list"
            raise Unfit(msg)
        for index, item in enumerate(items):
            before = len(written)
            try:
                write_item(item, f"{name}[{index}]", written)
                if len(written) == before:
                    msg = "a form cannot carry an empty item"
                    raise Unfit(msg)
            except Unfit as unfit:
                unfit.path.append(index)
                raise

    return write


def _scalar_writer(node: Scalar) -> Write:
    text_of = _TEXTS.get(node.type) or _checked_text(node.type)
    is_plain = node.type in _PLAIN

    def write(value: object, name: str, written: list[Field]) -> None:
        written.append(Field(name, text_of(value), is_plain))

    return write


def _checked_text(type_: str) -> _Text:
    accepted = None if type_ in _UNJUDGED else is_accepted_everywhere(type_)

    def text_of(value: object) -> str:
        text = _any_text(value)
        if accepted is not None and not accepted(text):
            raise _mismatch(type_)
        return text

    return text_of


def _integer_text(value: object) -> str:
    if isinstance(value, int) and fits(value):
        return str(int(value))
    if isinstance(value, str) and integer(value) is not None:
        return value
    raise _mismatch("int", value)


def _boolean_text(value: object) -> str:
    if value in (0, 1):
        return str(int(value))
    if isinstance(value, str) and boolean(value) is not None:
        return value
    raise _mismatch("bool", value)


def _decimal_text(value: object) -> str:
    if isinstance(value, float) and math.isfinite(value):
        return text_float(value)
    if isinstance(value, str) and decimal(value) is not None:
        return value
    if isinstance(value, int) and fits(value):
        return str(int(value))
    raise _mismatch("float", value)


def _any_text(value: object) -> str:
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            msg = "the text holds half a character (a lone surrogate)"
            raise Unfit(msg) from None
        return value
    if isinstance(value, bool | int):
        return str(int(value))
    if isinstance(value, float) and math.isfinite(value):
        return text_float(value)
    raise _mismatch("text", value)


_TEXTS: dict[str, _Text] = {
    "int": _integer_text,
    "bool": _boolean_text,
    "float": _decimal_text,
}


def _mismatch(type_: str, value: object = "") -> Unfit:
    if value is None:
        return Unfit("a form cannot carry null; leave the key out")
    return Unfit(f"a value of the kind {type(value).__name__} that does not fit the type {type_}")


def _members(value: Mapping[str, object] | Struct) -> Mapping[str, object]:
    """Return keys and values; of a struct those that differ from their defaults."""
    if not isinstance(value, Struct):
        return value
    given = [
        (key, member, default)
        for attribute, key, default in _layout(type(value))
        if (member := getattr(value, attribute)) is not UNSET
    ]
    told = {key: member for key, member, default in given if member != default}
    # A struct that is all defaults must still be seen in a list.
    return told or {key: member for key, member, _ in given if member is not None}


@cache
def _layout(struct: type[Struct]) -> tuple[tuple[str, str, object], ...]:
    """Return attribute, key and default of each field."""
    return tuple((it.name, it.encode_name, _default(it)) for it in fields(struct))


def _default(field: object) -> object:
    factory = getattr(field, "default_factory", NODEFAULT)
    return factory() if factory is not NODEFAULT else getattr(field, "default", NODEFAULT)
