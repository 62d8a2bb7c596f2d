"""Names of a site file and ids of the store, in both directions; and the id map for a replay."""

from collections import Counter
from typing import Literal

from coursewire.domain.site import ADMIN_ID, GUEST_ID, SITE_COURSE

Kind = Literal[
    "profile_field",
    "role",
    "category",
    "user",
    "course",
    "cohort",
    "manual_enrolment",
    "self_enrolment",
    "group",
    "grouping",
    "cm",
    "grade_item",
    "service",
    "token",
]
Key = tuple[str, ...]

SITE = "SITE"
"""What the site course is called in site files."""

PUBLISHED: tuple[Kind, ...] = (
    "role",
    "category",
    "user",
    "course",
    "cohort",
    "group",
    "grouping",
    "cm",
)
"""The kinds of the id map."""

__all__ = ["ADMIN_ID", "GUEST_ID", "PUBLISHED", "SITE", "SITE_COURSE", "Ids", "Key", "Kind"]


class Ids:
    """Which object has which id; where a name stands for several objects, for the first one."""

    def __init__(self) -> None:
        self._ids: dict[Kind, dict[Key, int]] = {}
        self._keys: dict[Kind, dict[int, Key]] = {}
        self._counts: Counter[tuple[Kind, Key]] = Counter()

    def put(self, kind: Kind, key: Key, row_id: int) -> None:
        """Note what an object is called."""
        self._counts[kind, key] += 1
        self._ids.setdefault(kind, {}).setdefault(key, row_id)
        self._keys.setdefault(kind, {})[row_id] = key

    def alias(self, kind: Kind, key: Key, row_id: int) -> None:
        """Note another name for an object; it does not replace the first one."""
        self._ids.setdefault(kind, {}).setdefault(key, row_id)

    def drop(self, kind: Kind, key: Key) -> None:
        """Forget an object that was removed."""
        row_id = self._ids.get(kind, {}).pop(key, None)
        if row_id is not None:
            self._keys.get(kind, {}).pop(row_id, None)

    def find(self, kind: Kind, *key: str) -> int | None:
        """Return the id of an object, if there is one."""
        return self._ids.get(kind, {}).get(key)

    def get(self, kind: Kind, *key: str) -> int:
        """Return the id of an object that is known to be there."""
        return self._ids[kind][key]

    def key(self, kind: Kind, row_id: int) -> Key | None:
        """Return what an object is called."""
        return self._keys.get(kind, {}).get(row_id)

    def name(self, kind: Kind, row_id: int) -> str:
        """Return what an object is called, as one text; empty where there is none."""
        return "/".join(self._keys.get(kind, {}).get(row_id, ()))

    def ambiguous(self, kind: Kind, key: Key) -> bool:
        """Tell whether several objects have that name."""
        return self._counts[kind, key] > 1

    def several(self) -> list[tuple[Kind, Key]]:
        """Return the names that stand for several objects."""
        return sorted(place for place, count in self._counts.items() if count > 1)

    def published(self) -> dict[str, dict[str, int]]:
        """Return the id map: kind, then name, then id."""
        return {
            kind: {_published(key): row_id for key, row_id in self._ids.get(kind, {}).items()}
            for kind in PUBLISHED
        }


def _published(key: Key) -> str:
    """Return a key as one text; a slash before the last part is marked, so that no two are alike.

    The last part, as the name of a group, stands as it is.
    """
    *places, name = key
    marked = (place.replace("\\", "\\\\").replace("/", "\\/") for place in places)
    return "/".join([*marked, name])
