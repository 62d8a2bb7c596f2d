"""What the other site did not tell of things that are here already: it stays as it is here."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, cast

import msgspec

from coursewire.sitefile.model.entry import Entry
from coursewire.sitefile.model.people import User
from coursewire.sitefile.model.site_file import SiteFile
from coursewire.transfer.moodle.fitting import is_made_up
from coursewire.transfer.moodle.source import Untold

# What no web service tells.
_NEVER_TOLD: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "profile_fields": ("visible",),
        "users": (
            "maildisplay",
            "middlename",
            "alternatename",
            "firstnamephonetic",
            "lastnamephonetic",
        ),
        "courses": ("completion_criteria",),
        "enrolments": ("timestart", "timeend"),
        "cohorts": ("category",),
    }
)
# What only some accounts are told of people: a field that is not sent may be empty or hidden there.
_HIDDEN_FROM_SOME = (
    "idnumber",
    "institution",
    "department",
    "phone1",
    "phone2",
    "address",
    "description",
    "city",
    "country",
    "timezone",
)

_NOTHING: frozenset[str] = frozenset()


def as_here(file: SiteFile, here: SiteFile, untold: Untold) -> SiteFile:
    """Return an imported file that keeps, of what is here, the fields that it does not tell.

    `untold` names those that the token was not told, in addition to what nobody is. A role is told
    by its name alone: one that is here stays as a whole.
    """
    known = {role.shortname for role in here.roles}
    changed: dict[str, Any] = {
        section: _kept(
            getattr(file, section), getattr(here, section), fields, untold.get(section, {})
        )
        for section, fields in _NEVER_TOLD.items()
    }
    roles = tuple(role for role in file.roles if role.shortname not in known)
    return msgspec.structs.replace(file, roles=roles, **changed)


def _kept(
    told: Iterable[Entry],
    here: Iterable[Entry],
    fields: tuple[str, ...],
    untold: Mapping[str, frozenset[str]],
) -> tuple[Entry, ...]:
    there = {entry.natural_key: entry for entry in here}
    return tuple(
        _merged(
            entry, there.get(entry.natural_key), untold.get(entry.label, _NOTHING).union(fields)
        )
        for entry in told
    )


def _merged(entry: Entry, there: Entry | None, untold: frozenset[str]) -> Entry:
    if there is None:
        return entry
    kept = {name: cast("object", getattr(there, name)) for name in untold}
    if isinstance(entry, User) and isinstance(there, User):
        usual = {field.name: field.default for field in msgspec.structs.fields(User)}
        for name in _HIDDEN_FROM_SOME:
            if getattr(entry, name) == usual[name]:
                kept[name] = getattr(there, name)
        if is_made_up(entry.email):
            kept["email"] = there.email
    return msgspec.structs.replace(entry, **kept)
