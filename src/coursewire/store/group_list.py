"""Groups and groupings of a course as lists show them: searched, sorted, some at a time."""

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select

from coursewire.store.schema.groups import group_members, grouping_groups, groupings, groups
from coursewire.store.session import Session
from coursewire.store.text_search import holding


class Scope(Struct, frozen=True, kw_only=True):
    """Which groups somebody sees: all, or those of open kinds and their own of others."""

    everything: bool = False
    open: Collection[int] = ()
    own: Collection[int] = ()
    mine: Collection[int] = ()


class ListedGroup(Struct, frozen=True, gc=False):
    """A row of the list of groups."""

    id: int
    name: str
    idnumber: str
    visibility: int
    participation: int
    members: int


class ListedGrouping(Struct, frozen=True, gc=False):
    """A row of the list of groupings."""

    id: int
    name: str
    idnumber: str
    groups: int


class Wanted(Struct, frozen=True, kw_only=True):
    """Which groups of a course; in a grouping, outside of it, or (0) wherever they are.

    `without` names groups that do not match, whatever else is asked for.
    """

    course_id: int
    scope: Scope
    words: str = ""
    inside: int = 0
    outside: int = 0
    without: Collection[int] = ()
    participating: bool = False
    sort: str = "name"


# Counted for each row shown: a page holds few, and the index of members answers at once.
_MEMBERS = (
    select(func.count())
    .select_from(group_members)
    .where(group_members.c.group_id == groups.c.id)
    .correlate(groups)
    .scalar_subquery()
)
_LISTED = (*(groups.c[name] for name in ListedGroup.__struct_fields__[:-1]), _MEMBERS)
_LISTED_GROUPING = tuple(groupings.c[name] for name in ListedGrouping.__struct_fields__[:-1])
_SORTS: Mapping[str, Any] = {
    "name": groups.c.name,
    "idnumber": groups.c.idnumber,
    "members": _MEMBERS,
}
SORTS = frozenset(_SORTS)


def count(session: Session, wanted: Wanted) -> int:
    """Return how many groups match."""
    return _scalar(session, select(func.count()).select_from(groups).where(*_matching(wanted)))


def page(session: Session, wanted: Wanted, size: int, offset: int = 0) -> list[ListedGroup]:
    """Return some of the groups that match, in the order asked for."""
    key, backwards = wanted.sort.removeprefix("-"), wanted.sort.startswith("-")
    order = (_SORTS.get(key, groups.c.name), groups.c.id)
    statement: Select[Any] = select(*_LISTED).where(*_matching(wanted))
    statement = statement.order_by(*(one.desc() if backwards else one for one in order))
    return [ListedGroup(*row) for row in session.rows(statement.limit(size).offset(offset))]


def count_groupings(session: Session, course_id: int, words: str = "") -> int:
    """Return how many groupings of a course match."""
    statement = select(func.count()).select_from(groupings)
    return _scalar(session, statement.where(*_matching_groupings(course_id, words)))


def page_of_groupings(
    session: Session, course_id: int, scope: Scope, words: str, size: int, offset: int = 0
) -> list[ListedGrouping]:
    """Return some of the groupings of a course that match, by name."""
    statement = select(*_LISTED_GROUPING, _size(scope)).where(
        *_matching_groupings(course_id, words)
    )
    statement = statement.order_by(groupings.c.name, groupings.c.id).limit(size).offset(offset)
    return [ListedGrouping(*row) for row in session.rows(statement)]


def gathered(
    session: Session, grouping_ids: Collection[int], course_id: int, scope: Scope, most: int
) -> dict[int, list[tuple[int, str]]]:
    """Return the first groups of a course in each grouping, id and name, by name."""
    place = (
        func.row_number()
        .over(partition_by=grouping_groups.c.grouping_id, order_by=grouping_groups.c.group_id)
        .label("place")
    )
    inner = (
        select(grouping_groups.c.grouping_id, groups.c.id, groups.c.name, place)
        .join(groups, groups.c.id == grouping_groups.c.group_id)
        .where(grouping_groups.c.grouping_id.in_(grouping_ids))
        .where(groups.c.course_id == course_id, *_seen(scope))
        .subquery()
    )
    statement = select(inner).where(inner.c.place <= most)
    found: dict[int, list[tuple[int, str]]] = {}
    rows = session.rows(statement.order_by(inner.c.name, inner.c.id))
    for grouping_id, group_id, name, _ in rows:
        found.setdefault(grouping_id, []).append((group_id, name))
    return found


def groupings_of(session: Session, group_id: int) -> list[tuple[int, int, str]]:
    """Return the groupings that gather a group, by name: id, course and name."""
    statement = (
        select(groupings.c.id, groupings.c.course_id, groupings.c.name)
        .join(grouping_groups, grouping_groups.c.grouping_id == groupings.c.id)
        .where(grouping_groups.c.group_id == group_id)
        .order_by(groupings.c.name, groupings.c.id)
    )
    return [(row[0], row[1], row[2]) for row in session.rows(statement)]


def size_of_grouping(session: Session, grouping_id: int) -> int:
    """Return how many groups a grouping gathers, those of other courses as well."""
    links = grouping_groups.c.grouping_id
    return _scalar(session, select(func.count()).where(links == grouping_id))


def of_other_courses(session: Session, grouping_id: int, course_id: int) -> int:
    """Return how many groups of other courses a grouping gathers."""
    statement = (
        select(func.count())
        .select_from(grouping_groups)
        .join(groups, groups.c.id == grouping_groups.c.group_id)
        .where(grouping_groups.c.grouping_id == grouping_id, groups.c.course_id != course_id)
    )
    return _scalar(session, statement)


def _matching(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [groups.c.course_id == wanted.course_id, *_seen(wanted.scope)]
    conditions.extend(holding((groups.c.name, groups.c.idnumber), wanted.words))
    if wanted.inside:
        conditions.append(groups.c.id.in_(_in_grouping(wanted.inside)))
    if wanted.outside:
        conditions.append(groups.c.id.not_in(_in_grouping(wanted.outside)))
    if wanted.without:
        conditions.append(groups.c.id.not_in(wanted.without))
    if wanted.participating:
        conditions.append(groups.c.participation != 0)
    return conditions


def _seen(scope: Scope) -> list[ColumnElement[bool]]:
    if scope.everything:
        return []
    own = and_(groups.c.visibility.in_(scope.own), groups.c.id.in_(scope.mine))
    return [or_(groups.c.visibility.in_(scope.open), own)]


def _size(scope: Scope) -> ScalarSelect[int]:
    """Count the groups of a grouping, as far as somebody sees them."""
    statement = select(func.count()).select_from(grouping_groups)
    if not scope.everything:
        statement = statement.join(groups, groups.c.id == grouping_groups.c.group_id)
    inside = grouping_groups.c.grouping_id == groupings.c.id
    return statement.where(inside, *_seen(scope)).correlate(groupings).scalar_subquery()


def _in_grouping(grouping_id: int) -> Select[int]:
    links = grouping_groups.c
    return select(links.group_id).where(links.grouping_id == grouping_id)


def _matching_groupings(course_id: int, words: str) -> list[ColumnElement[bool]]:
    conditions = [groupings.c.course_id == course_id]
    return [*conditions, *holding((groupings.c.name, groupings.c.idnumber), words)]


def _scalar(session: Session, statement: Select[Any]) -> int:
    return int(session.scalar(statement) or 0)
