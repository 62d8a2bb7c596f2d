"""The fields of requests to the scripts beside REST, which are texts."""

from collections.abc import Mapping
from typing import TypeAlias

from coursewire.contracts.errors import CodingError, MoodleError

# Those of a decoded form, or of a body in JSON.
Fields: TypeAlias = Mapping[str, object] | Mapping[int | str, object]


def text(fields: Fields, name: str, otherwise: str | None = None) -> str:
    """Return a field; one that is missing is refused unless something stands in for it."""
    value = fields.get(name, otherwise)
    if value is None:
        message = f"A required parameter ({name}) was missing"
        raise MoodleError("missingparam", message, reason=f"the field {name} is missing")
    if not isinstance(value, str):
        raise CodingError(f"the field {name} is a list")
    return value
