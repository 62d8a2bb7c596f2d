"""What would change: a site file compared with the site as it is, by natural keys."""

from collections.abc import Callable, Collection, Iterator
from typing import Literal

from msgspec import Struct

from coursewire.domain import course_formats
from coursewire.sitefile import pruning
from coursewire.sitefile.aligning import Aligned, Row
from coursewire.sitefile.differences import Difference, compare
from coursewire.sitefile.ids import Key
from coursewire.sitefile.model.access import Service, Token
from coursewire.sitefile.model.courses import Activity, Category, Course
from coursewire.sitefile.model.entry import Entry, Part
from coursewire.sitefile.model.participation import Enrolment, SelfEnrolment
from coursewire.sitefile.model.people import User
from coursewire.sitefile.model.site_file import SiteFile
from coursewire.sitefile.present.site import Present
from coursewire.sitefile.problems import Path
from coursewire.sitefile.reading import LISTS, SINGLE

Action = Literal["create", "change", "remove"]
_SIGNS = {"create": "+", "change": "~", "remove": "-"}

# The id of the token that has a value, or had it before it ended.
TokenOf = Callable[[str], int | None]


class Change(Struct, frozen=True, kw_only=True):
    """One object that is created, changed or removed."""

    action: Action
    section: str
    label: str
    # Where the file says so; empty for what it does not mention.
    path: Path = ()
    wanted: Part | None = None
    present: Part | None = None
    differences: tuple[Difference, ...] = ()

    @property
    def text(self) -> str:
        """The change as a line of a plan."""
        fields = "; ".join(difference.text for difference in self.differences)
        line = f"{_SIGNS[self.action]} {self.section} {self.label}".rstrip()
        return f"{line}: {fields}" if fields else line


class Plan(Struct, frozen=True):
    """All changes, in the order in which they are made."""

    changes: tuple[Change, ...]

    @property
    def pruned(self) -> set[tuple[str, Key]]:
        """Return what goes because the file does not mention it: section and key of each."""
        return {
            (change.section, change.present.natural_key)
            for change in self.changes
            if change.action == "remove" and not change.path and isinstance(change.present, Entry)
        }

    def count(self, action: Action) -> int:
        """Return how many changes are of a kind."""
        return sum(change.action == action for change in self.changes)


def make(
    file: SiteFile, present: Present, token_of: TokenOf, *, prune: Collection[str] = ()
) -> Plan:
    """Compare a file with the site; `prune` names sections whose surplus is to go."""
    aligned = Aligned(file, present)
    comparison = _Comparison(present, token_of)
    changes: list[Change] = [*_single(file, present)]
    for section in LISTS:
        for row in aligned.rows[section]:
            changes.extend(comparison.change(section, row))
    for section, field, present_entry, items in pruning.surplus(aligned, present, prune):
        changes.append(_removal(section, field, present_entry, items))
    changes.extend(_deletions(file, aligned, present))
    return Plan(tuple(changes))


def _single(file: SiteFile, present: Present) -> Iterator[Change]:
    """Compare what there is one of; a field that is left out stays as it is."""
    for section in SINGLE:
        wanted: Part = getattr(file, section)
        there: Part = getattr(present.file, section)
        left_out = (name for name in wanted.__struct_fields__ if getattr(wanted, name) is None)
        differences = compare(wanted, there, ignored=frozenset(left_out))
        if differences:
            yield Change(
                action="change",
                section=section,
                label="",
                path=(section,),
                wanted=wanted,
                present=there,
                differences=differences,
            )


class _Comparison:
    """Finds for each entry of a file the object on the site that it means."""

    def __init__(self, present: Present, token_of: TokenOf) -> None:
        self._present = present
        self._token_of = token_of
        self._objects: dict[str, dict[Key, Entry]] = {}
        for section in LISTS:
            entries: tuple[Entry, ...] = getattr(present.file, section)
            self._objects[section] = {entry.natural_key: entry for entry in entries}
        self._held = {(held.user, held.role, held.course) for held in present.file.role_assignments}

    def change(self, section: str, row: Row) -> Iterator[Change]:
        """Give the change that an entry asks for, if it asks for one."""
        entry = row.entry
        path: Path = (section, row.place)
        present = self._find(section, entry)
        if present is None:
            yield Change(
                action="create", section=section, label=entry.label, path=path, wanted=entry
            )
            return
        differences = compare(entry, present, ignored=self._ignored(entry, present))
        if differences:
            yield Change(
                action="change",
                section=section,
                label=present.label,
                path=path,
                wanted=entry,
                present=present,
                differences=differences,
            )

    def _find(self, section: str, entry: Entry) -> Entry | None:
        if isinstance(entry, Category) and entry.default:
            categories = self._present.file.categories
            return next((category for category in categories if category.default), None)
        if isinstance(entry, Token) and entry.value is not None:
            token_id = self._token_of(entry.value)
            # A token that ended stays as it is: its value is never given out again.
            return self._present.tokens.get(token_id or 0, entry if token_id else None)
        return self._objects[section].get(entry.natural_key)

    def _ignored(self, entry: Entry, present: Entry) -> frozenset[str]:
        """Return the fields in which an entry does not say what must be there."""
        if isinstance(entry, Enrolment):
            # Somebody may hold several roles in a course; the entry asks for one of them.
            held = entry.role is None or (entry.user, entry.role, entry.course) in self._held
            return frozenset({"role"}) if held else frozenset()
        if isinstance(entry, User):
            # No country means the country of the site.
            return frozenset() if entry.country else frozenset({"country"})
        if isinstance(entry, Course) and isinstance(present, Course):
            options = {**present.format_options, **entry.format_options}
            stored = {name: str(value) for name, value in options.items()}
            given = course_formats.options(entry.format, stored)
            ends = course_formats.end_date(entry.format, given, 0, 0)
            return _left_out(entry) if ends is None else _left_out(entry) | {"enddate"}
        if isinstance(entry, SelfEnrolment) and entry.natural_key in self._present.nameless:
            # A file that names no cohort opens no way that was for one.
            return frozenset() if entry.cohort else frozenset({"cohort", "new_enrolments"})
        if isinstance(entry, Activity) and entry.natural_key in self._present.ungraded:
            # A file that does not grade it takes no grades away that came from outside.
            return frozenset() if entry.grade else frozenset({"grade"})
        if isinstance(entry, Service) and entry.natural_key in self._present.protected["services"]:
            # What a built-in service holds is its component's to say.
            return frozenset({"functions"})
        return frozenset({"default"}) if isinstance(entry, Category) else frozenset()


def _left_out(course: Course) -> frozenset[str]:
    return frozenset(name for name in course.AS_THEY_ARE if getattr(course, name) is None)


def _removal(section: str, field: str, present: Entry, items: object) -> Change:
    if not field:
        return Change(action="remove", section=section, label=present.label, present=present)
    return Change(
        action="change",
        section=section,
        label=present.label,
        present=present,
        differences=(Difference(field, "take", items, ()),),
    )


def _deletions(file: SiteFile, aligned: Aligned, present: Present) -> Iterator[Change]:
    """Delete users at the very end: those made by this plan, and those that exist."""
    there = {user.username: user for user in present.file.users}
    for place, user in enumerate(file.users):
        if user.deleted and (user.username not in aligned.gone or user.username in there):
            yield Change(
                action="remove",
                section="users",
                label=user.username,
                path=("users", place),
                wanted=user,
                present=there.get(user.username),
            )
