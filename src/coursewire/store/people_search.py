"""People found by a piece of their name or of what identifies them, a page at a time."""

from collections.abc import Collection
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select

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
    return _page(session, conditions(chosen), sought, offset, limit)


def beside(
    session: Session, instance_id: int, guest_id: int, sought: Sought, offset: int, limit: int
) -> list[int]:
    """Return some of those found who do not use a way into a course: anybody but the guest."""
    there = select(user_enrolments.c.user_id).where(user_enrolments.c.instance_id == instance_id)
    return _page(
        session,
        [users.c.id != guest_id, users.c.confirmed == 1, users.c.id.not_in(there)],
        sought,
        offset,
        limit,
    )


def everywhere(session: Session, guest_id: int, sought: Sought, limit: int) -> list[int]:
    """Return the first of those found in the whole site, the guest left out."""
    return _page(session, [users.c.id != guest_id, users.c.confirmed == 1], sought, 0, limit)


def _page(
    session: Session, among: list[ColumnElement[bool]], sought: Sought, offset: int, limit: int
) -> list[int]:
    """Return those found by name; whom the piece meets as a whole come first."""
    statement = select(users.c.id).where(users.c.deleted == 0, *among)
    if sought.piece:
        statement = statement.where(_meets(sought, _around(sought)))
    statement = statement.order_by(*_order(sought)).limit(limit).offset(offset)
    return session.scalars(statement)


def _around(sought: Sought) -> str:
    """Return the piece as a pattern."""
    piece = closed(sought.piece)
    return f"%{piece}%" if sought.anywhere else f"{piece}%"


def _order(sought: Sought) -> list[ColumnElement[Any]]:
    by_name: list[ColumnElement[Any]] = [users.c.lastname, users.c.firstname, users.c.id]
    if not sought.piece:
        return by_name
    return [case((_meets(sought, sought.piece), 0), else_=1), *by_name]


def _meets(sought: Sought, pattern: str) -> ColumnElement[bool]:
    """Return that one of the places holds what resembles the pattern, whatever its case."""
    tests: list[ColumnElement[bool]] = []
    if sought.whole_names:
        name = users.c.firstname_folded + literal(" ") + users.c.lastname_folded
        tests.append(_like(name, fold(pattern)))
    for column in sought.columns:
        if column in FOLDED:
            tests.append(_like(FOLDED[column], fold(pattern)))
        else:
            tests.append(_like_unfolded(users.c[column], pattern))
    if sought.profile_fields:
        tests.append(users.c.id.in_(_with_value(sought.profile_fields, pattern)))
    return or_(*tests) if tests else literal(0) == 1


def _with_value(field_ids: Collection[int], pattern: str) -> Select[int]:
    """Select the users with such a value in one of the custom fields."""
    return (
        select(profile_values.c.user_id)
        .join(profile_fields, profile_fields.c.id == profile_values.c.field_id)
        .where(
            and_(
                profile_fields.c.id.in_(field_ids),
                _like_unfolded(profile_values.c.value, pattern),
            )
        )
    )


def _like_unfolded(column: ColumnElement[Any], pattern: str) -> ColumnElement[bool]:
    """Compare with a column that is not kept folded.

    The engines make small letters of A to Z alone there, so the text is sought as it was written
    as well.
    """
    return or_(_like(func.lower(column), fold(pattern)), _like(column, pattern))


def _like(column: ColumnElement[Any], pattern: str) -> ColumnElement[bool]:
    return column.like(closed(pattern), escape="\\")
