"""Values of style properties: what each kind admits, in one canonical spelling."""

import re
from collections.abc import Callable

from coursewire.text.html.addresses import shown_address
from coursewire.text.html.colours import HEX_OF_NAME

# The value as it may be shown, or None when the declaration has to go. White space in a value is
# single spaces by the time it comes here.
Value = Callable[[str], str | None]

_HEX_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_FUNCTION_COLOUR = re.compile(r"(rgba?|hsla?)\(([^()]*)\)")
_COMPONENT = re.compile(r"[0-9]+(?:\.[0-9]+)?%?")
_SIZE = re.compile(
    r"(?P<sign>[+-]?)(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
    r"(?P<unit>%|em|ex|px|in|cm|mm|pt|pc|ch|rem|vw|vh|vmin|vmax)?"
)
_PLAIN_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_SPACE_IN_FUNCTION = re.compile(r" ?, ?|(?<=\() | (?=\))")
_QUOTED = re.compile(r"(['\"])(.*)\1")
_FAMILY = re.compile(r"[A-Za-z][A-Za-z0-9 _-]*")
_GENERIC_FAMILIES = frozenset({"serif", "sans-serif", "monospace", "fantasy", "cursive"})


def colour(value: str) -> str | None:
    """A colour: by name as its code, hexadecimal as written, a function without spaces."""
    if value.lower() in HEX_OF_NAME:
        return HEX_OF_NAME[value.lower()]
    if _HEX_COLOUR.fullmatch(value):
        return value
    found = _FUNCTION_COLOUR.fullmatch(value.lower())
    if not found:
        return None
    name, components = found[1], [part.strip() for part in found[2].split(",")]
    expected = 4 if name.endswith("a") else 3
    valid = all(_COMPONENT.fullmatch(part) for part in components)
    return f"{name}({','.join(components)})" if valid and len(components) == expected else None


def size(value: str, *, percent: bool = True, negative: bool = True) -> str | None:
    """A length with its unit, or zero, or a percentage."""
    found = _SIZE.fullmatch(value.lower())
    if not found:
        return None
    number = _number(found["number"])
    unit = found["unit"] or ""
    if (unit == "%" and not percent) or (not unit and number != "0"):
        return None
    is_negative = found["sign"] == "-" and number != "0"
    if is_negative and not negative:
        return None
    return ("-" if is_negative else "") + number + unit


def _number(digits: str) -> str:
    """A number without needless zeros."""
    whole, _, fraction = digits.partition(".")
    fraction = fraction.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")


def keywords(*words: str) -> Value:
    def check(value: str) -> str | None:
        return value.lower() if value.lower() in words else None

    return check


def any_of(*checks: Value) -> Value:
    def check(value: str) -> str | None:
        return next((found for each in checks if (found := each(value))), None)

    return check


def up_to(most: int, each: Value) -> Value:
    """One to `most` values of one kind, such as the four sides of a border."""

    def check(value: str) -> str | None:
        parts = [each(part) for part in _words(value)]
        return _joined(parts) if 0 < len(parts) <= most else None

    return check


def some_of(*checks: Value) -> Value:
    """A shorthand: values of several kinds, in the order written, unknown ones left out."""
    any_kind = any_of(*checks)

    def check(value: str) -> str | None:
        return " ".join(found for part in _words(value) if (found := any_kind(part))) or None

    return check


def _words(value: str) -> list[str]:
    """`value` at its spaces; those of functions such as rgb() are not counted."""
    return _SPACE_IN_FUNCTION.sub(lambda found: found[0].strip(), value).split()


def _joined(parts: list[str | None]) -> str | None:
    known = [part for part in parts if part]
    return " ".join(known) if len(known) == len(parts) else None


def decorations(value: str) -> str | None:
    known = {"underline", "overline", "line-through", "blink"}
    if value.lower() == "none":
        return "none"
    return " ".join(word for word in value.lower().split() if word in known) or None


def families(value: str) -> str | None:
    names = [_family(name.strip()) for name in value.split(",")]
    return ", ".join(name for name in names if name) or None


def _family(written: str) -> str | None:
    quoted = _QUOTED.fullmatch(written)
    name = quoted[2].strip() if quoted else written
    if not _FAMILY.fullmatch(name):
        return None
    if name.lower() in _GENERIC_FAMILIES:
        return name.lower()
    return f"'{name}'" if " " in name else name


def image(value: str) -> str | None:
    if not (value.lower().startswith("url(") and value.endswith(")")):
        return None
    address = shown_address(value[4:-1].strip().strip("'\""))
    return f'url("{address}")' if address else None


def plain_number(value: str) -> str | None:
    return _number(value) if _PLAIN_NUMBER.fullmatch(value) else None


def length(value: str) -> str | None:
    return size(value, percent=False)


def positive(value: str) -> str | None:
    return size(value, negative=False)


def positive_length(value: str) -> str | None:
    return size(value, percent=False, negative=False)
