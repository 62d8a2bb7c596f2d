"""Bulleted and numbered lists as PHP Markdown reads them.

An item reaches to the next marker that is indented as the first one. What is indented further, by
one space even, belongs to the item and may be a list in it. An item with an empty line in or next
to it holds paragraphs; any other holds text and lists only.
"""

import re
from xml.etree.ElementTree import Element, SubElement

from markdown.blockprocessors import BlockProcessor
from msgspec import Struct

_MARKERS = {"ul": r"[*+-]", "ol": r"[0-9]+[.]"}
_ANY_MARKER = r"(?:[*+-]|[0-9]+[.])"
_START = re.compile(rf"([ ]{{0,3}})(?:(?P<ul>{_MARKERS['ul']})|(?P<ol>{_MARKERS['ol']}))[ ]+")
_ONE_LEVEL = re.compile(r"^[ ]{1,4}", re.MULTILINE)

# Lists inside each other beyond which markers are text.
_DEEPEST = 20


class _Item(Struct):
    """An item without its marker; `loose` when it holds paragraphs."""

    lines: list[str]
    marker_width: int
    loose: bool = False


class ListProcessor(BlockProcessor):
    """Reads a list that starts a block, and the blocks that go on with it."""

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002 - the library's signature
        """Whether the block starts with a marker."""
        return _START.match(block) is not None and len(self.parser.state) < _DEEPEST

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Add the list to `parent`."""
        text = _taken(blocks)
        rest = self._add_list(parent, text)
        if rest:
            blocks.insert(0, rest)

    def _add_list(self, parent: Element, text: str) -> str:
        """Add the list at the start of `text` to `parent`; what follows it."""
        kind = _kind(text)
        text, rest = _before_other_kind(text, kind)
        element = SubElement(parent, kind)
        self.parser.state.set(kind)
        for item in _items(text):
            self._add_item(element, item)
        self.parser.state.reset()
        return rest

    def _add_item(self, element: Element, item: _Item) -> None:
        child = SubElement(element, "li")
        text = "\n".join(item.lines)
        if item.loose:
            padded = " " * item.marker_width + text
            self.parser.parseChunk(child, _ONE_LEVEL.sub("", padded))
        else:
            self._add_tight(child, _ONE_LEVEL.sub("", text))

    def _add_tight(self, item: Element, text: str) -> None:
        """Text, then the lists that begin at a line of it."""
        before, nested = _at_first_list(text)
        item.text = before.strip("\n")
        while nested and len(self.parser.state) < _DEEPEST:
            nested = self._add_list(item, nested)
        if nested:
            item.text = text


def _kind(text: str) -> str:
    found = _START.match(text)
    return "ul" if found and found["ul"] else "ol"


def _taken(blocks: list[str]) -> str:
    """The first block and those after it that go on with its list, taken from `blocks`."""
    taken = [blocks.pop(0)]
    again = re.compile(rf"[ ]*{_MARKERS[_kind(taken[0])]}[ ]+")
    while blocks and _goes_on(blocks[0], again):
        taken.append(blocks.pop(0))
    return "\n\n".join(taken).rstrip("\n")


def _goes_on(block: str, again: re.Pattern[str]) -> bool:
    text = block.lstrip("\n")
    return not text or text.startswith(" ") or again.match(text) is not None


def _before_other_kind(text: str, kind: str) -> tuple[str, str]:
    """The list of one `kind` and what follows: a list of the other kind, indented as this one."""
    start = _START.match(text)
    indent = start[1] if start else ""
    other = _MARKERS["ol" if kind == "ul" else "ul"]
    found = re.compile(rf"\n{indent}(?={other}[ ]+)").search(text)
    return (text[: found.start()], text[found.end() :]) if found else (text, "")


def _items(text: str) -> list[_Item]:
    """The items of the list `text`."""
    start = _START.match(text)
    indent = start[1] if start else ""
    marker = re.compile(rf"{indent}({_ANY_MARKER}(?:[ ]+|$))")
    items: list[_Item] = []
    for line in text.split("\n"):
        found = marker.match(line)
        if found:
            follows_empty_line = bool(items) and _end(items[-1])
            width = len(indent) + len(found[1])
            items.append(_Item([line[found.end() :]], width, follows_empty_line))
        else:
            # The text starts with a marker, so there is an item.
            items[-1].lines.append(line)
    _end(items[-1])
    return items


def _end(item: _Item) -> bool:
    """Take the empty lines from the end of an item, and say whether there were any."""
    count = len(item.lines)
    while len(item.lines) > 1 and not item.lines[-1].strip():
        item.lines.pop()
    ended_empty = len(item.lines) < count
    item.loose = item.loose or ended_empty or not all(line.strip() for line in item.lines[1:])
    return ended_empty


def _at_first_list(text: str) -> tuple[str, str]:
    """`text` before its first line that starts with a marker, and from that line on."""
    found = re.compile(_START.pattern, re.MULTILINE)
    position = 0
    for line in text.split("\n"):
        if found.match(line):
            return text[:position], text[position:]
        position += len(line) + 1
    return text, ""
