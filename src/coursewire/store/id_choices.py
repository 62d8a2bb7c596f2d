"""Things by a part of their names or by their number, as choices for a field that takes an id."""

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import ColumnElement, FromClause, Select, func, literal, or_, select

from coursewire.store.schema.access import roles
from coursewire.store.schema.cohorts import cohorts
from coursewire.store.schema.courses import activities, categories, course_modules, courses
from coursewire.store.schema.groups import groupings, groups
from coursewire.store.schema.users import users
from coursewire.store.session import Session
from coursewire.store.users import fold

_MOST_DIGITS = 18


class Choice(Struct, frozen=True):
    """A thing, and what people call it."""

    id: int
    words: str


class _Kind(Struct, frozen=True, kw_only=True):
    """Where things of a kind stand: `named` is searched and shown, `beside` only shown."""

    source: FromClause
    id: ColumnElement[int]
    named: ColumnElement[str]
    beside: ColumnElement[str] | None = None
    # Further texts that are searched, as they are stored when compared.
    searched: tuple[ColumnElement[str], ...] = ()
    there: ColumnElement[bool] | None = None
    # Its texts are stored in small letters.
    folded: bool = False


_MODULES = course_modules.join(activities, activities.c.id == course_modules.c.instance)
KINDS: Mapping[str, _Kind] = {
    "activity": _Kind(
        source=_MODULES.join(courses, courses.c.id == course_modules.c.course_id),
        id=course_modules.c.id,
        named=activities.c.name,
        beside=courses.c.shortname,
    ),
    "category": _Kind(source=categories, id=categories.c.id, named=categories.c.name),
    "cohort": _Kind(source=cohorts, id=cohorts.c.id, named=cohorts.c.name),
    "course": _Kind(
        source=courses,
        id=courses.c.id,
        named=courses.c.shortname,
        beside=courses.c.fullname,
        searched=(courses.c.fullname,),
    ),
    "group": _Kind(
        source=groups.join(courses, courses.c.id == groups.c.course_id),
        id=groups.c.id,
        named=groups.c.name,
        beside=courses.c.shortname,
    ),
    "grouping": _Kind(
        source=groupings.join(courses, courses.c.id == groupings.c.course_id),
        id=groupings.c.id,
        named=groupings.c.name,
        beside=courses.c.shortname,
    ),
    "role": _Kind(source=roles, id=roles.c.id, named=roles.c.shortname),
    "user": _Kind(
        source=users,
        id=users.c.id,
        named=users.c.username,
        beside=users.c.firstname + " " + users.c.lastname,
        searched=(users.c.firstname_folded, users.c.lastname_folded),
        there=users.c.deleted == 0,
        folded=True,
    ),
}


def search(session: Session, kind: str, text: str, limit: int) -> list[Choice]:
    """Return the first things of a kind in whose names a text stands, or whose number it is."""
    of = KINDS[kind]
    query = _shown(of).order_by(of.id).limit(limit)
    if text:
        found: list[ColumnElement[bool]] = [
            (column if of.folded else func.lower(column)).contains(fold(text), autoescape=True)
            for column in (of.named, *of.searched)
        ]
        if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS:
            found.append(of.id == int(text))
        query = query.where(or_(*found))
    return [Choice(row[0], _words(row[1], row[2])) for row in session.rows(query)]


def named(session: Session, kind: str, ids: set[int]) -> dict[int, str]:
    """Return what things with these numbers are called."""
    of = KINDS[kind]
    rows = session.rows(_shown(of).where(of.id.in_(ids))) if ids else ()
    return {row[0]: _words(row[1], row[2]) for row in rows}


def _shown(of: _Kind) -> Select[int, str, str]:
    beside = literal("") if of.beside is None else of.beside
    query = select(of.id, of.named, beside).select_from(of.source)
    return query if of.there is None else query.where(of.there)


def _words(name: str, beside: str) -> str:
    return f"{name} · {beside}" if beside else name
