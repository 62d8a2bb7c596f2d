"""Trees written as markup for the cleaner, and what it returns in the spelling of XHTML."""

import re
from html import escape

from coursewire.text.html.elements import ELEMENTS
from coursewire.text.html.tree import Node

# The parser of HTML 5 puts rows into a body and columns into a group; these stand in, marked, and
# are taken away again.
_IMPLIED = {"tr": "tbody", "col": "colgroup"}
IMPLIED_MARK = "data-implied"
IMPLIED_NAMES = frozenset(_IMPLIED.values())

_NO_BREAK_SPACE = "\xa0"
_CLEANED_TAG = re.compile(r"<(/?)([^\s<>/]+)([^<>]*)>")


def write(node: Node) -> str:
    """The content of `node` as markup that parses back to the same tree."""
    pieces: list[str] = []
    _write_children(node, pieces)
    return "".join(pieces)


def _write_children(node: Node, pieces: list[str]) -> None:
    for child in node.children:
        if isinstance(child, str):
            pieces.append(escape(child, quote=False))
        elif node.name == "table" and child.name in _IMPLIED:
            group = _IMPLIED[child.name]
            pieces.append(f'<{group} {IMPLIED_MARK}="">')
            _write_node(child, pieces)
            pieces.append(f"</{group}>")
        else:
            _write_node(child, pieces)


def _write_node(node: Node, pieces: list[str]) -> None:
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes.items())
    pieces.append(f"<{node.name}{attributes}>")
    if node.rule.empty:
        return
    if node.name == "pre":
        # The parser drops the first line end in it.
        pieces.append("\n")
    _write_children(node, pieces)
    pieces.append(f"</{node.name}>")


def respell(cleaned: str) -> str:
    """Markup from the cleaner with empty elements closed and without the marked groups."""
    implied: list[bool] = []

    def spell(tag: re.Match[str]) -> str:
        slash, name, attributes = tag.groups()
        if name in IMPLIED_NAMES and not slash:
            implied.append(IMPLIED_MARK in attributes)
        if name in IMPLIED_NAMES and (implied.pop() if slash else implied[-1]):
            return ""
        return f"<{slash}{name}{attributes}{' /' if ELEMENTS[name].empty else ''}>"

    return _CLEANED_TAG.sub(spell, cleaned).replace("&nbsp;", _NO_BREAK_SPACE)
