"""Parameters as paths and values, to change one of them at a time."""

from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every single value with the path to it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*path, number))
    else:
        yield path, value


def changed(value: Any, path: Path, new: Any) -> Any:
    """The parameters with another value in one place; lists become what a form makes of them."""
    if not path:
        return new
    first, *rest = path
    copy = dict(enumerate(value)) if isinstance(value, list) else dict(value)
    copy[first] = changed(copy[first], tuple(rest), new) if first in copy else new
    return copy


def shown(path: Path) -> str:
    """A path as the reference pages write it."""
    return "".join("[]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def name_of(path: Path) -> str:
    """The name under which a form sends a value."""
    first, *rest = path
    return str(first) + "".join(f"[{step}]" for step in rest)
