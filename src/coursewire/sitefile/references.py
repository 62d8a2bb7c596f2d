"""What a site file refers to must exist: in the file, on the site, or in the protocol."""

from collections.abc import Collection, Iterator, Mapping, Set
from difflib import get_close_matches
from typing import Any, cast

import msgspec
from msgspec import Struct

from coursewire.domain import known_preferences
from coursewire.domain.known_settings import SETTINGS
from coursewire.sitefile import sentences
from coursewire.sitefile.ids import SITE, Key
from coursewire.sitefile.model.access import Service
from coursewire.sitefile.model.courses import Category, Course
from coursewire.sitefile.model.entry import Entry
from coursewire.sitefile.model.people import User
from coursewire.sitefile.model.site_file import SiteFile
from coursewire.sitefile.problems import Path, Problem
from coursewire.sitefile.reading import LISTS


class Reference(Struct, frozen=True):
    """A field that names entries of a section; `in_course`: those of the same course."""

    field: str
    to: str
    noun: str
    in_course: bool = False


_ROLE = Reference("role", "roles", "role")
_USER = Reference("user", "users", "user")
_COURSE = Reference("course", "courses", "course")
_CATEGORY = Reference("category", "categories", "category")
_MEMBERS = Reference("members", "users", "user")
_GRADES = Reference("grades", "users", "user")
_COHORT = Reference("cohort", "cohorts", "cohort")

REFERENCES: Mapping[str, tuple[Reference, ...]] = {
    "roles": (Reference("may_assign", "roles", "role"),),
    "categories": (Reference("parent", "categories", "category"),),
    "users": (Reference("custom", "profile_fields", "profile field"),),
    "courses": (_CATEGORY,),
    "role_overrides": (_ROLE, _CATEGORY, _COURSE),
    "role_assignments": (_USER, _ROLE, _CATEGORY, _COURSE),
    "enrolments": (_USER, _COURSE, _ROLE),
    "cohorts": (_CATEGORY, _MEMBERS),
    "self_enrolments": (_COURSE, _ROLE, _COHORT, _MEMBERS),
    "groups": (_COURSE, _MEMBERS),
    "groupings": (_COURSE, Reference("groups", "groups", "group", in_course=True)),
    "activities": (
        _COURSE,
        _GRADES,
        Reference("grouping", "groupings", "grouping", in_course=True),
    ),
    "grade_items": (_COURSE, _GRADES),
    "tokens": (_USER, Reference("service", "services", "service")),
}

_NOWHERE = ", neither here nor on the site"
_PRUNED = " here, and that of the site is to be pruned"

Names = dict[str, set[tuple[str, ...]]]


class Known(Struct, frozen=True):
    """What the protocol knows by name."""

    capabilities: Collection[str]
    functions: Collection[str]


def problems(file: SiteFile, there: SiteFile, known: Known) -> list[Problem]:
    """Find references to what does not exist."""
    names = _names(file, there)
    found: list[Problem] = []
    for section, references in REFERENCES.items():
        entries: tuple[Entry, ...] = getattr(file, section)
        for place, entry in enumerate(entries):
            for reference in references:
                found.extend(_missing((section, place), entry, reference, names))
    found.extend(_ways(file, there))
    found.extend(_order(file.categories, there.categories))
    for place, course in enumerate(file.courses):
        found.extend(_criteria(("courses", place), course, names))
    for place, user in enumerate(file.users):
        found.extend(_preferences(("users", place), user))
    for place, service in enumerate(file.services):
        found.extend(_service(("services", place), service, names, known))
    for place, role in enumerate(file.roles):
        found.extend(
            _capability(("roles", place, "capabilities", number), name, known)
            for number, name in enumerate(role.capabilities)
            if name not in known.capabilities
        )
    allowed = {(role.shortname, name) for role in file.roles for name in role.capabilities}
    for place, override in enumerate(file.role_overrides):
        if override.system and (override.role, override.capability) in allowed:
            sentence = f"the role {override.role!r} allows {override.capability} above"
            found.append(Problem(("role_overrides", place), sentence))
        if override.capability not in known.capabilities:
            path = ("role_overrides", place, "capability")
            found.append(_capability(path, override.capability, known))
    found.extend(_site(file, names))
    return found


def missed(
    file: SiteFile, there: SiteFile, pruned: Set[tuple[str, Key]], known: Known
) -> list[Problem]:
    """Find references to what is on the site only, and is to be pruned."""
    if not pruned:
        return []
    left: dict[str, Any] = {}
    for section in {section for section, _ in pruned}:
        entries: tuple[Entry, ...] = getattr(there, section)
        kept = (entry for entry in entries if (section, entry.natural_key) not in pruned)
        left[section] = tuple(kept)
    return [
        Problem(each.path, each.sentence.replace(_NOWHERE, _PRUNED))
        for each in problems(file, msgspec.structs.replace(there, **left), known)
    ]


def _names(file: SiteFile, there: SiteFile) -> Names:
    names: Names = {}
    for section in LISTS:
        entries: tuple[Entry, ...] = (*getattr(file, section), *getattr(there, section))
        names[section] = {entry.natural_key for entry in entries}
    names["courses"].add((SITE,))
    names["users"].add(("guest",))
    return names


def _missing(
    path: tuple[str, int], entry: Entry, reference: Reference, names: Names
) -> Iterator[Problem]:
    around = (cast("Any", entry).course,) if reference.in_course else ()
    value: Any = getattr(entry, reference.field)
    for step, name in _named(value):
        if (*around, name) not in names[reference.to]:
            place: Path = (*path, reference.field, *step)
            yield _unknown(place, reference.noun, name, names[reference.to], around)


def _named(value: Any) -> Iterator[tuple[Path, str]]:  # noqa: ANN401 - a name, several, or none
    """Give the names in a field with the steps that lead to them."""
    if isinstance(value, str):
        if value:
            yield (), value
    elif isinstance(value, Mapping):
        yield from (((name,), name) for name in cast("Mapping[str, Any]", value))
    elif value is not None:
        yield from (((place,), name) for place, name in enumerate(cast("tuple[str, ...]", value)))


def _unknown(
    path: Path, noun: str, name: str, keys: set[tuple[str, ...]], around: tuple[str, ...]
) -> Problem:
    others = [key[-1] for key in keys if key[:-1] == around]
    close = get_close_matches(name, others, n=1)
    where = f" in course {around[0]!r}" if around else ""
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return Problem(path, f"there is no {noun} {name!r}{where}{_NOWHERE}{hint}")


def _ways(file: SiteFile, there: SiteFile) -> Iterator[Problem]:
    """Refuse manual enrolments in a course that has none."""
    courses = (*there.courses, *file.courses)
    open_ways = {SITE: False}
    open_ways |= {course.shortname: course.manual_enrolment for course in courses}
    for place, enrolment in enumerate(file.enrolments):
        if not open_ways.get(enrolment.course, True):
            sentence = f"the course {enrolment.course!r} has no manual enrolment"
            yield Problem(("enrolments", place, "course"), sentence)


def _order(categories: tuple[Category, ...], there: tuple[Category, ...]) -> Iterator[Problem]:
    """Refuse a parent that stands after its child: categories are made in the file's order."""
    made = {category.label for category in there}
    all_names = made | {category.label for category in categories}
    for place, category in enumerate(categories):
        if category.parent in all_names - made:
            sentence = f"the category {category.parent!r} must stand before those in it"
            yield Problem(("categories", place, "parent"), sentence)
        made.add(category.label)


def _criteria(path: tuple[str, int], course: Course, names: Names) -> Iterator[Problem]:
    criteria = course.completion_criteria
    for place, name in enumerate(criteria.activities if criteria else ()):
        if (course.shortname, name) not in names["activities"]:
            around = (course.shortname,)
            where = (*path, "completion_criteria", "activities", place)
            yield _unknown(where, "activity", name, names["activities"], around)


def _preferences(path: tuple[str, int], user: User) -> Iterator[Problem]:
    for name, value in user.preferences.items():
        preference = known_preferences.find(name)
        where = (*path, "preferences", name)
        if preference is None:
            yield Problem(where, f"there is no preference {name!r}")
        elif preference.cleaned(value) != value:
            yield Problem(where, f"{name} cannot be {value!r}")


def _service(
    path: tuple[str, int], service: Service, names: Names, known: Known
) -> Iterator[Problem]:
    for place, name in enumerate(service.functions):
        if name not in known.functions:
            sentence = sentences.unknown("function", name, known.functions)
            yield Problem((*path, "functions", place), sentence)
    wanted = service.required_capability
    if wanted and wanted not in known.capabilities:
        yield _capability((*path, "required_capability"), wanted, known)
    for place, listed in enumerate(service.authorised_users):
        if (listed.user,) not in names["users"]:
            where = (*path, "authorised_users", place, "user")
            yield _unknown(where, "user", listed.user, names["users"], ())


def _capability(path: Path, name: str, known: Known) -> Problem:
    sentence = sentences.unknown("capability", name, known.capabilities)
    component = name.partition(":")[0]
    if not any(each.partition(":")[0] == component for each in known.capabilities):
        sentence += "; a plugin's is there once the plugin is enabled"
    return Problem(path, sentence)


def _site(file: SiteFile, names: Names) -> Iterator[Problem]:
    for place, username in enumerate(file.site.administrators or ()):
        if (username,) not in names["users"]:
            where = ("site", "administrators", place)
            yield _unknown(where, "user", username, names["users"], ())
    open_settings = [name for name, setting in SETTINGS.items() if not setting.internal]
    for name in file.site.settings:
        if name not in open_settings:
            yield Problem(
                ("site", "settings", name), sentences.unknown("setting", name, open_settings)
            )
