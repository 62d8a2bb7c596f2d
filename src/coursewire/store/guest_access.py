"""Ways into a course that let anybody look at it."""

from sqlalchemy import exists, or_, select

from coursewire.store.schema.enrolments import enrolment_instances as instances
from coursewire.store.session import Session

_GUEST = "guest"
_ENABLED = 0


def is_open(session: Session, course_id: int) -> bool:
    """Tell whether guests may look into a course without a password."""
    statement = select(instances.c.id).where(
        instances.c.course_id == course_id,
        instances.c.enrol == _GUEST,
        instances.c.status == _ENABLED,
        or_(instances.c.password.is_(None), instances.c.password == ""),
    )
    return bool(session.scalar(select(exists(statement))))
