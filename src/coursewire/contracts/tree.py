"""A contract as a tree of nodes, derived from its structs; the form in which the wire walks it."""

import types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import NODEFAULT, UNSET, Struct, UnsetType, to_builtins

from coursewire.contracts.fields import Bool, Float, Int, NotNull, OptionalItem, Rule, Written

Required = Literal["required", "optional", "default"]


class Scalar(Struct, frozen=True, kw_only=True):
    """A single value and its cleaning rule; `nullable` tells whether Python code accepts None.

    `default` is what Python code meets, `written` the same as Moodle's contract spells it; `mixed`
    tells that an answer holds it in whatever type it has, number and truth value included.
    """

    type: str
    required: Required = "required"
    default: Any = None
    written: Any = None
    allow_null: bool = True
    nullable: bool = False
    mixed: bool = False
    default_is_now: bool = False


class Object(Struct, frozen=True, kw_only=True):
    """Named keys, in the order in which they are reported and sent, and the struct they fill.

    A tree read from the JSON form has no structs; `default` is JSON, as Moodle's contract has it.
    """

    keys: Mapping[str, "Node"]
    struct: type[Struct] | None = None
    required: Required = "required"
    default: Any = None
    allow_null: bool = False


class List(Struct, frozen=True, kw_only=True):
    """Any number of equal items."""

    items: "Node"
    required: Required = "required"
    default: Any = None
    allow_null: bool = False


Node = Scalar | Object | List


# An answer that is nothing but a number: type checkers take no annotated type for a class.
_BARE: Mapping[object, object] = {int: Int, float: Float, bool: Bool}


def tree_of(kind: object) -> Node:
    """Return the tree of a struct, a list of structs, a scalar field type or a plain number."""
    return _node(_BARE.get(kind, kind), required="required", default=None)


def _node(hint: object, *, required: Required, default: object) -> Node:
    inner, marks, nullable = _unwrap(hint)
    written = next((mark.default for mark in marks if isinstance(mark, Written)), default)
    if required == "optional" and written is not None:
        required = "default"
    if isinstance(inner, type) and issubclass(inner, Struct):
        return Object(
            keys=_keys(inner),
            struct=inner,
            required=required,
            default=to_builtins(written),
            allow_null=nullable,
        )
    if get_origin(inner) is list:
        (item,) = get_args(inner)
        marked = any(isinstance(mark, OptionalItem) for mark in _unwrap(item)[1])
        items = _node(item, required="optional" if marked else "required", default=None)
        return List(
            items=items, required=required, default=to_builtins(written), allow_null=nullable
        )
    return Scalar(
        type=_rule(hint, marks),
        required=required,
        default=default,
        written=written,
        allow_null=not any(isinstance(mark, NotNull) for mark in marks),
        nullable=nullable,
        mixed=get_origin(inner) is Union,
    )


def _rule(hint: object, marks: tuple[object, ...]) -> str:
    rules = [mark.name for mark in marks if isinstance(mark, Rule)]
    if len(rules) != 1:
        msg = f"{hint!r} is not a field type of coursewire.contracts.fields"
        raise TypeError(msg)
    return rules[0]


def _keys(struct: type[Struct]) -> dict[str, Node]:
    hints = get_type_hints(struct, include_extras=True)
    keys: dict[str, Node] = {}
    for field in msgspec.structs.fields(struct):
        default = _default(field)
        required: Required = "default"
        if default is NODEFAULT:
            required, default = "required", None
        elif default is UNSET:
            required, default = "optional", None
        keys[field.encode_name] = _node(hints[field.name], required=required, default=default)
    return keys


def _default(field: msgspec.structs.FieldInfo) -> object:
    if field.default_factory is not NODEFAULT:
        return field.default_factory()
    return field.default


def _unwrap(hint: object) -> tuple[object, tuple[object, ...], bool]:
    """Strip Annotated, `| None` and `| Unset`; return type, marks and whether None is admitted."""
    marks: tuple[object, ...] = ()
    nullable = False
    while True:
        origin = get_origin(hint)
        if origin is Annotated:
            hint, *more = get_args(hint)
            marks = (*marks, *more)
        elif origin in (Union, types.UnionType):
            members = [kind for kind in get_args(hint) if kind is not UnsetType]
            nullable = nullable or type(None) in members
            members = [kind for kind in members if kind is not type(None)]
            if len(members) > 1:  # a scalar of several Python types: its rule stands outside
                return Union[tuple(members)], marks, nullable  # noqa: UP007
            (hint,) = members
        else:
            return hint, marks, nullable
