"""Rows of activities: what they are, and where they stand in their course."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, bindparam, func, insert, select, update

from coursewire.store.direct import DirectRead
from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.schema.courses import activities, course_modules, sections
from coursewire.store.session import Session


class ActivityRecord(Struct, frozen=True, gc=False):
    """A course module with the name of its activity and the visibility of its section."""

    id: int
    course_id: int
    section_id: int
    section_number: int
    section_visible: int
    module: str
    instance: int
    name: str
    idnumber: str
    visible: int
    visibleoncoursepage: int
    groupmode: int
    groupingid: int
    completion: int
    completionview: int
    completionusegrade: int
    completionpassgrade: int
    ordering: int
    added: int


_modules = course_modules.c
_EVERYTHING = (
    select(
        _modules.id,
        _modules.course_id,
        _modules.section_id,
        sections.c.section,
        sections.c.visible,
        _modules.module,
        _modules.instance,
        activities.c.name,
        _modules.idnumber,
        _modules.visible,
        _modules.visibleoncoursepage,
        _modules.groupmode,
        _modules.groupingid,
        _modules.completion,
        _modules.completionview,
        _modules.completionusegrade,
        _modules.completionpassgrade,
        _modules.ordering,
        _modules.added,
    )
    .join_from(course_modules, activities, activities.c.id == _modules.instance)
    .join(sections, sections.c.id == _modules.section_id)
)


_BY_ID = DirectRead(_EVERYTHING.where(_modules.id == bindparam("cmid", type_=BigInteger)))
_BY_INSTANCE = DirectRead(
    _EVERYTHING.where(
        _modules.module == bindparam("module"),
        _modules.instance == bindparam("instance", type_=BigInteger),
    )
)
_ON_THE_PAGE = _EVERYTHING.order_by(sections.c.section, _modules.ordering, _modules.id)
_OF_COURSE = DirectRead(_ON_THE_PAGE.where(_modules.course_id == bindparam("course")))
_OF_KIND = DirectListRead(
    _ON_THE_PAGE.where(among(_modules.course_id, "courses"), _modules.module == bindparam("module"))
)


def kinds_in_use(session: Session) -> list[str]:
    """Return the kinds of activities that there are on the site."""
    found: list[str] = session.scalars(select(course_modules.c.module).distinct())
    return sorted(found)


def get(session: Session, cmid: int) -> ActivityRecord | None:
    """Return an activity by the id of its course module."""
    row = _BY_ID.one(session, {"cmid": cmid})
    return None if row is None else ActivityRecord(*row)


def of_instance(session: Session, module: str, instance: int) -> ActivityRecord | None:
    """Return an activity by its kind and its number among those of the kind."""
    row = _BY_INSTANCE.one(session, {"module": module, "instance": instance})
    return None if row is None else ActivityRecord(*row)


def of_course(session: Session, course_id: int) -> list[ActivityRecord]:
    """Return the activities of a course as the course page lists them."""
    return [ActivityRecord(*row) for row in _OF_COURSE.rows(session, {"course": course_id})]


def of_kind(
    session: Session, course_ids: Collection[int], module: str
) -> dict[int, list[ActivityRecord]]:
    """Return the activities of one kind by course, in the order of the course page."""
    found: dict[int, list[ActivityRecord]] = {}
    courses = sorted(set(course_ids))
    for row in _OF_KIND.of_all(session, "courses", courses, {"module": module}):
        record = ActivityRecord(*row)
        found.setdefault(record.course_id, []).append(record)
    return found


def next_place(session: Session, section_id: int) -> int:
    """Return the place after the last activity of a section."""
    statement = select(func.max(_modules.ordering)).where(_modules.section_id == section_id)
    return int(session.scalar(statement) or 0) + 1


def add(session: Session, activity: Mapping[str, Any], module: Mapping[str, Any]) -> int:
    """Insert an activity and its place in the course; return the id of the course module."""
    instance = session.insert(insert(activities), dict(activity))
    return session.insert(insert(course_modules), {**module, "instance": instance})


def add_many(
    session: Session, rows: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]
) -> list[int]:
    """Insert activities as `add` does, all with the same columns; return their ids in order."""
    if not rows:
        return []
    mine = insert(activities).returning(activities.c.id, sort_by_parameter_order=True)
    instances = session.execute(mine, [dict(row) for row, _ in rows]).scalars().all()
    modules = [
        {**module, "instance": instance}
        for (_, module), instance in zip(rows, instances, strict=True)
    ]
    theirs = insert(course_modules).returning(course_modules.c.id, sort_by_parameter_order=True)
    return list(session.execute(theirs, modules).scalars())


def change(
    session: Session, cmid: int, activity: Mapping[str, Any], module: Mapping[str, Any]
) -> None:
    """Write columns of an activity and of its place in the course."""
    if module:
        session.execute(update(course_modules).where(_modules.id == cmid), dict(module))
    if activity:
        instance = select(_modules.instance).where(_modules.id == cmid).scalar_subquery()
        session.execute(update(activities).where(activities.c.id == instance), dict(activity))


def forget_groupings(session: Session, grouping_ids: Collection[int]) -> None:
    """Let no activity be for one of the groupings."""
    statement = update(course_modules).where(_modules.groupingid.in_(grouping_ids))
    session.execute(statement.values(groupingid=0))
