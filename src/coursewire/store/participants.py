"""Who takes part in a course now: queries over its enrolments."""

from collections.abc import Collection, Mapping
from functools import cache, partial
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Select,
    bindparam,
    func,
    select,
)

from coursewire.store.batches import SIZE
from coursewire.store.direct import DirectRead, number
from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.enrolments import counts, in_course
from coursewire.store.people_list import holding
from coursewire.store.schema.access import role_assignments
from coursewire.store.schema.enrolments import user_enrolments
from coursewire.store.schema.groups import group_members
from coursewire.store.schema.users import users
from coursewire.store.session import Session

_ORDERS: Mapping[str, tuple[Column[Any], ...]] = {
    "id": (users.c.id,),
    "name": (users.c.lastname, users.c.firstname, users.c.id),
}
# More than any site has.
_EVERYBODY = 2**62


def active(
    session: Session, course_id: int, now: int, user_ids: Collection[int] | None = None
) -> set[int]:
    """Return whose enrolment in a course counts now: of everybody, or of some users."""
    values = {"course": course_id, "now": now}
    if user_ids is None:
        return {row[0] for row in _ALL.rows(session, values)}
    return {row[0] for row in _SOME.of_all(session, "users", sorted(set(user_ids)), values)}


class Holders(Struct, frozen=True, kw_only=True):
    """Who takes part in a course and holds one of the roles in one of the contexts.

    Unless `active` is off, their enrolment must count now. With groups, only those who are in one
    of them; with words, only whose names hold them all.
    """

    course_id: int
    now: int
    places: Collection[int]
    role_ids: Collection[int]
    group_ids: Collection[int] | None = None
    words: str = ""
    active: bool = True


def by_id(session: Session, wanted: Holders, most: int) -> list[int]:
    """Return by id at most so many of those who take part and hold a role."""
    return _ids(session, wanted, "id", most, 0)


def with_roles(
    session: Session, wanted: Holders, size: int | None = None, offset: int = 0
) -> list[int]:
    """Return by name who takes part and holds a role: all of them, or some."""
    return _ids(session, wanted, "name", _EVERYBODY if size is None else size, offset)


def count_with_roles(session: Session, wanted: Holders) -> int:
    """Return how many take part and hold a role."""
    statement = select(func.count()).select_from(users).where(*_holding(wanted))
    return int(session.scalar(statement) or 0)


def _ids(session: Session, wanted: Holders, order: str, size: int, offset: int) -> list[int]:
    lists = {"places": list(wanted.places), "roles": list(wanted.role_ids)}
    if wanted.group_ids is not None:
        lists["groups"] = list(wanted.group_ids)
    if wanted.words or sum(map(len, lists.values())) > SIZE:
        # Words make a statement of their own each time; long lists are SQLAlchemy's to send.
        return session.scalars(_chosen(wanted, order).limit(size).offset(offset))
    if not all(lists.values()):
        return []
    read = _read(order, active=wanted.active, in_groups="groups" in lists)
    numbers = {"course": wanted.course_id, "now": wanted.now, "size": size, "offset": offset}
    return [row[0] for row in read.rows(session, {**lists, **numbers})]


@cache
def _read(order: str, *, active: bool, in_groups: bool) -> DirectListRead:
    """Return the read of those who hold roles, whose values come with each run."""
    some = partial(bindparam, expanding=True)
    marks: dict[str, Any] = {
        "course_id": number("course"),
        "now": number("now"),
        "places": some("places"),
        "role_ids": some("roles"),
        "group_ids": some("groups") if in_groups else None,
    }
    statement = _chosen(Holders(**marks, active=active), order)
    return DirectListRead(statement.limit(number("size")).offset(number("offset")))


def _chosen(wanted: Holders, order: str) -> Select[int]:
    return select(users.c.id).where(*_holding(wanted)).order_by(*_ORDERS[order])


def _holding(wanted: Holders) -> list[ColumnElement[bool]]:
    holders = select(role_assignments.c.user_id).where(
        role_assignments.c.context_id.in_(wanted.places),
        role_assignments.c.role_id.in_(wanted.role_ids),
    )
    conditions = [
        users.c.id.in_(
            _active(wanted.course_id, wanted.now) if wanted.active else in_course(wanted.course_id)
        ),
        users.c.id.in_(holders),
        users.c.deleted == 0,
        *holding(wanted.words),
    ]
    if wanted.group_ids is not None:
        members = select(group_members.c.user_id).where(
            group_members.c.group_id.in_(wanted.group_ids)
        )
        conditions.append(users.c.id.in_(members))
    return conditions


def _active(course_id: int | BindParameter[int], now: int | BindParameter[int]) -> Select[int]:
    return in_course(course_id).where(counts(now))


_ACTIVE = _active(number("course"), number("now"))
_ALL = DirectRead(_ACTIVE)
_SOME = DirectListRead(_ACTIVE.where(among(user_enrolments.c.user_id, "users")))
