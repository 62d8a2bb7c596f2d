"""What somebody saw of a thing when they began to change it, so that no other change is lost."""

import hashlib
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from coursewire.contracts.errors import InvalidParameter


class ChangedMeanwhile(InvalidParameter):
    """What is to be changed is no longer as it was seen."""

    def __init__(self) -> None:
        super().__init__(
            "somebody else changed it meanwhile", remedy="look at it again, then decide"
        )


def mark(record: Struct, fields: Iterable[str]) -> str:
    """Return a short text that is another one as soon as one of the fields is."""
    values = [getattr(record, name) for name in fields]
    return hashlib.sha256(msgspec.json.encode(values)).hexdigest()[:16]


def require_unchanged(record: Struct, fields: Iterable[str], seen: str) -> None:
    """Refuse where the record is no longer as it was seen; '' stands for whatever it is."""
    if seen and seen != mark(record, fields):
        raise ChangedMeanwhile
