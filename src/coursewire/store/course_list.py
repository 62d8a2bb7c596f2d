"""Courses and those in them as lists are read: searched, sorted, some at a time."""

from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import ColumnElement, func, or_, select

from coursewire.store.batches import batches
from coursewire.store.enrolments import SITE_COURSE
from coursewire.store.schema.access import role_assignments, roles
from coursewire.store.schema.courses import courses
from coursewire.store.schema.enrolments import enrolment_instances, user_enrolments
from coursewire.store.schema.users import users
from coursewire.store.session import Session
from coursewire.store.users import fold


class ListedCourse(Struct, frozen=True, gc=False):
    """A row of the list."""

    id: int
    shortname: str
    fullname: str
    idnumber: str
    category: int
    visible: int
    startdate: int


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


_COLUMNS = tuple(courses.c[name] for name in ListedCourse.__struct_fields__)


def count(session: Session, words: str, category_id: int) -> int:
    """Return how many courses match."""
    statement = select(func.count()).select_from(courses).where(*_matching(words, category_id))
    return int(session.scalar(statement) or 0)


def page(
    session: Session, words: str, category_id: int, size: int, offset: int
) -> list[ListedCourse]:
    """Return some of the courses that match, in their order."""
    statement = select(*_COLUMNS).where(*_matching(words, category_id))
    statement = statement.order_by(courses.c.sortorder, courses.c.id)
    return [ListedCourse(*row) for row in session.rows(statement.limit(size).offset(offset))]


def participant_count(session: Session, course_id: int) -> int:
    """Return by how many ways people are in a course."""
    statement = (
        select(func.count())
        .select_from(user_enrolments)
        .join(enrolment_instances, enrolment_instances.c.id == user_enrolments.c.instance_id)
        .where(enrolment_instances.c.course_id == course_id)
    )
    return int(session.scalar(statement) or 0)


def participants(session: Session, course_id: int, size: int, offset: int) -> list[Participant]:
    """Return some of those in a course, by name."""
    statement = (
        select(
            enrolment_instances.c.id,
            enrolment_instances.c.enrol,
            user_enrolments.c.status,
            user_enrolments.c.timestart,
            user_enrolments.c.timeend,
            users.c.id,
            users.c.username,
            users.c.firstname,
            users.c.lastname,
            users.c.email,
        )
        .join(user_enrolments, user_enrolments.c.instance_id == enrolment_instances.c.id)
        .join(users, users.c.id == user_enrolments.c.user_id)
        .where(enrolment_instances.c.course_id == course_id)
        .order_by(users.c.lastname_folded, users.c.firstname_folded, users.c.id)
    )
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


def _matching(words: str, category_id: int) -> list[ColumnElement[bool]]:
    conditions = [courses.c.id != SITE_COURSE]
    if category_id:
        conditions.append(courses.c.category == category_id)
    columns = (courses.c.fullname, courses.c.shortname, courses.c.idnumber)
    conditions.extend(
        or_(*(func.lower(column).contains(word, autoescape=True) for column in columns))
        for word in fold(words).split()
    )
    return conditions
