"""Looking for courses: by a field, by their words, by the activities in them."""

from collections.abc import Iterator

from sqlalchemy import select

from coursewire.store.courses import CourseRecord
from coursewire.store.schema.courses import course_modules, courses, sections
from coursewire.store.session import Session

TEXTS = frozenset({"shortname", "idnumber"})
FIELDS = TEXTS | {"id", "category", "sectionid"}


def by_field(session: Session, field: str, value: str | int) -> list[CourseRecord]:
    """Return the courses of which one of the `FIELDS` has the value, in the order of their ids."""
    statement = select(courses)
    if field == "sectionid":
        around = select(sections.c.course_id).where(sections.c.id == value)
        statement = statement.where(courses.c.id.in_(around))
    else:
        statement = statement.where(courses.c[field] == value)
    return [CourseRecord(*row) for row in session.rows(statement.order_by(courses.c.id))]


def texts(session: Session) -> Iterator[tuple[int, str]]:
    """Return for each course all in which words are looked for, in lower case."""
    statement = select(
        courses.c.id,
        courses.c.fullname,
        courses.c.shortname,
        courses.c.idnumber,
        courses.c.summary,
    )
    for course_id, *parts in session.rows(statement):
        yield course_id, " ".join(parts).lower()


def with_activity(session: Session, kind: str) -> list[int]:
    """Return the courses that hold an activity of a kind."""
    statement = select(course_modules.c.course_id).where(course_modules.c.module == kind)
    return session.scalars(statement.distinct())
