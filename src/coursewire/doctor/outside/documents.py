"""Parts of decoded answers, whatever a strange site sends in their place."""

from typing import Any

import msgspec


def fields(content: object) -> dict[str, Any]:
    """Return an object; an empty one where there is none."""
    try:
        return msgspec.convert(content, dict[str, Any])
    except msgspec.ValidationError:
        return {}


def rows(content: object) -> list[dict[str, Any]]:
    """Return a list of objects; an empty one where there is none."""
    try:
        return msgspec.convert(content, list[dict[str, Any]])
    except msgspec.ValidationError:
        return []
