"""Form data as a view reads it, and the list of what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import parse_qsl

FORM_TYPE = "application/x-www-form-urlencoded"
_MOST_FIELDS = 10_000


class BadForm(Exception):
    """The body is no form that a page of ours sends."""


class Form:
    """Fields by name, in the order they were sent; a name may come more than once."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.pairs = tuple(pairs)
        self._last = dict(self.pairs)

    def __contains__(self, name: str) -> bool:
        return name in self._last

    def __iter__(self) -> Iterator[str]:
        return iter(self._last)

    def __repr__(self) -> str:
        """Show names and no values: some are secret."""
        return f"Form({', '.join(self._last)})"

    def text(self, name: str, default: str = "") -> str:
        """Return a field without space around it."""
        return self._last.get(name, default).strip()

    def raw(self, name: str, default: str = "") -> str:
        """Return a field as it was sent: a password, a text whose spaces count."""
        return self._last.get(name, default)

    def all(self, name: str) -> list[str]:
        """Return all fields of a name."""
        return [value for given, value in self.pairs if given == name]

    def number(self, name: str, default: int = 0) -> int:
        """Return a field as a whole number, or the default where it is none."""
        return whole(self._last.get(name, ""), default)

    def numbers(self, name: str) -> list[int]:
        """Return the fields of a name that are whole numbers above 0, each once: ticked rows."""
        found = (whole(value) for value in self.all(name))
        return [number for number in dict.fromkeys(found) if number > 0]

    def is_on(self, name: str) -> bool:
        """Tell whether a checkbox was ticked."""
        return self.text(name) not in ("", "0", "off", "false")

    def without(self, *names: str) -> "Form":
        """Return the form without some fields."""
        return Form((name, value) for name, value in self.pairs if name not in names)


class Errors:
    """What is wrong with a form: sentences by field, all found in one pass."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self.fields)

    def add(self, field: str, sentence: str) -> None:
        """Say what is wrong with a field; the first sentence about it stands. '' is the form."""
        self.fields.setdefault(field, f"{sentence[:1].upper()}{sentence[1:]}")

    def of(self, field: str) -> str:
        """Return what is wrong with a field, or ''."""
        return self.fields.get(field, "")


def whole(text: str, default: int = 0) -> int:
    """Return a whole number that is written in plain digits, or the default."""
    text = text.strip()
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 19 else default


def read_form(content_type: str, body: bytes) -> Form:
    """Return the fields of a form that a page of ours sent."""
    if content_type.partition(";")[0].strip().lower() != FORM_TYPE:
        msg = "the body is not a form"
        raise BadForm(msg)
    return Form(read_pairs(body))


def read_pairs(raw: bytes) -> list[tuple[str, str]]:
    """Return the pairs of a form or of a query; no field of a page holds a NUL, nor a database."""
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=_MOST_FIELDS,
            errors="strict",
        )
    except ValueError as problem:
        msg = "the form cannot be read"
        raise BadForm(msg) from problem
    if any("\0" in name or "\0" in value for name, value in pairs):
        msg = "the form holds the character NUL"
        raise BadForm(msg)
    return pairs


def by_name(headers: Iterable[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """Return headers by name; of several only the last."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
