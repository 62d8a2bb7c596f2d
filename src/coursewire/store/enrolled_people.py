"""The people of a course as lists show them: in some state, some order, some groups."""

from collections.abc import Collection
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, or_, select

from coursewire.store.enrolments import SITE_COURSE, counts, in_course
from coursewire.store.schema.groups import group_members
from coursewire.store.schema.users import users
from coursewire.store.session import Session

# The orders that can be asked for; people of one name stand in the order of their ids.
ORDERS = {
    "id": (users.c.id,),
    "firstname": (users.c.firstname, users.c.id),
    "lastname": (users.c.lastname, users.c.id),
    "siteorder": (users.c.lastname, users.c.firstname, users.c.id),
}


class Chosen(Struct, frozen=True, kw_only=True):
    """Whom of a course to list: `active` None means in any state, `groups` None in any or none.

    `oneself` is the user who is listed whatever their groups are, 0 for nobody.
    """

    course_id: int
    guest_id: int
    now: int
    active: bool | None = None
    groups: Collection[int] | None = None
    oneself: int = 0
    order: str = "id"
    descending: bool = False


def page(session: Session, chosen: Chosen, offset: int, limit: int) -> list[int]:
    """Return the ids of the people in their order, at most `limit`."""
    statement = _ordered(select(users.c.id), chosen).limit(limit)
    if offset:
        statement = statement.offset(offset)
    return session.scalars(statement)


def _ordered(statement: Select[Any], chosen: Chosen) -> Select[Any]:
    columns = ORDERS[chosen.order]
    order = [column.desc() if chosen.descending else column for column in columns]
    return statement.where(users.c.deleted == 0, *conditions(chosen)).order_by(*order)


def conditions(chosen: Chosen) -> list[ColumnElement[bool]]:
    """Return what tells the people to list from all others."""
    found: list[ColumnElement[bool]] = []
    if chosen.course_id == SITE_COURSE:
        # Everybody takes part in the site course but the guest.
        found.append(users.c.id != chosen.guest_id)
    else:
        found.append(users.c.id.in_(in_course(chosen.course_id)))
        if chosen.active is not None:
            active = in_course(chosen.course_id).where(counts(chosen.now))
            found.append(users.c.id.in_(active) if chosen.active else users.c.id.not_in(active))
    if chosen.groups is not None:
        members = select(group_members.c.user_id).where(group_members.c.group_id.in_(chosen.groups))
        found.append(or_(users.c.id.in_(members), users.c.id == chosen.oneself))
    return found
