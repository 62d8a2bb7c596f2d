"""Tags in plain text as PHP's strip_tags sees them, and what the types text and notags admit."""

import re
from collections.abc import Iterator

_WHITE_SPACE = " \t\n\v\f\r"
_TAG_OPENING = re.compile(rf"<(?![{_WHITE_SPACE}])")
_TAG_PUNCTUATION = re.compile(r"[<>\"']")

_LANGUAGE = r'lang="[A-Za-z0-9_-]+"'
_LANG_OPENING = re.compile(rf"<lang {_LANGUAGE}\s*>")
_SPAN_OPENING = re.compile(
    rf'<span(?:\s+{_LANGUAGE}|\s+class="multilang"){{2}}\s*>',
)
_MULTILANG = (("</lang>", _LANG_OPENING), ("</span>", _SPAN_OPENING))


def strip_tags(text: str) -> str:
    """`text` without its tags; a `<` before white space is none, one never closed eats the rest."""
    return "".join(_outside_tags(text.replace("\0", "")))


def has_no_tags(value: str) -> bool:
    """Whether stripping the tags would leave `value` as it is: what the type notags admits."""
    return "\0" not in value and _TAG_OPENING.search(value) is None


def is_plain_text(value: str) -> bool:
    """What the type text admits: no tags but those of a well-formed multi-language text."""
    for closing, opening in _MULTILANG:
        if closing in value:
            return "\0" not in value and _is_multilang(value, opening, closing)
    return has_no_tags(value)


def _is_multilang(value: str, opening: re.Pattern[str], closing: str) -> bool:
    """Whether the tags of `value` are language blocks only, each closed before the next."""
    is_open = False
    after = 0
    for start, end in _bracketed(value):
        tag = value[start:end]
        is_expected = tag == closing if is_open else opening.fullmatch(tag) is not None
        if not is_expected:
            return False
        is_open = not is_open
        after = end
    return not is_open and has_no_tags(value[after:])


def _bracketed(text: str) -> Iterator[tuple[int, int]]:
    """Where each run from a `<` to the next `>` starts and ends."""
    end = 0
    while (start := text.find("<", end)) >= 0 and (close := text.find(">", start)) >= 0:
        end = close + 1
        yield start, end


def _outside_tags(text: str) -> Iterator[str]:
    """The runs of `text` that stand outside tags."""
    position = 0
    while opening := _TAG_OPENING.search(text, position):
        yield text[position : opening.start()]
        position = _end_of_tag(text, opening.end())
    yield text[position:]


def _end_of_tag(text: str, start: int) -> int:
    """Where the tag goes on that begins just before `start`; the text's end if it never closes."""
    if text.startswith("!--", start):
        return _after("-->", text, start + 1)
    if text.startswith("?", start):
        return _after("?>", text, start)
    if text.startswith("!", start) and text[start : start + 8].lower() != "!doctype":
        return _end_of_declaration(text, start)
    return _end_of_element_tag(text, start)


def _after(mark: str, text: str, start: int) -> int:
    """The position behind the next `mark`, or the text's end."""
    found = text.find(mark, start)
    return len(text) if found < 0 else found + len(mark)


def _end_of_declaration(text: str, start: int) -> int:
    """As `_end_of_tag`, minding quoted values; a `<` inside begins nothing."""
    quote = ""
    for found in _TAG_PUNCTUATION.finditer(text, start):
        mark = found[0]
        if mark in "\"'":
            quote = "" if quote == mark else quote or mark
        elif mark == ">" and not quote:
            return found.end()
    return len(text)


def _end_of_element_tag(text: str, start: int) -> int:
    """As `_end_of_tag`, minding quoted values and tags inside the tag."""
    depth = 0
    quote = ""
    for found in _TAG_PUNCTUATION.finditer(text, start):
        mark = found[0]
        if mark in "\"'":
            quote = "" if quote == mark else quote or mark
        elif mark == ">":
            if not depth and not quote:
                return found.end()
            depth = max(depth - 1, 0)
        elif not quote and _TAG_OPENING.match(text, found.start()):
            depth += 1
    return len(text)
