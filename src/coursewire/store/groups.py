"""Rows of groups: look-ups, insertion, changes, and which names and id numbers are taken."""

from collections.abc import Collection, Mapping, Sequence, Set
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, delete, insert, select, update

from coursewire.store.batches import batches
from coursewire.store.counting import Count
from coursewire.store.direct import DirectInsert, DirectRead
from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.pairs import blocks
from coursewire.store.schema.groups import grouping_groups, groups
from coursewire.store.session import Session


class GroupRecord(Struct, frozen=True, gc=False):
    """One row of the table, its columns in the table's order (a test keeps them equal)."""

    id: int
    course_id: int
    idnumber: str
    name: str
    description: str
    descriptionformat: int
    enrolmentkey: str | None
    visibility: int
    participation: int
    timecreated: int
    timemodified: int


# Built once: putting a statement together costs more than running it.
_EVERYTHING = select(groups)
_BY_ID = DirectListRead(_EVERYTHING.where(among(groups.c.id, "ids")).order_by(groups.c.id))
_IN_COURSE = groups.c.course_id == bindparam("course")
_COUNT_OF_COURSE = Count(select(groups.c.id).where(_IN_COURSE))
_BY_NAME = _EVERYTHING.where(_IN_COURSE).order_by(groups.c.name, groups.c.id)
_OF_COURSE = DirectRead(_BY_NAME)
_OF_GROUPING = DirectRead(
    _BY_NAME.where(
        groups.c.id.in_(
            select(grouping_groups.c.group_id).where(
                grouping_groups.c.grouping_id == bindparam("grouping")
            )
        )
    )
)
_CHANGE = (
    update(groups)
    .where(groups.c.id == bindparam("group_id"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "idnumber",
                "name",
                "description",
                "descriptionformat",
                "enrolmentkey",
                "visibility",
                "participation",
                "timemodified",
            )
        }
    )
)


def of_ids(session: Session, ids: Collection[int]) -> dict[int, GroupRecord]:
    """Return those of the groups that exist, by id."""
    rows = _BY_ID.of_all(session, "ids", sorted(set(ids)))
    return {row[0]: GroupRecord(*row) for row in rows}


def course_ids(session: Session, ids: Collection[int]) -> set[int]:
    """Return the courses of the groups."""
    found: set[int] = set()
    for some in batches(sorted(set(ids))):
        found.update(session.scalars(select(groups.c.course_id).where(groups.c.id.in_(some))))
    return found


def are_more_in(session: Session, most: int, *, course_id: int) -> bool:
    """Tell whether a course has more than so many groups."""
    return _COUNT_OF_COURSE.exceeds(session, most, {"course": course_id})


def of_course(session: Session, course_id: int) -> list[GroupRecord]:
    """Return the groups of a course by name."""
    return [GroupRecord(*row) for row in _OF_COURSE.rows(session, {"course": course_id})]


def of_grouping(session: Session, course_id: int, grouping_id: int) -> list[GroupRecord]:
    """Return those groups of a course that a grouping gathers, by name."""
    values = {"course": course_id, "grouping": grouping_id}
    return [GroupRecord(*row) for row in _OF_GROUPING.rows(session, values)]


_HAVING = {
    field.name: select(groups.c.id, groups.c.course_id, field).where(
        groups.c.course_id.in_(bindparam("courses", expanding=True)),
        field.in_(bindparam("values", expanding=True)),
    )
    for field in (groups.c.name, groups.c.idnumber)
}
# Most calls name one group.
_HAVING_ONE = {
    field.name: DirectRead(
        select(groups.c.id, groups.c.course_id, field).where(
            groups.c.course_id == bindparam("course"), field == bindparam("value")
        )
    )
    for field in (groups.c.name, groups.c.idnumber)
}
_ADD = insert(groups).returning(groups.c.id, sort_by_parameter_order=True)
_COLUMNS = frozenset(column.name for column in groups.c if column.name != "id")
_ADD_ONE = DirectInsert(insert(groups).values({name: bindparam(name) for name in _COLUMNS}))


def having(
    session: Session, column: str, wanted: Set[tuple[int, str]]
) -> list[tuple[int, int, str]]:
    """Return (id, course, value) of the groups that have a wanted `name` or `idnumber` there."""
    if len(wanted) == 1:
        [(course, value)] = wanted
        one = _HAVING_ONE[column].rows(session, {"course": course, "value": value})
        return [(row[0], row[1], row[2]) for row in one]
    statement = _HAVING[column]
    found: list[tuple[int, int, str]] = []
    for courses, values in blocks(wanted):
        rows = session.rows(statement, {"courses": list(courses), "values": list(values)})
        found.extend((row[0], row[1], row[2]) for row in rows)
    return [
        (group_id, place, value) for group_id, place, value in found if (place, value) in wanted
    ]


def add_many(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert groups that all name the same columns; return their ids in order."""
    if len(rows) == 1 and frozenset(rows[0]) == _COLUMNS:
        return [_ADD_ONE.add(session, dict(rows[0]))]
    return list(session.execute(_ADD, [dict(row) for row in rows]).scalars())


def change_many(session: Session, states: Sequence[GroupRecord]) -> None:
    """Write groups as they are given, one after the other."""
    if not states:
        return
    values = [
        {
            "group_id": state.id,
            "idnumber": state.idnumber,
            "name": state.name,
            "description": state.description,
            "descriptionformat": state.descriptionformat,
            "enrolmentkey": state.enrolmentkey,
            "visibility": state.visibility,
            "participation": state.participation,
            "timemodified": state.timemodified,
        }
        for state in states
    ]
    session.execute(_CHANGE, values)


def touch(session: Session, ids: Collection[int], now: int) -> None:
    """Note that the groups have changed."""
    for some in batches(sorted(set(ids))):
        session.execute(update(groups).where(groups.c.id.in_(some)).values(timemodified=now))


def remove(session: Session, ids: Collection[int]) -> None:
    """Delete groups; their memberships and their places in groupings go with them."""
    for some in batches(sorted(set(ids))):
        session.execute(delete(groups).where(groups.c.id.in_(some)))
