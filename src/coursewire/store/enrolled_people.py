"""The people of a course as lists show them: in some state, some order, some groups."""

from collections.abc import Collection
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, or_, select

from coursewire.store.direct import number
from coursewire.store.direct_lists import among
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


class Kind(Struct, frozen=True, kw_only=True):
    """What decides the statement of a list; all else are values that come with each run."""

    of_site: bool
    active: bool | None
    in_groups: bool


def kind(chosen: Chosen) -> Kind:
    """Return how people are chosen."""
    return Kind(
        of_site=chosen.course_id == SITE_COURSE,
        active=chosen.active,
        in_groups=chosen.groups is not None,
    )


def values(chosen: Chosen) -> dict[str, Any]:
    """Return the values of the conditions."""
    return {
        _COURSE: chosen.course_id,
        _GUEST: chosen.guest_id,
        _NOW: chosen.now,
        _GROUPS: list(chosen.groups or ()),
        _ONESELF: chosen.oneself,
    }


def page(session: Session, chosen: Chosen, offset: int, limit: int) -> list[int]:
    """Return the ids of the people in their order, at most `limit`."""
    order = ORDERS[chosen.order]
    columns = [column.desc() if chosen.descending else column for column in order]
    statement = select(users.c.id).where(users.c.deleted == 0, *conditions(kind(chosen)))
    statement = statement.order_by(*columns).limit(limit)
    if offset:
        statement = statement.offset(offset)
    return session.scalars(statement, values(chosen))


def conditions(wanted: Kind) -> list[ColumnElement[bool]]:
    """Return what tells the people to list from all others."""
    course = number(_COURSE)
    found: list[ColumnElement[bool]] = []
    if wanted.of_site:
        # Everybody takes part in the site course but the guest.
        found.append(users.c.id != number(_GUEST))
    else:
        found.append(users.c.id.in_(in_course(course)))
        if wanted.active is not None:
            active = in_course(course).where(counts(number(_NOW)))
            found.append(users.c.id.in_(active) if wanted.active else users.c.id.not_in(active))
    if wanted.in_groups:
        members = select(group_members.c.user_id).where(among(group_members.c.group_id, _GROUPS))
        found.append(or_(users.c.id.in_(members), users.c.id == number(_ONESELF)))
    return found


_COURSE, _GUEST, _NOW = "chosen_course", "chosen_guest", "chosen_now"
_GROUPS, _ONESELF = "chosen_groups", "chosen_oneself"
