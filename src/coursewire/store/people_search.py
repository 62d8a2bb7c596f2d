"""People found by a piece of their name or of what identifies them, a page at a time."""

from collections.abc import Collection, Iterable
from functools import lru_cache, partial
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
)

from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.enrolled_people import Chosen, conditions
from coursewire.store.schema.enrolments import user_enrolments
from coursewire.store.schema.users import profile_fields, profile_values, users
from coursewire.store.session import Session
from coursewire.store.users import FOLDED, closed, fold


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
    statement = _statement(conditions(chosen), _shape(sought))
    return session.scalars(statement, _values(sought, offset, limit))


def beside(
    session: Session, instance_id: int, guest_id: int, sought: Sought, offset: int, limit: int
) -> list[int]:
    """Return some of those found who do not use a way into a course: anybody but the guest."""
    values = {**_values(sought, offset, limit), "guest": guest_id, "instance": instance_id}
    return _ids(session, _beside(_shape(sought)), values)


def everywhere(session: Session, guest_id: int, sought: Sought, limit: int) -> list[int]:
    """Return the first of those found in the whole site, the guest left out."""
    values = {**_values(sought, 0, limit), "guest": guest_id}
    return _ids(session, _everywhere(_shape(sought)), values)


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
    piece = closed(sought.piece)
    around = closed(f"%{piece}%" if sought.anywhere else f"{piece}%")
    return {
        _WHOLE: piece,
        _WHOLE + _FOLDED: closed(fold(piece)),
        _AROUND: around,
        _AROUND + _FOLDED: closed(fold(around)),
        "fields": list(sought.profile_fields),
        "limit": limit,
        "offset": offset,
    }


# The patterns of a search: what meets a text as a whole, and what does anywhere in it; each as it
# was written, and folded.
_WHOLE, _AROUND, _FOLDED = "whole", "around", "_folded"
_NUMBER = partial(bindparam, type_=BigInteger)
_ANYBODY = (users.c.id != _NUMBER("guest"), users.c.confirmed == 1)
_USERS = select(user_enrolments.c.user_id).where(
    user_enrolments.c.instance_id == _NUMBER("instance")
)


@lru_cache
def _beside(shape: _Shape) -> DirectListRead:
    return DirectListRead(_statement([*_ANYBODY, users.c.id.not_in(_USERS)], shape))


@lru_cache
def _everywhere(shape: _Shape) -> DirectListRead:
    return DirectListRead(_statement(_ANYBODY, shape))


def _ids(session: Session, read: DirectListRead, values: dict[str, Any]) -> list[int]:
    return [row[0] for row in read.rows(session, values)]


def _statement(people: Iterable[ColumnElement[bool]], shape: _Shape) -> Select[int]:
    """Select those of some people who are found, by name; whom the piece meets whole come first."""
    statement = select(users.c.id).where(users.c.deleted == 0, *people)
    if shape.has_piece:
        first = case((_meets(shape, _WHOLE), 0), else_=1)
        statement = statement.where(_meets(shape, _AROUND)).order_by(first)
    statement = statement.order_by(users.c.lastname, users.c.firstname, users.c.id)
    return statement.limit(_NUMBER("limit")).offset(_NUMBER("offset"))


def _meets(shape: _Shape, pattern: str) -> ColumnElement[bool]:
    """Return that one of the places holds what resembles the pattern, whatever its case."""
    tests: list[ColumnElement[bool]] = []
    if shape.whole_names:
        name = users.c.firstname_folded + literal(" ") + users.c.lastname_folded
        tests.append(_like(name, pattern + _FOLDED))
    for column in shape.columns:
        if column in FOLDED:
            tests.append(_like(FOLDED[column], pattern + _FOLDED))
        else:
            tests.append(_like_unfolded(users.c[column], pattern))
    if shape.has_fields:
        tests.append(users.c.id.in_(_with_value(pattern)))
    return or_(*tests) if tests else literal(0) == 1


def _with_value(pattern: str) -> Select[int]:
    """Select the users with such a value in one of the custom fields."""
    return (
        select(profile_values.c.user_id)
        .join(profile_fields, profile_fields.c.id == profile_values.c.field_id)
        .where(
            among(profile_fields.c.id, "fields"),
            _like_unfolded(profile_values.c.value, pattern),
        )
    )


def _like_unfolded(column: ColumnElement[Any], pattern: str) -> ColumnElement[bool]:
    """Compare with a column that is not kept folded.

    The engines make small letters of A to Z alone there, so the text is sought as it was written
    as well.
    """
    return or_(_like(func.lower(column), pattern + _FOLDED), _like(column, pattern))


def _like(column: ColumnElement[Any], pattern: str) -> ColumnElement[bool]:
    return column.like(bindparam(pattern, type_=Text), escape="\\")
