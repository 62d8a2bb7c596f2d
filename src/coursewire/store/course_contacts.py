"""Who answers for courses: those who take part in them and hold a role of that kind."""

from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import BigInteger, bindparam, or_, select

from coursewire.store.direct_lists import DirectListRead, among
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


_here, _held = contexts.alias("here"), contexts.alias("held")
# Built once: putting a statement together costs more than running it.
_OF_COURSES = DirectListRead(
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
    .join(_held, _held.c.id == role_assignments.c.context_id)
    .join(_here, _here.c.instanceid == instances.c.course_id)
    .where(
        among(instances.c.course_id, "courses"),
        counts(bindparam("now", type_=BigInteger)),
        users.c.deleted == 0,
        among(role_assignments.c.role_id, "roles"),
        _here.c.level == _COURSE,
        or_(_here.c.path == _held.c.path, _here.c.path.like(_held.c.path + "/%")),
    )
    .order_by(users.c.lastname, users.c.firstname, users.c.id)
)


def of_courses(
    session: Session, course_ids: Collection[int], role_ids: Collection[int], now: int
) -> dict[int, list[ContactRecord]]:
    """Return the users who hold one of the roles in each course or above it, by name."""
    found: dict[int, list[ContactRecord]] = {}
    if not role_ids:
        return found
    values = {"roles": list(role_ids), "now": now}
    for course_id, *person in _OF_COURSES.of_all(
        session, "courses", sorted(set(course_ids)), values
    ):
        found.setdefault(course_id, []).append(ContactRecord(*person))
    return found
