"""HTML in Markdown: blocks of it are set aside whole, nothing in them is read as Markdown."""

import re
from collections.abc import Iterator

from markdown.preprocessors import Preprocessor
from msgspec import Struct

_ALWAYS = """
address article aside blockquote details div dl fieldset figcaption figure footer form h1 h2 h3 h4
h5 h6 header hgroup hr iframe legend nav ol p pre section summary table ul
"""
_ALONE = """
audio canvas del iframe ins math noscript object param script source style svg track video
"""
# Elements that make a block wherever they stand, and those that do when alone on their lines.
_BLOCKS = frozenset(_ALWAYS.split())
_BLOCKS_WHEN_ALONE = frozenset(_ALONE.split())
# Elements in which there is no Markdown, block or not.
_FOREIGN = frozenset({"math", "script", "style", "svg"})
_EMPTY = frozenset({"br", "col", "hr", "img", "input", "param", "source", "track"})

# Blocks of Markdown in HTML inside each other beyond which they are HTML only.
_DEEPEST = 10

BLOCK_ELEMENTS = _BLOCKS | _BLOCKS_WHEN_ALONE

_MARKED = re.compile(
    r"(?P<code>(?:\A|(?<=\n\n))(?:[ ]{4}[^\n]*(?:\n+|\Z))+)|(?P<ticks>`+)"
    r"|(?P<comment><!--)|(?P<declaration><[!?])"
    r"|<(?P<slash>/?)(?P<name>[A-Za-z][A-Za-z0-9:_-]*)"
    r"(?P<attributes>(?:[\s/](?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)?)>"
)
_MARKDOWN_INSIDE = re.compile(r"\smarkdown\s*=\s*[\"']?(?:1|block)\b")


class _Tag(Struct):
    """A tag, or a comment or declaration (without a name)."""

    start: int
    end: int
    name: str = ""
    closing: bool = False
    empty: bool = False
    markdown_inside: bool = False
    partner: "_Tag | None" = None

    @property
    def whole_end(self) -> int:
        """Where the element ends that this tag starts."""
        return self.partner.end if self.partner else self.end


class RawHtml(Preprocessor):
    """Sets aside the blocks of HTML in a text."""

    def run(self, lines: list[str]) -> list[str]:
        """The lines with blocks of HTML replaced by marks that stand for them."""
        return self._set_aside("\n".join(lines), depth=0).split("\n")

    def _set_aside(self, text: str, *, depth: int) -> str:
        pieces: list[str] = []
        position = 0
        for tag in _paired(list(_tags(text))):
            if tag.start < position or tag.closing:
                continue
            kept, end = self._replacement(text, tag, depth)
            if end > tag.start:
                pieces += (text[position : tag.start], kept)
                position = end
        return "".join((*pieces, text[position:]))

    def _replacement(self, text: str, tag: _Tag, depth: int) -> tuple[str, int]:
        """What stands for the element that `tag` starts, and where it ends; nothing if inline."""
        whole = text[tag.start : tag.whole_end]
        if _is_block(text, tag):
            return self._block(text, tag, depth)
        if not tag.name or (tag.name in _FOREIGN and tag.partner):
            return self._stored(whole), tag.whole_end
        return "", tag.start

    def _block(self, text: str, tag: _Tag, depth: int) -> tuple[str, int]:
        if not tag.partner and not tag.empty:
            # Never closed, so no tag: its bracket is a character by itself.
            return "\n\n<\n\n", tag.start + 1
        if tag.markdown_inside and tag.partner and depth < _DEEPEST:
            return self._with_markdown(text, tag, tag.partner, depth + 1)
        return f"\n\n{self._stored(text[tag.start : tag.whole_end])}\n\n", tag.whole_end

    def _with_markdown(self, text: str, tag: _Tag, partner: _Tag, depth: int) -> tuple[str, int]:
        opening = self._stored(text[tag.start : tag.end])
        inside = self._set_aside(text[tag.end : partner.start], depth=depth)
        closing = self._stored(text[partner.start : partner.end])
        return f"\n\n{opening}\n\n{inside}\n\n{closing}\n\n", partner.end

    def _stored(self, html: str) -> str:
        return self.md.htmlStash.store(html)


def _tags(text: str) -> Iterator[_Tag]:
    """The tags, comments and declarations in `text`, those in code left out."""
    position = 0
    never_closed: set[str] = set()
    while found := _MARKED.search(text, position):
        position = found.end()
        if found["ticks"]:
            position = _end_of_code(text, found, never_closed)
        elif found["name"]:
            yield _tag(found)
        elif not found["code"]:
            position = _end_of_declaration(text, found)
            yield _Tag(found.start(), position)


def _tag(found: re.Match[str]) -> _Tag:
    name = found["name"].lower()
    attributes = found["attributes"]
    return _Tag(
        found.start(),
        found.end(),
        name,
        closing=bool(found["slash"]),
        empty=name in _EMPTY or attributes.endswith("/"),
        markdown_inside=_MARKDOWN_INSIDE.search(attributes) is not None,
    )


def _end_of_code(text: str, ticks: re.Match[str], never_closed: set[str]) -> int:
    """Where the code ends that starts with `ticks`: behind the next run of as many."""
    run = ticks["ticks"]
    if run not in never_closed:
        closing = re.compile(rf"(?<!`){run}(?!`)").search(text, ticks.end())
        if closing:
            return closing.end()
        never_closed.add(run)
    return ticks.end()


def _end_of_declaration(text: str, found: re.Match[str]) -> int:
    mark = "-->" if found["comment"] else ">"
    end = text.find(mark, found.end())
    return len(text) if end < 0 else end + len(mark)


def _paired(tags: list[_Tag]) -> list[_Tag]:
    """`tags`, each start tag with the end tag that fits it."""
    unclosed: dict[str, list[_Tag]] = {}
    for tag in tags:
        open_tags = unclosed.setdefault(tag.name, [])
        if tag.closing and open_tags:
            open_tags.pop().partner = tag
        elif tag.name and not tag.closing and not tag.empty:
            open_tags.append(tag)
    return tags


def _is_block(text: str, tag: _Tag) -> bool:
    if tag.name in _BLOCKS:
        return True
    if tag.name not in _BLOCKS_WHEN_ALONE or not (tag.partner or tag.empty):
        return False
    before = text[text.rfind("\n", 0, tag.start) + 1 : tag.start]
    line_end = text.find("\n", tag.whole_end)
    after = text[tag.whole_end : line_end if line_end >= 0 else len(text)]
    return not before.strip() and not after.strip()
