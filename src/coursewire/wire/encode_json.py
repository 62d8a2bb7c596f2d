"""JSON as PHP's json_encode writes it without flags.

msgspec does the work; what PHP does otherwise is changed in its bytes: `/` and letters beyond
ASCII stand in strings only, and PHP escapes them there. Floats and structures without any key
cannot be told in the bytes: they are changed before (`php_values.py`).
"""

import codecs
from collections.abc import Callable
from json.encoder import encode_basestring_ascii
from typing import Any, cast

import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import astuple, fields

from coursewire.contracts.function import AnyFunction
from coursewire.contracts.tree import List, Node, Object
from coursewire.wire.chunks import Items, Member, Shape, large_lists, large_structures
from coursewire.wire.floats import json_value
from coursewire.wire.php_values import php_value

_PHP = "coursewire-php-json"
_encode = msgspec.json.Encoder().encode


def encode_json(value: object) -> bytes:
    """Encode any value made of structs, dicts, lists and scalars."""
    return _escaped(_encode(_changed(value)))


def json_shape(function: AnyFunction) -> Shape:
    """Return how the answers of a function are written; one without a description is null."""
    tree = function.return_tree()
    return Shape(whole=lambda _: b"null") if tree is None else _shape(tree)


def _encoder(node: Node) -> Callable[[object], bytes]:
    """Return what writes values of a node, which are changed only where the node asks for it."""
    change = php_value(node)
    if change is None:
        return lambda value: _escaped(_encode(value))
    as_php = change.of
    return lambda value: _escaped(_encode(as_php(value)))


def _shape(node: Node) -> Shape:
    encode = _encoder(node)
    if isinstance(node, List):
        items = _shape(node.items)
        return Shape(
            whole=encode,
            are_large=large_lists(items),
            opening=b"[",
            separator=b",",
            closing=b"]",
            items=Items(shape=items, batch=lambda some: encode(some)[1:-1]),
        )
    if isinstance(node, Object) and node.struct is not None:
        members = tuple(
            Member(
                attribute=field.name,
                shape=_shape(node.keys[field.encode_name]),
                prefix=encode_json(field.encode_name) + b":",
            )
            for field in fields(node.struct)
        )
        return Shape(
            whole=encode,
            are_large=large_structures(members),
            opening=b"{",
            separator=b",",
            closing=b"}",
            members=members,
        )
    return Shape(whole=encode)


def _escaped(data: bytes) -> bytes:
    data = data.replace(b"/", b"\\/")
    return data if data.isascii() else data.decode().encode("ascii", _PHP)


def _escaped_run(error: UnicodeError) -> tuple[str, int]:
    """Write a run of letters beyond ASCII; the codec goes on behind it."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    run = error.object[error.start : error.end]
    return encode_basestring_ascii(run)[1:-1], error.end


codecs.register_error(_PHP, _escaped_run)


def _changed(value: Any) -> object:  # noqa: ANN401 - anything that JSON can hold
    """Return the value with PHP's floats, and with lists in place of structures without keys."""
    if isinstance(value, float):
        return json_value(value)
    if isinstance(value, list):
        return [_changed(item) for item in cast("list[object]", value)]
    if isinstance(value, Struct):
        value = dict(zip(value.__struct_encode_fields__, astuple(value), strict=True))
    if isinstance(value, dict):
        members = cast("dict[object, object]", value).items()
        return {key: _changed(it) for key, it in members if it is not UNSET} or []
    return value
