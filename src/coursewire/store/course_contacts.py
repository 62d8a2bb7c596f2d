"""Who answers for courses: those who take part in them and hold a role of that kind."""

from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import or_, select

from coursewire.store.batches import batches
from coursewire.store.enrolments import counts
from coursewire.store.schema.access import contexts, role_assignments
from coursewire.store.schema.enrolments import enrolment_instances as instances
from coursewire.store.schema.enrolments import user_enrolments
from coursewire.store.schema.users import users
from coursewire.store.session import Session

_COURSE = 50


class ContactRecord(Struct, frozen=True, gc=False):
    """Somebody who answers for a course, with all parts of the name."""

    id: int
    firstname: str
    lastname: str
    firstnamephonetic: str
    lastnamephonetic: str
    middlename: str
    alternatename: str


def of_courses(
    session: Session, course_ids: Collection[int], role_ids: Collection[int], now: int
) -> dict[int, list[ContactRecord]]:
    """Return the users who hold one of the roles in each course or above it, by name."""
    found: dict[int, list[ContactRecord]] = {}
    here, held = contexts.alias("here"), contexts.alias("held")
    for some in batches(sorted(set(course_ids))):
        statement = (
            select(
                instances.c.course_id,
                users.c.id,
                users.c.firstname,
                users.c.lastname,
                users.c.firstnamephonetic,
                users.c.lastnamephonetic,
                users.c.middlename,
                users.c.alternatename,
            )
            .distinct()
            .join(user_enrolments, user_enrolments.c.instance_id == instances.c.id)
            .join(users, users.c.id == user_enrolments.c.user_id)
            .join(role_assignments, role_assignments.c.user_id == users.c.id)
            .join(held, held.c.id == role_assignments.c.context_id)
            .join(here, here.c.instanceid == instances.c.course_id)
            .where(
                instances.c.course_id.in_(some),
                counts(now),
                users.c.deleted == 0,
                role_assignments.c.role_id.in_(role_ids),
                here.c.level == _COURSE,
                or_(here.c.path == held.c.path, here.c.path.like(held.c.path + "/%")),
            )
            .order_by(users.c.lastname, users.c.firstname, users.c.id)
        )
        for course_id, *person in session.rows(statement):
            found.setdefault(course_id, []).append(ContactRecord(*person))
    return found
