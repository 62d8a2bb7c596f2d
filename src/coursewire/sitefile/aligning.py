"""A site file brought into the words of the site, so that the two can be compared."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec import Struct

from coursewire.domain.group_visibility import PARTICIPATING
from coursewire.sitefile.model.courses import Category
from coursewire.sitefile.model.entry import Entry
from coursewire.sitefile.model.participation import Group
from coursewire.sitefile.model.people import User
from coursewire.sitefile.model.site_file import SiteFile
from coursewire.sitefile.present.site import Present
from coursewire.sitefile.reading import LISTS
from coursewire.store.inventory.people import tombstone

_CATEGORIES = {
    "categories": "parent",
    "courses": "category",
    "cohorts": "category",
    "role_overrides": "category",
    "role_assignments": "category",
}
_USERS = ("role_assignments", "enrolments", "tokens")
_GRADED = ("activities", "grade_items")
_MEMBERS = {"groups": "members", "cohorts": "members", "self_enrolments": "members"}


class Row(Struct, frozen=True):
    """An entry and its place in the section of the file."""

    place: int
    entry: Entry


class Aligned:
    """The entries of a file that say something about the site."""

    def __init__(self, file: SiteFile, present: Present) -> None:
        self._live = {user.username for user in present.file.users}
        # Deleted users that the file still lists: what it says about them is over.
        self.gone = frozenset(
            user.username for user in file.users if user.deleted and self._is_past(user, present)
        )
        self._categories = _category_names(file, present)
        self.rows: dict[str, list[Row]] = {
            section: [
                Row(place, self._aligned(section, entry))
                for place, entry in enumerate(getattr(file, section))
                if not self._is_over(section, entry)
            ]
            for section in LISTS
        }

    @property
    def to_delete(self) -> tuple[str, ...]:
        """Users that exist although the file says they are deleted."""
        return tuple(sorted(self.gone & self._live))

    def _is_past(self, user: User, present: Present) -> bool:
        return user.username in self._live or tombstone(user.username) in present.tombstones

    def _is_over(self, section: str, entry: Entry) -> bool:
        if section == "users":
            return entry.natural_key[0] in self.gone
        return section in _USERS and _get(entry, "user") in self.gone

    def _aligned(self, section: str, entry: Entry) -> Entry:
        changes: dict[str, Any] = {}
        if section in _CATEGORIES:
            field = _CATEGORIES[section]
            name = _get(entry, field)
            if section == "courses" or name:
                changes[field] = self._categories(name)
        if self.gone:
            changes |= self._without_gone(section, entry)
        if isinstance(entry, Group) and entry.visibility not in PARTICIPATING:
            changes["participation"] = False
        return msgspec.structs.replace(entry, **changes) if changes else entry

    def _without_gone(self, section: str, entry: Entry) -> dict[str, Any]:
        if section in _MEMBERS:
            members = _get(entry, "members")
            return {"members": tuple(name for name in members if name not in self.gone)}
        if section in _GRADED:
            grades = _get(entry, "grades")
            return {"grades": {who: value for who, value in grades.items() if who not in self.gone}}
        if section == "services":
            users = _get(entry, "authorised_users")
            return {"authorised_users": tuple(user for user in users if user.user not in self.gone)}
        return {}


def _get(entry: Entry, field: str) -> Any:  # noqa: ANN401 - a field of one of several kinds
    return getattr(entry, field)


def _category_names(file: SiteFile, present: Present) -> Callable[[str], str]:
    """Return what turns the name of a category in the file into its name on the site.

    The two differ for the default category alone: it may be left out, and the file may rename it.
    """
    there = _default(present.file.categories)
    names = {"": there}
    renamed = _default(file.categories)
    if renamed:
        names[renamed] = there
    return lambda name: names.get(name, name)


def _default(categories: Iterable[Category]) -> str:
    return next((category.label for category in categories if category.default), "")
