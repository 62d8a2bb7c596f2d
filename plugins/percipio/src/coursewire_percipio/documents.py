"""Reading the partner's JSON documents; what does not fit is refused with the name of its key."""

import json
import re
from typing import Any, cast

from coursewire.plugin import MoodleError, UnfitDocument

Tree = dict[str, Any]

LONGEST = 1_000_000
_LARGEST = 2**53
_DURATION = re.compile(
    r"P(?=\d|T\d)(?:\d+(?:\.\d+)?Y)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?W)?(?:\d+(?:\.\d+)?D)?"
    r"(?:T(?=\d)(?:\d+(?:\.\d+)?H)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?S)?)?"
)


class Document:
    """One document: its keys by kind, absent and null alike unless asked otherwise."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    def has(self, key: str) -> bool:
        """Tell whether a key is there and not null."""
        return self.tree.get(key) is not None

    def text(self, key: str, default: str = "") -> str:
        """Return a text; numbers are taken as they are written."""
        value = self.tree.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise unfit(key, "a text")
        return _storable(key, str(value))

    def texts(self, key: str) -> list[str] | None:
        """Return a list of texts, or None."""
        value = self.tree.get(key)
        if value is None:
            return None
        if not isinstance(value, list):
            raise unfit(key, "a list of texts")
        items: list[Any] = [*value]  # pyright: ignore[reportUnknownVariableType] - a decoded tree
        if not all(isinstance(item, str) for item in items):
            raise unfit(key, "a list of texts")
        return [_storable(key, item) for item in items]

    def number(self, key: str) -> float | None:
        """Return a finite number, also one written as a text; null and absent are None."""
        value = self.tree.get(key)
        if value is None:
            return None
        if isinstance(value, str) and re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", value.strip()):
            value = float(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise unfit(key, "a number")
        # Looked at before it becomes a float: a whole number may be larger than any.
        if not -_LARGEST <= value <= _LARGEST:
            raise unfit(key, "a number that can be stored")
        return float(value)

    def whole(self, key: str, default: int = 0) -> int:
        """Return a whole number; true and false are 1 and 0."""
        value = self.tree.get(key)
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, str) and not value.strip():
            return default
        found = self.number(key)
        if found is None:
            return default
        if not found.is_integer():
            raise unfit(key, "a whole number")
        return int(found)

    def share(self, key: str, maximum: float) -> float | None:
        """Return a number from 0 to a maximum, or None."""
        found = self.number(key)
        if found is not None and not 0 <= found <= maximum:
            raise unfit(key, f"a number from 0 to {maximum:g}")
        return found

    def milliseconds(self, key: str) -> int | None:
        """Return a time in milliseconds, or None."""
        found = self.number(key)
        if found is None:
            return None
        if found < 0:
            raise unfit(key, "a time in milliseconds")
        return round(found)

    def duration(self, key: str) -> str:
        """Return an ISO 8601 duration such as PT4M51S, '' where there is none."""
        text = self.text(key)
        if text and not _DURATION.fullmatch(text):
            raise unfit(key, "an ISO 8601 duration such as PT4M51S")
        return text

    def pairs(self, key: str, name: str) -> dict[str, str]:
        """Return a list of objects with a name and a value as a mapping."""
        found: dict[str, str] = {}
        for item in self.items(key):
            one = Document(item)
            found[one.text(name)] = one.text("value")
        return found

    def items(self, key: str) -> list[Tree]:
        """Return a list of objects."""
        value = self.tree.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise unfit(key, "a list of objects")
        items: list[Any] = [*value]  # pyright: ignore[reportUnknownVariableType] - a decoded tree
        if not all(isinstance(item, dict) for item in items):
            raise unfit(key, "a list of objects")
        return items


def unfit(key: str, wanted: str) -> UnfitDocument:
    """Return the refusal of a key."""
    return UnfitDocument(f"The key {key} must be {wanted}")


def _storable(key: str, text: str) -> str:
    """Return a text that every database takes, or refuse its key."""
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise unfit(key, "a text without forbidden letters")
    return text


def read(data: str) -> Document:
    """Return the document in a parameter; what is no JSON at all is an empty one, as theirs is.

    A document that begins as one and cannot be read to its end is refused.
    """
    if len(data) > LONGEST:
        raise UnfitDocument(f"The document has more than {LONGEST} characters")
    try:
        found: Any = json.loads(data, parse_constant=_no_constant)
    except RecursionError:
        raise UnfitDocument("The document is nested too deeply") from None
    except ValueError:
        if data.lstrip().startswith("{"):
            raise UnfitDocument("The document in data is ill-formed JSON") from None
        return Document({})
    if not isinstance(found, dict):
        raise UnfitDocument("The document in data must be a JSON object")
    return Document(cast("Tree", found))


def blank(key: str) -> MoodleError:
    """Return the refusal of a key that must not be blank."""
    return MoodleError("errorinvalidparam", f"The key {key} must not be blank")


def _no_constant(name: str) -> float:
    msg = f"{name} is no JSON"
    raise ValueError(msg)
