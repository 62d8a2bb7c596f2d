"""Rows of enrolment: the ways into a course, who uses them, and whose courses they are."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from coursewire.store import upserts
from coursewire.store.batches import batches
from coursewire.store.direct import DirectRead, number
from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.schema.courses import courses
from coursewire.store.schema.enrolments import enrolment_instances as instances
from coursewire.store.schema.enrolments import user_enrolments
from coursewire.store.session import Session

SITE_COURSE = 1
# What another enrolment by the same way overwrites.
_CHANGING = ("status", "timestart", "timeend", "modifierid", "timemodified")
ENABLED = 0
ACTIVE = 0
SUSPENDED = 1


class Instance(Struct, frozen=True):
    """One row of the instances, its columns in the table's order."""

    id: int
    enrol: str
    status: int
    course_id: int
    sortorder: int
    name: str
    roleid: int
    enrolstartdate: int
    enrolenddate: int
    enrolperiod: int
    password: str | None
    group_keys: int
    max_enrolled: int
    cohort_id: int
    new_enrolments: int
    timecreated: int
    timemodified: int


class UserEnrolment(Struct, frozen=True):
    """One row of the user enrolments, its columns in the table's order."""

    id: int
    instance_id: int
    user_id: int
    status: int
    timestart: int
    timeend: int
    modifierid: int
    timecreated: int
    timemodified: int


class CourseOfUser(Struct, frozen=True, gc=False):
    """A course in which a user is enrolled, with what decides its place and its visibility."""

    user_id: int
    id: int
    visible: int
    sortorder: int
    shortname: str
    fullname: str
    idnumber: str
    groupmode: int
    showgrades: int


def get_instance(session: Session, instance_id: int) -> Instance | None:
    """Return a way into a course."""
    row = _BY_ID.one(session, {"id": instance_id})
    return None if row is None else Instance(*row)


def instances_of(session: Session, course_id: int) -> list[Instance]:
    """Return the ways into a course in their order."""
    return [Instance(*row) for row in _OF_COURSE.rows(session, {"course": course_id})]


def add_instance(session: Session, values: Mapping[str, Any]) -> int:
    """Insert a way into a course, behind those that are there."""
    last = session.scalar(
        select(func.max(instances.c.sortorder)).where(instances.c.course_id == values["course_id"])
    )
    place = 0 if last is None else last + 1
    return session.insert(insert(instances), {**values, "sortorder": place})


def add_instances(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the ways into new courses, each with its place among those of its course."""
    if rows:
        session.execute(insert(instances), [dict(row) for row in rows])


def change_instance(session: Session, instance_id: int, values: Mapping[str, Any]) -> None:
    """Write columns of a way into a course."""
    session.execute(update(instances).where(instances.c.id == instance_id), dict(values))


def remove_instance(session: Session, instance_id: int) -> None:
    """Delete a way into a course with everybody's use of it."""
    session.execute(delete(instances).where(instances.c.id == instance_id))


def in_instance(
    session: Session, instance_id: int, user_ids: Collection[int]
) -> dict[int, UserEnrolment]:
    """Return how those of the users who are enrolled this way are enrolled."""
    found: dict[int, UserEnrolment] = {}
    for some in batches(sorted(set(user_ids))):
        if len(some) == 1:
            rows = _ONE_IN_INSTANCE.rows(session, {"instance": instance_id, "user": some[0]})
        else:
            rows = session.rows(_IN_INSTANCE, {"instance": instance_id, "users": some})
        enrolments = (UserEnrolment(*row) for row in rows)
        found.update((enrolment.user_id, enrolment) for enrolment in enrolments)
    return found


def count(session: Session, instance_id: int) -> int:
    """Return how many people use a way into a course, in whatever state."""
    mine = user_enrolments.c.instance_id == instance_id
    return int(session.scalar(select(func.count()).select_from(user_enrolments).where(mine)))


def put_many(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Enrol users; who is enrolled that way already gets the new state and times (DUR-5)."""
    key = ("instance_id", "user_id")
    upserts.put(session, user_enrolments, key, _CHANGING, rows)


def remove_many(session: Session, instance_id: int, user_ids: Collection[int]) -> None:
    """End users' use of one way into a course."""
    for some in batches(sorted(set(user_ids))):
        session.execute(
            delete(user_enrolments).where(
                user_enrolments.c.instance_id == instance_id, user_enrolments.c.user_id.in_(some)
            )
        )


def enrolled(session: Session, user_ids: Collection[int], course_id: int) -> set[int]:
    """Return those of the users who are enrolled in a course in any state."""
    rows = _AMONG.of_all(session, "users", sorted(set(user_ids)), {"course": course_id})
    return {row[0] for row in rows}


def courses_of(
    session: Session, user_ids: Collection[int], active_at: int | None = None
) -> dict[int, list[CourseOfUser]]:
    """Return users' courses by sort order: of any enrolment, or of those that count at a time."""
    statement = _COURSES if active_at is None else _ACTIVE_COURSES
    found: dict[int, list[CourseOfUser]] = {}
    ids = sorted(set(user_ids))
    for row in statement.of_all(session, "ids", ids, {"now": active_at}):
        found.setdefault(row[0], []).append(CourseOfUser(*row))
    return found


def _courses_of(*conditions: ColumnElement[bool]) -> DirectListRead:
    used = select(user_enrolments.c.user_id, instances.c.course_id).join(
        instances, instances.c.id == user_enrolments.c.instance_id
    )
    used = used.where(
        among(user_enrolments.c.user_id, "ids"), instances.c.course_id != SITE_COURSE, *conditions
    )
    mine = used.distinct().subquery()
    return DirectListRead(
        select(
            mine.c.user_id,
            courses.c.id,
            courses.c.visible,
            courses.c.sortorder,
            courses.c.shortname,
            courses.c.fullname,
            courses.c.idnumber,
            courses.c.groupmode,
            courses.c.showgrades,
        )
        .join(courses, courses.c.id == mine.c.course_id)
        .order_by(courses.c.sortorder, courses.c.id)
    )


def sharing_a_course(session: Session, user_id: int, others: Collection[int]) -> set[int]:
    """Return those of the others who are enrolled in a visible course in which the user is.

    Neither may be suspended there, but an enrolment whose time is over still counts (recorded in
    users_profiles).
    """
    mine = (
        select(instances.c.course_id)
        .join(user_enrolments, user_enrolments.c.instance_id == instances.c.id)
        .join(courses, courses.c.id == instances.c.course_id)
        .where(user_enrolments.c.user_id == user_id, courses.c.visible == 1)
        .where(*_OPEN)
    )
    theirs = (
        select(user_enrolments.c.user_id)
        .join(instances, instances.c.id == user_enrolments.c.instance_id)
        .where(instances.c.course_id.in_(mine), *_OPEN)
        .distinct()
    )
    found: set[int] = set()
    for some in batches(sorted(set(others))):
        found.update(session.scalars(theirs.where(user_enrolments.c.user_id.in_(some))))
    return found


def is_enrolled(session: Session, user_id: int, course_id: int) -> bool:
    """Tell whether a user is enrolled in a course in any state."""
    return _IS_ENROLLED.one(session, {"user": user_id, "course": course_id}) is not None


def is_active(session: Session, user_id: int, course_id: int, now: int) -> bool:
    """Tell whether a user's enrolment in a course counts now."""
    values = {"user": user_id, "course": course_id, "now": now}
    return _IS_ACTIVE.one(session, values) is not None


def open_ways(session: Session, course_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the kinds of the enabled ways into each course, in their order."""
    found: dict[int, list[str]] = {}
    for course_id, kind in _OPEN_WAYS.of_all(session, "courses", sorted(set(course_ids))):
        found.setdefault(course_id, []).append(kind)
    return found


def in_course(course_id: int | BindParameter[int]) -> Select[int]:
    """Select the users of any way into a course."""
    return (
        select(user_enrolments.c.user_id)
        .join(instances, instances.c.id == user_enrolments.c.instance_id)
        .where(instances.c.course_id == course_id)
    )


_OPEN = (user_enrolments.c.status == ACTIVE, instances.c.status == ENABLED)


def counts(now: int | BindParameter[int]) -> ColumnElement[bool]:
    """An enrolment counts while it is active, within its times, and its instance is enabled."""
    return and_(
        *_OPEN,
        user_enrolments.c.timestart <= now,
        or_(user_enrolments.c.timeend == 0, user_enrolments.c.timeend > now),
    )


# Built once: putting a statement together costs more than running it.
_COURSES = _courses_of()
_ACTIVE_COURSES = _courses_of(counts(number("now")))
_BY_ID = DirectRead(select(instances).where(instances.c.id == number("id")))
_OPEN_WAYS = DirectListRead(
    select(instances.c.course_id, instances.c.enrol)
    .where(among(instances.c.course_id, "courses"), instances.c.status == ENABLED)
    .order_by(instances.c.sortorder, instances.c.id)
)
_OF_COURSE = DirectRead(
    select(instances)
    .where(instances.c.course_id == number("course"))
    .order_by(instances.c.sortorder, instances.c.id)
)
_MINE = select(user_enrolments).where(user_enrolments.c.instance_id == number("instance"))
_IN_INSTANCE = _MINE.where(user_enrolments.c.user_id.in_(bindparam("users", expanding=True)))
_ONE_IN_INSTANCE = DirectRead(_MINE.where(user_enrolments.c.user_id == number("user")))
_IS_ENROLLED = DirectRead(
    in_course(number("course")).where(user_enrolments.c.user_id == number("user")).limit(1)
)
_IS_ACTIVE = DirectRead(
    in_course(number("course"))
    .where(user_enrolments.c.user_id == number("user"), counts(number("now")))
    .limit(1)
)
_AMONG = DirectListRead(
    in_course(number("course")).where(among(user_enrolments.c.user_id, "users")).distinct()
)
