"""XML of Moodle's REST protocol: three elements, every described key present."""

from collections.abc import Callable
from typing import Any, cast

from msgspec import UNSET
from msgspec.structs import astuple, fields

from coursewire.contracts.tree import List, Node, Object
from coursewire.wire.chunks import Items, Member, Shape, large_lists, large_structures
from coursewire.wire.floats import text_float

HEADER = '<?xml version="1.0" encoding="UTF-8" ?>\n'
_OPENING = f"{HEADER}<RESPONSE>\n"
_CLOSING = "</RESPONSE>\n"
_NULL = '<VALUE null="null"/>\n'
_NO_ITEMS = "<MULTIPLE>\n</MULTIPLE>\n"

# No XML document may hold these, in whatever notation; they are left out (IN-10).
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r"))
_NON_CHARACTERS = tuple(letter.encode() for letter in "\ufffe\uffff")

Write = Callable[[Any], str]


def escaped(text: str) -> str:
    """Return a text as it stands in an element or attribute; an apostrophe may stay."""
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )


def encode_xml(document: str) -> bytes:
    """Encode a document, leaving out what XML cannot hold."""
    data = document.encode("utf-8", "ignore").translate(None, _CONTROLS)
    if not data.isascii():
        for letter in _NON_CHARACTERS:
            data = data.replace(letter, b"")
    return data


def xml_shape(node: Node | None) -> Shape:
    """Return how whole answers of a node are written; a function without one answers nothing."""
    if node is None:
        return Shape(whole=lambda _: (_OPENING + _CLOSING).encode())
    inner = _shape(node)
    return Shape(
        whole=lambda value: _OPENING.encode() + inner.whole(value) + _CLOSING.encode(),
        are_large=inner.are_large,
        opening=_OPENING.encode() + inner.opening,
        closing=inner.closing + _CLOSING.encode(),
        items=inner.items,
        members=inner.members,
    )


def _shape(node: Node) -> Shape:
    write = _writer(node)
    if isinstance(node, List):
        items = _shape(node.items)
        write_item = _writer(node.items)
        return Shape(
            whole=lambda value: encode_xml(write(value)),
            are_large=large_lists(items),
            opening=b"<MULTIPLE>\n",
            closing=b"</MULTIPLE>\n",
            items=Items(shape=items, batch=lambda some: encode_xml("".join(map(write_item, some)))),
        )
    if isinstance(node, Object):
        members = _members(node)
        return Shape(
            whole=lambda value: encode_xml(write(value)),
            are_large=large_structures(members),
            opening=b"<SINGLE>\n",
            closing=b"</SINGLE>\n",
            members=members,
        )
    return Shape(whole=lambda value: encode_xml(write(value)))


def _members(node: Object) -> tuple[Member, ...]:
    attributes = {} if node.struct is None else {f.encode_name: f.name for f in fields(node.struct)}
    return tuple(
        Member(
            attribute=attributes[key],
            shape=_shape(child),
            prefix=_key(key).encode(),
            suffix=b"</KEY>\n",
            absent=f"{_key(key)}{_absent(child)}</KEY>\n".encode(),
        )
        for key, child in node.keys.items()
    )


def _writer(node: Node) -> Write:
    if isinstance(node, Object):
        return _structure_writer(node)
    if isinstance(node, List):
        return _list_writer(node)
    return _write_scalar


def _structure_writer(node: Object) -> Write:
    absent = _absent(node)
    plan = [
        (_key(key), _writer(child), f"{_key(key)}{_absent(child)}</KEY>\n")
        for key, child in node.keys.items()
    ]

    def write(value: Any) -> str:  # noqa: ANN401 - checked before
        if value is None:
            return absent
        parts = ["<SINGLE>\n"]
        for (key, write_member, absent_member), member in zip(plan, astuple(value), strict=True):
            if member is UNSET:
                parts.append(absent_member)
            else:
                parts += (key, write_member(member), "</KEY>\n")
        parts.append("</SINGLE>\n")
        return "".join(parts)

    return write


def _list_writer(node: List) -> Write:
    write_item = _writer(node.items)

    def write(value: Any) -> str:  # noqa: ANN401 - checked before
        if not value:
            return _NO_ITEMS
        items = cast("list[object]", value)
        return f"<MULTIPLE>\n{''.join(map(write_item, items))}</MULTIPLE>\n"

    return write


def _write_scalar(value: Any) -> str:  # noqa: ANN401 - checked before
    if isinstance(value, str):
        return f"<VALUE>{escaped(value)}</VALUE>\n"
    if value is None:
        return _NULL
    if isinstance(value, float):
        return f"<VALUE>{text_float(value)}</VALUE>\n"
    return f"<VALUE>{int(value)}</VALUE>\n"


def _key(name: str) -> str:
    return f'<KEY name="{escaped(name)}">'


def _absent(node: Node) -> str:
    """Return what stands in place of a missing or null value."""
    if isinstance(node, List):
        return _NO_ITEMS
    if isinstance(node, Object):
        keys = (f"{_key(key)}{_absent(child)}</KEY>\n" for key, child in node.keys.items())
        return f"<SINGLE>\n{''.join(keys)}</SINGLE>\n"
    return _NULL
