"""Who takes part in a course now: queries over its enrolments."""

from collections.abc import Collection

from sqlalchemy import Select, select

from coursewire.store.batches import batches
from coursewire.store.enrolments import counts, in_course
from coursewire.store.schema.access import role_assignments
from coursewire.store.schema.enrolments import user_enrolments
from coursewire.store.schema.groups import group_members
from coursewire.store.schema.users import users
from coursewire.store.session import Session


def active(
    session: Session, course_id: int, now: int, user_ids: Collection[int] | None = None
) -> set[int]:
    """Return whose enrolment in a course counts now: of everybody, or of some users."""
    statement = _active(course_id, now)
    if user_ids is None:
        return set(session.scalars(statement))
    found: set[int] = set()
    for some in batches(sorted(set(user_ids))):
        found.update(session.scalars(statement.where(user_enrolments.c.user_id.in_(some))))
    return found


def with_roles(
    session: Session,
    course_id: int,
    now: int,
    *,
    places: Collection[int],
    role_ids: Collection[int],
    group_ids: Collection[int] | None = None,
) -> list[int]:
    """Return by name who takes part and holds one of the roles in one of the contexts.

    With groups, only those who are in one of them.
    """
    holders = select(role_assignments.c.user_id).where(
        role_assignments.c.context_id.in_(places), role_assignments.c.role_id.in_(role_ids)
    )
    statement = (
        select(users.c.id)
        .where(users.c.id.in_(_active(course_id, now)), users.c.id.in_(holders))
        .where(users.c.deleted == 0)
        .order_by(users.c.lastname, users.c.firstname, users.c.id)
    )
    if group_ids is not None:
        members = select(group_members.c.user_id).where(group_members.c.group_id.in_(group_ids))
        statement = statement.where(users.c.id.in_(members))
    return session.scalars(statement)


def _active(course_id: int, now: int) -> Select[int]:
    return in_course(course_id).where(counts(now))
