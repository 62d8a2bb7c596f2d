"""Looking for courses: by a field, by their words, by the activities in them."""

import re
from collections.abc import Iterable
from functools import lru_cache

from sqlalchemy import ColumnElement, bindparam, literal_column, select

from coursewire.store.counting import Count
from coursewire.store.courses import CourseRecord
from coursewire.store.direct import DirectRead
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

_TEXTS = select(
    courses.c.id, courses.c.fullname, courses.c.shortname, courses.c.idnumber, courses.c.summary
)


def _has(field: str) -> ColumnElement[bool]:
    if field == "sectionid":
        of_section = select(sections.c.course_id).where(sections.c.id == bindparam("value"))
        return courses.c.id.in_(of_section)
    return courses.c[field] == bindparam("value")


_BY_FIELD = {
    field: DirectRead(select(courses).where(_has(field)).order_by(courses.c.id)) for field in FIELDS
}
_COUNTS = {field: Count(select(courses.c.id).where(_has(field))) for field in FIELDS}


def by_field(session: Session, field: str, value: str | int) -> list[CourseRecord]:
    """Return the courses of which one of the `FIELDS` has the value, in the order of their ids."""
    return [CourseRecord(*row) for row in _BY_FIELD[field].rows(session, {"value": value})]


def are_more_by_field(session: Session, most: int, *, field: str, value: str | int) -> bool:
    """Tell whether one of the `FIELDS` of more than so many courses has the value."""
    return _COUNTS[field].exceeds(session, most, {"value": value})


def texts(session: Session, words: Iterable[str] = ()) -> list[tuple[int, str]]:
    """Return for courses all in which words are looked for, in lower case.

    All courses are returned in which all the given words stand, in lower case and somewhere; and
    possibly others.
    """
    patterns = {f"word{n}": f"%{_OPEN.sub('%', word)}%" for n, word in enumerate(words)}
    rows = _texts(len(patterns)).rows(session, patterns)
    return [(row[0], " ".join(row[1:]).lower()) for row in rows]


# People look for few words.
@lru_cache(maxsize=16)
def _texts(words: int) -> DirectRead:
    conditions = [
        literal_column(WORDS, TEXT).like(bindparam(f"word{number}", type_=TEXT))
        for number in range(words)
    ]
    return DirectRead(_TEXTS.where(*conditions))


def with_activity(session: Session, kind: str) -> list[int]:
    """Return the courses that hold an activity of a kind."""
    statement = select(course_modules.c.course_id).where(course_modules.c.module == kind)
    return session.scalars(statement.distinct())
