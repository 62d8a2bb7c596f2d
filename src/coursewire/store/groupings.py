"""Rows of groupings, and of the groups that each gathers."""

from collections.abc import Collection, Mapping, Sequence, Set
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, delete, insert, select, update

from coursewire.store.batches import batches
from coursewire.store.counting import Count
from coursewire.store.direct import DirectRead
from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.groups import GroupRecord
from coursewire.store.pairs import blocks
from coursewire.store.schema.groups import grouping_groups, groupings, groups
from coursewire.store.session import Session


class GroupingRecord(Struct, frozen=True, gc=False):
    """One row of the table, its columns in the table's order (a test keeps them equal)."""

    id: int
    course_id: int
    idnumber: str
    name: str
    description: str
    descriptionformat: int
    timecreated: int
    timemodified: int


# A grouping and a group in it.
Pair = tuple[int, int]

# Built once: putting a statement together costs more than running it.
_EVERYTHING = select(groupings)
_BY_ID = DirectListRead(_EVERYTHING.where(among(groupings.c.id, "ids")).order_by(groupings.c.id))
_IN_COURSE = groupings.c.course_id == bindparam("course")
_COUNT_OF_COURSE = Count(select(groupings.c.id).where(_IN_COURSE))
_OF_COURSE = DirectRead(_EVERYTHING.where(_IN_COURSE).order_by(groupings.c.name, groupings.c.id))
_CHANGED = ("idnumber", "name", "description", "descriptionformat", "timemodified")
_CHANGE = (
    update(groupings)
    .where(groupings.c.id == bindparam("grouping_id"))
    .values({name: bindparam(name) for name in _CHANGED})
)
_links = grouping_groups.c
_GROUPS = DirectListRead(
    select(_links.grouping_id, *groups.c)
    .join_from(grouping_groups, groups, groups.c.id == _links.group_id)
    .where(among(_links.grouping_id, "groupings"))
    .order_by(_links.grouping_id, groups.c.id)
)
_UNLINK = delete(grouping_groups).where(
    _links.grouping_id == bindparam("the_grouping"), _links.group_id == bindparam("the_group")
)


def of_ids(session: Session, ids: Collection[int]) -> dict[int, GroupingRecord]:
    """Return those of the groupings that exist, by id."""
    rows = _BY_ID.of_all(session, "ids", sorted(set(ids)))
    return {row[0]: GroupingRecord(*row) for row in rows}


def course_ids(session: Session, ids: Collection[int]) -> set[int]:
    """Return the courses of the groupings."""
    found: set[int] = set()
    for some in batches(sorted(set(ids))):
        statement = select(groupings.c.course_id).where(groupings.c.id.in_(some))
        found.update(session.scalars(statement))
    return found


def are_more_in(session: Session, most: int, *, course_id: int) -> bool:
    """Tell whether a course has more than so many groupings."""
    return _COUNT_OF_COURSE.exceeds(session, most, {"course": course_id})


def of_course(session: Session, course_id: int) -> list[GroupingRecord]:
    """Return the groupings of a course by name."""
    return [GroupingRecord(*row) for row in _OF_COURSE.rows(session, {"course": course_id})]


def having(
    session: Session, column: str, wanted: Set[tuple[int, str]]
) -> list[tuple[int, int, str]]:
    """Return (id, course, value) of those that have a wanted `name` or `idnumber` there."""
    field = groupings.c[column]
    statement = select(groupings.c.id, groupings.c.course_id, field)
    found: list[tuple[int, int, str]] = []
    for courses, values in blocks(wanted):
        chosen = statement.where(groupings.c.course_id.in_(courses), field.in_(values))
        found.extend((row[0], row[1], row[2]) for row in session.rows(chosen))
    return [
        (found_id, place, value) for found_id, place, value in found if (place, value) in wanted
    ]


def add_many(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert groupings that all name the same columns; return their ids in order."""
    statement = insert(groupings).returning(groupings.c.id, sort_by_parameter_order=True)
    return list(session.execute(statement, [dict(row) for row in rows]).scalars())


def change_many(session: Session, states: Sequence[GroupingRecord]) -> None:
    """Write groupings as they are given, one after the other."""
    if states:
        values = [
            {"grouping_id": state.id, **{name: getattr(state, name) for name in _CHANGED}}
            for state in states
        ]
        session.execute(_CHANGE, values)


def remove(session: Session, ids: Collection[int]) -> None:
    """Delete groupings; which groups they gathered goes with them."""
    for some in batches(sorted(set(ids))):
        session.execute(delete(groupings).where(groupings.c.id.in_(some)))


def pairs(session: Session, grouping_ids: Collection[int]) -> set[Pair]:
    """Return which groups the groupings gather."""
    found: set[Pair] = set()
    for some in batches(sorted(set(grouping_ids))):
        statement = select(_links.grouping_id, _links.group_id)
        rows = session.rows(statement.where(_links.grouping_id.in_(some)))
        found.update((row[0], row[1]) for row in rows)
    return found


def groups_of(session: Session, grouping_ids: Collection[int]) -> dict[int, list[GroupRecord]]:
    """Return the groups of each grouping that has any, by id; of other courses as well."""
    found: dict[int, list[GroupRecord]] = {}
    for grouping_id, *group in _GROUPS.of_all(session, "groupings", sorted(set(grouping_ids))):
        found.setdefault(grouping_id, []).append(GroupRecord(*group))
    return found


def link_many(session: Session, pairs: Sequence[Pair], now: int) -> None:
    """Put groups into groupings."""
    rows = [
        {"grouping_id": grouping_id, "group_id": group_id, "timeadded": now}
        for grouping_id, group_id in pairs
    ]
    if rows:
        session.execute(insert(grouping_groups), rows)


def unlink_many(session: Session, pairs: Sequence[Pair]) -> None:
    """Take groups out of groupings."""
    rows = [{"the_grouping": grouping_id, "the_group": group_id} for grouping_id, group_id in pairs]
    if rows:
        session.execute(_UNLINK, rows)
