"""Headings and rulers, which end the paragraph or list that they interrupt."""

import re
from xml.etree.ElementTree import Element, SubElement

from markdown.blockprocessors import BlockProcessor

_HEADING = r"#[^\n]+"
_UNDERLINED = r"(?!-(?: |\n))(?=[^\n]*\S)[^\n]+\n(?:=+|-+)[ ]*$"
_RULER = r"[ ]{0,3}([-*_])(?:[ ]{0,2}\1){2,}[ ]*$"
_APART = re.compile(rf"^(?:{_UNDERLINED}|{_HEADING}|{_RULER})", re.MULTILINE)
_TITLE = re.compile(rf"{_UNDERLINED}|{_HEADING}")


class HeadingsApart(BlockProcessor):
    """Gives each heading and ruler a block of its own.

    The library takes them one by one from the front of a block, copying the rest each time.
    """

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002 - the library's signature
        """Whether there is more in the block than one heading."""
        found = _APART.search(block)
        return found is not None and found[0] != block

    def run(self, parent: Element, blocks: list[str]) -> None:  # noqa: ARG002
        """Cut the first block into pieces."""
        block = blocks.pop(0)
        pieces: list[str] = []
        position = 0
        for found in _APART.finditer(block):
            pieces += (block[position : found.start()].strip("\n"), found[0])
            position = found.end()
        pieces.append(block[position:].strip("\n"))
        blocks[:0] = [piece for piece in pieces if piece]


class HeadingProcessor(BlockProcessor):
    """Reads a heading, which is a block of its own by now."""

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002
        """Whether the block is a heading."""
        return _TITLE.fullmatch(block) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Add the heading to `parent`."""
        title, _, line = blocks.pop(0).partition("\n")
        if line:
            _add_heading(parent, 1 if line.startswith("=") else 2, title)
            return
        signs = len(title) - len(title.lstrip("#"))
        # Of nothing but signs, the last is the title.
        level = min(signs, 6, len(title) - 1)
        _add_heading(parent, level, _without_closing_signs(title[level:].strip()))


def _add_heading(parent: Element, level: int, title: str) -> None:
    SubElement(parent, f"h{level}").text = title.strip()


def _without_closing_signs(text: str) -> str:
    """The text of a heading without the number signs behind it, its attributes kept."""
    start = text.rfind("{") if text.endswith("}") else -1
    attributes = text[start:] if start > 0 else ""
    title = text[: len(text) - len(attributes)].rstrip().rstrip("#").rstrip()
    return f"{title or text[:1]} {attributes}"
