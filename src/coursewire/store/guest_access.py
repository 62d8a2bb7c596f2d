"""Ways into a course that let anybody look at it."""

from collections.abc import Collection

from sqlalchemy import exists, or_, select

from coursewire.store.batches import batches
from coursewire.store.schema.enrolments import enrolment_instances as instances
from coursewire.store.session import Session

_GUEST = "guest"
_ENABLED = 0


_open = (
    instances.c.enrol == _GUEST,
    instances.c.status == _ENABLED,
    or_(instances.c.password.is_(None), instances.c.password == ""),
)


def is_open(session: Session, course_id: int) -> bool:
    """Tell whether guests may look into a course without a password."""
    statement = select(instances.c.id).where(instances.c.course_id == course_id, *_open)
    return bool(session.scalar(select(exists(statement))))


def any_open(session: Session) -> bool:
    """Tell whether there is a course into which guests may look without a password."""
    return bool(session.scalar(select(exists(select(instances.c.id).where(*_open)))))


def open_courses(session: Session, course_ids: Collection[int]) -> set[int]:
    """Return those of the courses into which guests may look without a password."""
    found: set[int] = set()
    for some in batches(sorted(set(course_ids))):
        statement = select(instances.c.course_id).where(instances.c.course_id.in_(some), *_open)
        found.update(session.scalars(statement))
    return found
