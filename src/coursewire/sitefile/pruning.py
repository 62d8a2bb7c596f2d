"""What stands on the site and not in the file, and may be removed when that is asked for."""

from collections.abc import Collection, Iterator
from typing import Any

from coursewire.sitefile import differences, sentences
from coursewire.sitefile.aligning import Aligned
from coursewire.sitefile.model.entry import Entry
from coursewire.sitefile.model.participation import Enrolment, SelfEnrolment
from coursewire.sitefile.present.site import Present
from coursewire.sitefile.problems import BadSiteFile
from coursewire.sitefile.reading import LISTS

# (section, field or "", the object on the site, what of the field is surplus)
Surplus = tuple[str, str, Entry, Any]

KINDS: tuple[str, ...] = (
    *LISTS,
    *(f"{section}.{field}" for section, entry in LISTS.items() for field in entry.ADDED),
)
"""What can be pruned: whole objects, or what hangs on an object."""


def check(kinds: Collection[str]) -> None:
    """Refuse a kind that does not exist."""
    for kind in kinds:
        if kind not in KINDS:
            raise BadSiteFile([f"--prune: {sentences.unknown('kind', kind, KINDS)}"])


def surplus(aligned: Aligned, present: Present, kinds: Collection[str]) -> Iterator[Surplus]:
    """Find what is to go: what stands on something else before what it stands on."""
    for section in reversed(LISTS):
        there: tuple[Entry, ...] = getattr(present.file, section)
        wanted = {row.entry.natural_key: row.entry for row in aligned.rows[section]}
        for field in LISTS[section].ADDED:
            if f"{section}.{field}" in kinds:
                yield from _items(section, field, there, wanted)
        if section in kinds:
            kept = {*wanted, *present.protected.get(section, ()), *_implied(section, aligned)}
            gone = (entry for entry in reversed(there) if entry.natural_key not in kept)
            yield from ((section, "", entry, None) for entry in gone)


def _items(
    section: str,
    field: str,
    there: tuple[Entry, ...],
    wanted: dict[tuple[str, ...], Entry],
) -> Iterator[Surplus]:
    for entry in there:
        described = wanted.get(entry.natural_key)
        if described is not None:
            extra = differences.surplus(getattr(described, field), getattr(entry, field))
            if extra:
                yield section, field, entry, extra


def _implied(section: str, aligned: Aligned) -> Iterator[tuple[str, ...]]:
    """Give what the file speaks of elsewhere, such as the roles that its enrolments ask for."""
    if section == "users":
        # Those whom the file deletes itself.
        yield from ((username,) for username in aligned.to_delete)
    if section != "role_assignments":
        return
    for row in aligned.rows["enrolments"]:
        if isinstance(row.entry, Enrolment) and row.entry.role is not None:
            yield row.entry.user, row.entry.role, "course", row.entry.course
    for row in aligned.rows["self_enrolments"]:
        if isinstance(row.entry, SelfEnrolment):
            for member in row.entry.members:
                yield member, row.entry.role, "course", row.entry.course
