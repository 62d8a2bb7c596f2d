"""Values of attributes: what each kind admits, and its canonical spelling."""

import re
from collections.abc import Callable

from coursewire.text.html.colours import HEX_OF_NAME

# The value as it may be shown, or None when the attribute has to go.
Value = Callable[[str], str | None]

_LARGEST_PICTURE = 1200

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9:_.-]*")
_LANGUAGE = re.compile(r"(?:[A-Za-z]{2,3}|[xXiI](?=-))(?:-[A-Za-z0-9]{1,8})*")
_HEX = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
_NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]*)?")


def text(value: str) -> str | None:
    """Any text, on one line."""
    return re.sub(r"[\t\n\r]", " ", value).strip()


def classes(value: str) -> str | None:
    """Names of classes, each once."""
    return " ".join(dict.fromkeys(value.split())) or None


def identifier(value: str) -> str | None:
    """A name of a place in the page."""
    return value.strip() if _IDENTIFIER.fullmatch(value.strip()) else None


def language(value: str) -> str | None:
    """A language tag, in lower case."""
    return value.strip().lower() if _LANGUAGE.fullmatch(value.strip()) else None


def one_of(*words: str) -> Value:
    """One of the words, in any case."""

    def check(value: str) -> str | None:
        return value.strip().lower() if value.strip().lower() in words else None

    return check


def exactly_one_of(*words: str) -> Value:
    """One of the words, as they are spelt: the letters of a list's numbering differ by case."""

    def check(value: str) -> str | None:
        return value.strip() if value.strip() in words else None

    return check


def switch(name: str) -> Value:
    """An attribute that only is there or is not."""

    def check(_value: str) -> str | None:
        return name

    return check


def pixels(value: str) -> str | None:
    """A number of pixels, with or without its unit."""
    number = value.strip().lower().removesuffix("px").strip()
    if not _NUMBER.fullmatch(number):
        return None
    return str(max(0, int(float(number))))


def picture_pixels(value: str) -> str | None:
    """As `pixels`, up to a size that still leaves room for the page."""
    found = pixels(value)
    return found and str(min(int(found), _LARGEST_PICTURE))


def length(value: str) -> str | None:
    """Pixels, or a share from 0 to 100 %."""
    share = value.strip().removesuffix("%")
    if share == value.strip():
        return pixels(value)
    return f"{min(max(0, int(float(share))), 100)}%" if _NUMBER.fullmatch(share) else None


def number(value: str) -> str | None:
    """A whole number from 0."""
    return str(int(value)) if _WHOLE_NUMBER.fullmatch(value.strip()) else None


def integer(value: str) -> str | None:
    """A whole number."""
    digits = value.strip().removeprefix("-")
    return str(int(value)) if _WHOLE_NUMBER.fullmatch(digits) else None


def colour(value: str) -> str | None:
    """A colour by name or code, as a code of six digits."""
    name = value.strip()
    if name.lower() in HEX_OF_NAME:
        return HEX_OF_NAME[name.lower()]
    found = _HEX.fullmatch(name)
    if not found:
        return None
    digits = found[1]
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))
