"""People found by a piece of their name or of what identifies them, a page at a time."""

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
)

from coursewire.store import enrolled_people
from coursewire.store.direct import number
from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.enrolled_people import Chosen, Kind
from coursewire.store.schema.enrolments import user_enrolments
from coursewire.store.schema.users import profile_fields, profile_values, users
from coursewire.store.session import Session
from coursewire.store.users import FOLDED, NAMES, closed, fold


class Sought(Struct, frozen=True, kw_only=True):
    """A piece of text, in which `%` and `_` stand for anything, and where it may stand.

    `columns` are those of the users, `profile_fields` the ids of custom ones. Without `anywhere`
    a text must begin with the piece.
    """

    piece: str
    anywhere: bool = True
    whole_names: bool = True
    columns: Collection[str] = ()
    profile_fields: Collection[int] = ()


def in_course(
    session: Session, chosen: Chosen, sought: Sought, offset: int, limit: int
) -> list[int]:
    """Return some of the people of a course who are found."""
    shape, kind = _shape(sought), enrolled_people.kind(chosen)
    values = {**_values(sought, offset, limit), **enrolled_people.values(chosen)}
    if kind.in_groups:
        # Of no group or of very many: a list that is SQLAlchemy's to send.
        return session.scalars(_statement(enrolled_people.conditions(kind), shape), values)
    return [row[0] for row in _in_course(kind, shape).rows(session, values)]


def beside(
    session: Session, instance_id: int, guest_id: int, sought: Sought, offset: int, limit: int
) -> list[int]:
    """Return some of those found who do not use a way into a course: anybody but the guest."""
    values = {**_values(sought, offset, limit), _GUEST: guest_id, _INSTANCE: instance_id}
    return [row[0] for row in _beside(_shape(sought)).rows(session, values)]


def everywhere(session: Session, guest_id: int, sought: Sought, limit: int) -> list[int]:
    """Return the first of those found in the whole site, the guest left out."""
    values = {**_values(sought, 0, limit), _GUEST: guest_id}
    return [row[0] for row in _everywhere(_shape(sought)).rows(session, values)]


class _Shape(Struct, frozen=True, kw_only=True):
    """What decides the statement of a search; all else are values that come with each run."""

    has_piece: bool
    whole_names: bool
    columns: tuple[str, ...]
    has_fields: bool


def _shape(sought: Sought) -> _Shape:
    return _Shape(
        has_piece=bool(sought.piece),
        whole_names=sought.whole_names,
        columns=tuple(sought.columns),
        has_fields=bool(sought.profile_fields),
    )


def _values(sought: Sought, offset: int, limit: int) -> dict[str, Any]:
    whole = closed(sought.piece)
    around = f"%{whole}%" if sought.anywhere else f"{whole}%"
    return {
        _WHOLE: whole,
        _AROUND: around,
        _folded(_WHOLE): fold(whole),
        _folded(_AROUND): fold(around),
        _FIELDS: list(sought.profile_fields),
        _LIMIT: limit,
        _OFFSET: offset,
    }


# What the values of a search are called in its statement: the pattern of a text that meets it as a
# whole, and of one that stands anywhere in it; each as it was written, and folded.
_WHOLE, _AROUND = "sought_whole", "sought_around"
_FIELDS, _LIMIT, _OFFSET = "sought_fields", "sought_limit", "sought_offset"
_GUEST, _INSTANCE = "sought_guest", "sought_instance"


def _folded(name: str) -> str:
    return f"{name}_folded"


_ANYBODY = (users.c.id != number(_GUEST), users.c.confirmed == 1)
_THERE = select(user_enrolments.c.user_id).where(user_enrolments.c.instance_id == number(_INSTANCE))


@lru_cache
def _in_course(kind: Kind, shape: _Shape) -> DirectListRead:
    return DirectListRead(_statement(enrolled_people.conditions(kind), shape), patterns=True)


@lru_cache
def _beside(shape: _Shape) -> DirectListRead:
    there = users.c.id.not_in(_THERE)
    return DirectListRead(_statement([*_ANYBODY, there], shape), patterns=True)


@lru_cache
def _everywhere(shape: _Shape) -> DirectListRead:
    return DirectListRead(_statement(_ANYBODY, shape), patterns=True)


def _statement(people: Iterable[ColumnElement[bool]], shape: _Shape) -> Select[int]:
    """Select those of some people who are found, by name; whom the piece meets whole come first."""
    statement = select(users.c.id).where(users.c.deleted == 0, *people)
    if shape.has_piece:
        first = case((_meets(shape, _WHOLE), 0), else_=1)
        statement = statement.where(_meets(shape, _AROUND)).order_by(first)
    statement = statement.order_by(users.c.lastname, users.c.firstname, users.c.id)
    return statement.limit(number(_LIMIT)).offset(number(_OFFSET))


def _meets(shape: _Shape, name: str) -> ColumnElement[bool]:
    """Return that one of the places resembles the pattern of that name, whatever its case."""
    tests: list[ColumnElement[bool]] = []
    if shape.whole_names:
        tests.append(_like(literal_column(NAMES, Text), _folded(name)))
    for column in shape.columns:
        if column in FOLDED:
            tests.append(_like(FOLDED[column], _folded(name)))
        else:
            tests.append(_like_unfolded(users.c[column], name))
    if shape.has_fields:
        tests.append(users.c.id.in_(_with_value(name)))
    return or_(*tests) if tests else literal(0) == 1


def _with_value(name: str) -> Select[int]:
    """Select the users with such a value in one of the custom fields."""
    return (
        select(profile_values.c.user_id)
        .join(profile_fields, profile_fields.c.id == profile_values.c.field_id)
        .where(
            among(profile_fields.c.id, _FIELDS),
            _like_unfolded(profile_values.c.value, name),
        )
    )


def _like_unfolded(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Compare with a column that is not kept folded.

    The engines make small letters of A to Z alone there, so the text is sought as it was written
    as well.
    """
    return or_(_like(func.lower(column), _folded(name)), _like(column, name))


def _like(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    return column.like(bindparam(name, type_=Text), escape="\\")
