"""Those in a course as a list shows them: searched, filtered, sorted, some at a time."""

from collections.abc import Collection, Mapping
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select

from coursewire.store.batches import batches
from coursewire.store.people_list import holding
from coursewire.store.schema.access import role_assignments, roles
from coursewire.store.schema.enrolments import enrolment_instances as ways
from coursewire.store.schema.enrolments import user_enrolments
from coursewire.store.schema.groups import group_members
from coursewire.store.schema.users import users
from coursewire.store.session import Session

State = Literal["", "active", "suspended", "outside"]


class Participant(Struct, frozen=True, gc=False):
    """Somebody in a course by one way."""

    instance_id: int
    way: str
    status: int
    timestart: int
    timeend: int
    user_id: int
    username: str
    firstname: str
    lastname: str
    email: str
    idnumber: str


class Wanted(Struct, frozen=True, kw_only=True):
    """Whom of a course to list; `outside` are those whose time has not come or is over."""

    course_id: int
    context_id: int
    now: int
    words: str = ""
    role_id: int = 0
    group_id: int = 0
    state: State = ""
    sort: str = "name"


_SORTS: Mapping[str, tuple[Any, ...]] = {
    "name": (users.c.lastname_folded, users.c.firstname_folded),
    "username": (users.c.username,),
    "until": (user_enrolments.c.timeend,),
}
SORTS = frozenset(_SORTS)
_COLUMNS = (
    ways.c.id,
    ways.c.enrol,
    user_enrolments.c.status,
    user_enrolments.c.timestart,
    user_enrolments.c.timeend,
    *(users.c[name] for name in ("id", *Participant.__struct_fields__[6:])),
)


def count(session: Session, wanted: Wanted) -> int:
    """Return how many enrolments match."""
    statement = _matching(select(func.count()).select_from(user_enrolments), wanted)
    return int(session.scalar(statement) or 0)


def total(session: Session, course_id: int) -> int:
    """Return by how many ways people are in a course."""
    statement = (
        select(func.count())
        .select_from(user_enrolments)
        .join(ways, ways.c.id == user_enrolments.c.instance_id)
        .where(ways.c.course_id == course_id)
    )
    return int(session.scalar(statement) or 0)


def page(session: Session, wanted: Wanted, size: int, offset: int = 0) -> list[Participant]:
    """Return some of those who match, in the order asked for."""
    key, backwards = wanted.sort.removeprefix("-"), wanted.sort.startswith("-")
    order = [*_SORTS.get(key, _SORTS["name"]), users.c.id, ways.c.id]
    statement = _matching(select(*_COLUMNS).select_from(user_enrolments), wanted)
    statement = statement.order_by(*(one.desc() if backwards else one for one in order))
    return [Participant(*row) for row in session.rows(statement.limit(size).offset(offset))]


def roles_in(session: Session, context_id: int, user_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the short names of the roles that users hold in a place itself."""
    found: dict[int, list[str]] = {}
    for some in batches(sorted(set(user_ids))):
        statement = (
            select(role_assignments.c.user_id, roles.c.shortname)
            .join(roles, roles.c.id == role_assignments.c.role_id)
            .where(
                role_assignments.c.context_id == context_id, role_assignments.c.user_id.in_(some)
            )
            .order_by(roles.c.sortorder)
        )
        for user_id, shortname in session.rows(statement):
            found.setdefault(user_id, []).append(shortname)
    return found


def _matching(statement: Select[Any], wanted: Wanted) -> Select[Any]:
    return (
        statement.join(ways, ways.c.id == user_enrolments.c.instance_id)
        .join(users, users.c.id == user_enrolments.c.user_id)
        .where(ways.c.course_id == wanted.course_id, *holding(wanted.words), *_filters(wanted))
    )


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.role_id:
        holders = select(role_assignments.c.user_id).where(
            role_assignments.c.context_id == wanted.context_id,
            role_assignments.c.role_id == wanted.role_id,
        )
        conditions.append(users.c.id.in_(holders))
    if wanted.group_id:
        members = select(group_members.c.user_id).where(group_members.c.group_id == wanted.group_id)
        conditions.append(users.c.id.in_(members))
    if wanted.state:
        conditions.append(_in_state(wanted.state, wanted.now))
    return conditions


def _in_state(state: State, now: int) -> ColumnElement[bool]:
    enrolment = user_enrolments.c
    if state == "suspended":
        return enrolment.status != 0
    inside = and_(enrolment.timestart <= now, or_(enrolment.timeend == 0, enrolment.timeend > now))
    return and_(enrolment.status == 0, inside if state == "active" else not_(inside))
