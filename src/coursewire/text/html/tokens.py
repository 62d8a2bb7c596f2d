"""Markup cut into tags and text, in one pass over it."""

import re
from collections.abc import Iterator

from msgspec import Struct

from coursewire.text.html.entities import decode_attribute, decode_text

# Elements whose content is code: it is skipped together with them.
_HIDDEN = frozenset({"script", "style"})

_CDATA = "<![CDATA["
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9:_.-]*")
_TAG_END = re.compile(r"\s*(?:/\s*)*(?:>|\Z)")
_ATTRIBUTE = re.compile(r"[\s/]*([^\s/>=]+|=)\s*(=?)\s*")
_BARE_VALUE = re.compile(r"[^\s>]*")


class StartTag(Struct, frozen=True):
    """The start of an element; `closed` when the tag ends it at once."""

    name: str
    attributes: dict[str, str]
    closed: bool


class EndTag(Struct, frozen=True):
    """The end of an element."""

    name: str


Token = StartTag | EndTag | str


def tokenize(markup: str) -> Iterator[Token]:
    """The tags and texts of `markup`; comments, declarations, scripts and styles are left out."""
    position = 0
    while (opening := markup.find("<", position)) >= 0:
        if opening > position:
            yield decode_text(markup[position:opening])
        token, position = _read_bracket(markup, opening)
        if token is not None:
            yield token
        if isinstance(token, StartTag) and token.name in _HIDDEN:
            position = _end_of_hidden(markup, position, token)
    if position < len(markup):
        yield decode_text(markup[position:])


def _read_bracket(markup: str, opening: int) -> tuple[Token | None, int]:
    """What the `<` at `opening` begins, and where it goes on behind that."""
    if markup.startswith("<!--", opening):
        return None, _behind(markup, "-->", opening + 2)
    if markup.startswith(_CDATA, opening):
        start = opening + len(_CDATA)
        end = _behind(markup, "]]>", start)
        return markup[start:end].removesuffix("]]>"), end
    if markup.startswith(("<!", "<?"), opening):
        return None, _behind(markup, ">", opening)
    if markup.startswith("</", opening):
        return _read_end_tag(markup, opening + 2)
    name = _NAME.match(markup, opening + 1)
    if name is None:
        return "<", opening + 1
    return _read_start_tag(markup, name)


def _behind(markup: str, mark: str, start: int) -> int:
    """The position behind the next `mark`, or the end of the markup."""
    found = markup.find(mark, start)
    return len(markup) if found < 0 else found + len(mark)


def _read_end_tag(markup: str, start: int) -> tuple[Token | None, int]:
    name = _NAME.match(markup, start)
    if name is None:
        return None, start
    return EndTag(name[0].lower()), _behind(markup, ">", name.end())


def _read_start_tag(markup: str, name: re.Match[str]) -> tuple[Token | None, int]:
    attributes: dict[str, str] = {}
    position = name.end()
    while (end := _TAG_END.match(markup, position)) is None:
        read = _read_attribute(markup, position)
        if read is None:
            # A quote that never closes takes the rest of the text with it.
            return None, len(markup)
        key, value, position = read
        attributes.setdefault(key, value)
    return StartTag(name[0].lower(), attributes, closed="/" in end[0]), end.end()


def _read_attribute(markup: str, start: int) -> tuple[str, str, int] | None:
    """The attribute at `start`, its value, and where it ends; None when its quote never closes."""
    found = _ATTRIBUTE.match(markup, start)
    if found is None:
        return None
    key, position = found[1].lower(), found.end()
    if not found[2]:
        return key, "", position
    quote = markup[position : position + 1]
    if quote in ("'", '"'):
        end = markup.find(quote, position + 1)
        if end < 0:
            return None
        return key, decode_attribute(markup[position + 1 : end]), end + 1
    bare = _BARE_VALUE.match(markup, position)
    value = bare[0] if bare else ""
    return key, decode_attribute(value), position + len(value)


def _end_of_hidden(markup: str, start: int, tag: StartTag) -> int:
    """Where the end tag of a script or style begins."""
    if tag.closed:
        return start
    end = re.compile(rf"</{tag.name}", re.IGNORECASE).search(markup, start)
    return end.start() if end else len(markup)
