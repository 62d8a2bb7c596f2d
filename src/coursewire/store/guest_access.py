"""Ways into a course that let anybody look at it."""

from collections.abc import Collection

from sqlalchemy import or_, select

from coursewire.store.direct import DirectRead, number
from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.schema.enrolments import enrolment_instances as instances
from coursewire.store.session import Session

_GUEST = "guest"
_ENABLED = 0

_open = (
    instances.c.enrol == _GUEST,
    instances.c.status == _ENABLED,
    or_(instances.c.password.is_(None), instances.c.password == ""),
)


_OPEN_WAY = DirectRead(
    select(instances.c.id).where(instances.c.course_id == number("course"), *_open).limit(1)
)
_ANY_OPEN = DirectRead(select(instances.c.id).where(*_open).limit(1))
_OPEN_COURSES = DirectListRead(
    select(instances.c.course_id).where(among(instances.c.course_id, "ids"), *_open)
)


def is_open(session: Session, course_id: int) -> bool:
    """Tell whether guests may look into a course without a password."""
    return _OPEN_WAY.one(session, {"course": course_id}) is not None


def any_open(session: Session) -> bool:
    """Tell whether there is a course into which guests may look without a password."""
    return _ANY_OPEN.one(session, {}) is not None


def open_courses(session: Session, course_ids: Collection[int]) -> set[int]:
    """Return those of the courses into which guests may look without a password."""
    rows = _OPEN_COURSES.of_all(session, "ids", sorted(set(course_ids)))
    return {row[0] for row in rows}
