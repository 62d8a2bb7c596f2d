"""Looking for courses: by a field, by their words, by the activities in them."""

import re
from collections.abc import Iterable

from sqlalchemy import ColumnElement, literal_column, select

from coursewire.store.counting import exceed
from coursewire.store.courses import CourseRecord
from coursewire.store.schema.columns import TEXT
from coursewire.store.schema.courses import course_modules, courses, sections
from coursewire.store.session import Session

TEXTS = frozenset({"shortname", "idnumber"})
FIELDS = TEXTS | {"id", "category", "sectionid"}
# Those of which many courses can have one value.
SHARED = frozenset({"idnumber", "category"})
# In which courses' words stand, with the letters A to Z in lower case: the same on both engines,
# and what an index is made of on PostgreSQL (`migrations/search_indexes.py`).
WORDS = "lower(fullname || ' ' || shortname || ' ' || idnumber || ' ' || summary)"
# The letters into which others than A to Z are lowered are left open, as those others are.
_OPEN = re.compile(r"[^\x00-\x7f]|[ik%_\\]")


def by_field(session: Session, field: str, value: str | int) -> list[CourseRecord]:
    """Return the courses of which one of the `FIELDS` has the value, in the order of their ids."""
    statement = select(courses).where(_has(field, value)).order_by(courses.c.id)
    return [CourseRecord(*row) for row in session.rows(statement)]


def are_more_by_field(session: Session, most: int, *, field: str, value: str | int) -> bool:
    """Tell whether one of the `FIELDS` of more than so many courses has the value."""
    return exceed(session, most, [select(courses.c.id).where(_has(field, value))])


def _has(field: str, value: str | int) -> ColumnElement[bool]:
    if field == "sectionid":
        return courses.c.id.in_(select(sections.c.course_id).where(sections.c.id == value))
    return courses.c[field] == value


def texts(session: Session, words: Iterable[str] = ()) -> list[tuple[int, str]]:
    """Return for courses all in which words are looked for, in lower case.

    All courses are returned in which all the given words stand, in lower case and somewhere; and
    possibly others.
    """
    statement = select(
        courses.c.id,
        courses.c.fullname,
        courses.c.shortname,
        courses.c.idnumber,
        courses.c.summary,
    )
    for word in words:
        pattern = f"%{_OPEN.sub('%', word)}%"
        statement = statement.where(literal_column(WORDS, TEXT).like(pattern))
    return [(row[0], " ".join(row[1:]).lower()) for row in session.rows(statement)]


def with_activity(session: Session, kind: str) -> list[int]:
    """Return the courses that hold an activity of a kind."""
    statement = select(course_modules.c.course_id).where(course_modules.c.module == kind)
    return session.scalars(statement.distinct())
