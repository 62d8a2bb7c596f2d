"""In what an object of a site file differs from the object on the site."""

from collections.abc import Iterable, Mapping
from math import isclose
from typing import Any, Literal, cast

import msgspec
from msgspec import Struct

from coursewire.sitefile.model.entry import Entry, Part

How = Literal["set", "add", "take"]

# The store keeps grades to five digits.
_DIGITS = 5e-6
LONGEST_SHOWN = 70


class Difference(Struct, frozen=True):
    """One field; `add` and `take` are of items of a field that holds objects of its own."""

    field: str
    how: How
    before: Any
    after: Any

    @property
    def text(self) -> str:
        """The difference as a plan shows it."""
        if self.how == "add":
            return f"{self.field} + {shown(self.after)}"
        if self.how == "take":
            return f"{self.field} - {shown(self.before)}"
        return f"{self.field} {shown(self.before)} → {shown(self.after)}"


def compare(
    wanted: Part, present: Part, *, ignored: frozenset[str] = frozenset()
) -> tuple[Difference, ...]:
    """Return what must change for the present object to be as it is wanted."""
    found: list[Difference] = []
    for name in wanted.__struct_fields__:
        if name in wanted.ONCE or name in ignored:
            continue
        after, before = getattr(wanted, name), getattr(present, name)
        if name in wanted.ADDED:
            missing = lacking(after, before)
            if missing:
                found.append(Difference(name, "add", before, missing))
        elif not _equal(after, before, is_set=name in wanted.SETS):
            found.append(Difference(name, "set", before, after))
    return tuple(found)


def lacking(wanted: Any, present: Any) -> Any:  # noqa: ANN401 - a tuple or dict field of any entry
    """Return the items of a field that the other one does not have, or has otherwise."""
    if isinstance(wanted, Mapping):
        there = cast("Mapping[str, Any]", present)
        return {
            key: value
            for key, value in cast("Mapping[str, Any]", wanted).items()
            if key not in there or not _equal(value, there[key])
        }
    items = cast("tuple[Any, ...]", wanted)
    others = {item_key(item): item for item in cast("tuple[Any, ...]", present)}
    return tuple(item for item in items if others.get(item_key(item)) != item)


def surplus(wanted: Any, present: Any) -> Any:  # noqa: ANN401 - as above
    """Return the items of a field that are there but not wanted at all."""
    if isinstance(present, Mapping):
        there = cast("Mapping[str, Any]", present)
        return {key: value for key, value in there.items() if key not in wanted}
    keys = {item_key(item) for item in cast("tuple[Any, ...]", wanted)}
    return tuple(item for item in cast("tuple[Any, ...]", present) if item_key(item) not in keys)


def item_key(item: Any) -> Any:  # noqa: ANN401 - a name, or an entry inside an entry
    """Return what makes two items of a list field the same."""
    return item.natural_key if isinstance(item, Entry) else item


def shown(value: Any) -> str:  # noqa: ANN401 - any value of a site file
    """Return a value as a plan shows it, shortened."""
    if isinstance(value, Entry):
        return value.label
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, Any]", value).items()
        return _short(", ".join(f"{key}: {shown(item)}" for key, item in pairs) or "none")
    if isinstance(value, tuple | list):
        return _short(", ".join(map(shown, _items(value))) or "none")
    if isinstance(value, Part):
        fields = msgspec.structs.fields(type(value))
        named = {field.encode_name: getattr(value, field.name) for field in fields}
        defaults = {field.encode_name: field.default for field in fields}
        return shown({name: item for name, item in named.items() if item != defaults[name]})
    if value is None or isinstance(value, bool):
        return {None: "none", True: "true", False: "false"}[value]
    return _short(value if isinstance(value, str) and value.isalnum() else repr(value))


def _items(value: Any) -> Iterable[Any]:  # noqa: ANN401 - a list field of any entry
    several: Iterable[Any] = value
    return several


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def _equal(one: Any, other: Any, *, is_set: bool = False) -> bool:  # noqa: ANN401 - any value
    if isinstance(one, float) or isinstance(other, float):
        return (
            one is not None
            and other is not None
            and isclose(one, other, rel_tol=0, abs_tol=_DIGITS)
        )
    if is_set:
        return set(one) == set(other)
    if isinstance(one, Part) and isinstance(other, Part):
        return not compare(one, other)
    return bool(one == other)
