"""Members of a group, and those of its course who are not, as lists show them."""

from typing import Any

from msgspec import Struct
from sqlalchemy import Select, func, select

from coursewire.store.enrolments import in_course
from coursewire.store.people_list import holding
from coursewire.store.schema.groups import group_members
from coursewire.store.schema.users import users
from coursewire.store.session import Session


class Member(Struct, frozen=True, gc=False):
    """Somebody in a group; `component` is what put them there, empty for a person."""

    user_id: int
    username: str
    firstname: str
    lastname: str
    email: str
    idnumber: str
    component: str = ""
    timeadded: int = 0


class Wanted(Struct, frozen=True, kw_only=True):
    """Which members: all whose names or address hold the words, or only one user."""

    group_id: int
    words: str = ""
    only: int | None = None


_PERSON = tuple(users.c[name] for name in ("id", *Member.__struct_fields__[1:6]))


def count(session: Session, wanted: Wanted) -> int:
    """Return how many members match."""
    return int(session.scalar(_matching(select(func.count()), wanted)) or 0)


def page(session: Session, wanted: Wanted, size: int, offset: int = 0) -> list[Member]:
    """Return some of the members that match, by last and first name."""
    columns = (*_PERSON, group_members.c.component, group_members.c.timeadded)
    statement = _by_name(_matching(select(*columns), wanted)).limit(size).offset(offset)
    return [Member(*row) for row in session.rows(statement)]


def outside(session: Session, course_id: int, group_id: int, words: str, most: int) -> list[Member]:
    """Return the first of those enrolled in a course who are not in a group, by name."""
    members = select(group_members.c.user_id).where(group_members.c.group_id == group_id)
    statement = select(*_PERSON).where(
        users.c.id.in_(in_course(course_id)),
        users.c.id.not_in(members),
        users.c.deleted == 0,
        *holding(words),
    )
    return [Member(*row) for row in session.rows(_by_name(statement).limit(most))]


def _matching(statement: Select[Any], wanted: Wanted) -> Select[Any]:
    found = (
        statement.select_from(group_members)
        .join(users, users.c.id == group_members.c.user_id)
        .where(group_members.c.group_id == wanted.group_id, *holding(wanted.words))
    )
    return found if wanted.only is None else found.where(users.c.id == wanted.only)


def _by_name(statement: Select[Any]) -> Select[Any]:
    return statement.order_by(users.c.lastname_folded, users.c.firstname_folded, users.c.id)
