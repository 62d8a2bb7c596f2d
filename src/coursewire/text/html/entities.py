"""Character references of HTML 4, turned into the characters they stand for."""

import re
from html.entities import html5, name2codepoint

_NAMED = {name: chr(code) for name, code in name2codepoint.items()} | {"apos": "'"}

# The names that pages have always written without a semicolon too.
_WITHOUT_SEMICOLON = sorted(
    (name for name in html5 if not name.endswith(";") and name in _NAMED), key=len, reverse=True
)
_REFERENCE = r"&(?:#[xX](?P<hex>[0-9a-fA-F]+);?|#(?P<decimal>[0-9]+);?|(?P<name>[A-Za-z0-9]+);"
_LEGACY = rf"(?P<legacy>{'|'.join(_WITHOUT_SEMICOLON)})"
_IN_TEXT = re.compile(rf"{_REFERENCE}|{_LEGACY})")
# In an address, `&copy=1` is a parameter.
_IN_ATTRIBUTE = re.compile(rf"{_REFERENCE}|{_LEGACY}(?![=;A-Za-z0-9]))")

# Digits beyond which a number names no character.
_LONGEST_NUMBER = 10

# What neither HTML 4 nor XML has as a character: controls, surrogates, non-characters.
_NO_CHARACTER = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def decode_text(text: str) -> str:
    """`text` between tags with its references decoded; unknown ones stay as written."""
    return _decoded(text, _IN_TEXT)


def decode_attribute(value: str) -> str:
    """As `decode_text`, for the value of an attribute."""
    return _decoded(value, _IN_ATTRIBUTE)


def without_controls(text: str) -> str:
    """`text` without what is no character of a page."""
    return _NO_CHARACTER.sub("", text)


def _decoded(text: str, reference: re.Pattern[str]) -> str:
    return reference.sub(_character, text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    name = found["name"] or found["legacy"]
    if name:
        return _NAMED.get(name, found[0])
    return _numbered(found["hex"], 16) if found["hex"] else _numbered(found["decimal"], 10)


def _numbered(digits: str, base: int) -> str:
    significant = digits.lstrip("0")
    if not significant or len(significant) > _LONGEST_NUMBER:
        return ""
    code = int(significant, base)
    return without_controls(chr(code)) if code <= 0x10FFFF else ""
