"""What people are in one course: their groups, their roles, and when they were last there."""

from collections.abc import Collection

from sqlalchemy import bindparam, select

from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.schema.access import role_assignments, roles
from coursewire.store.schema.groups import group_members, groups
from coursewire.store.schema.users import course_accesses
from coursewire.store.session import Session

# Built once: putting a statement together costs more than running it.
_GROUPS = DirectListRead(
    select(group_members.c.user_id, group_members.c.group_id)
    .join(groups, groups.c.id == group_members.c.group_id)
    .where(groups.c.course_id == bindparam("course"), among(group_members.c.user_id, "ids"))
)
_ROLES = DirectListRead(
    select(role_assignments.c.user_id, role_assignments.c.role_id)
    .join(roles, roles.c.id == role_assignments.c.role_id)
    .where(
        role_assignments.c.context_id == bindparam("context"),
        among(role_assignments.c.user_id, "ids"),
    )
    .order_by(roles.c.sortorder, roles.c.id)
    .distinct()
    .add_columns(roles.c.sortorder, roles.c.id)
)
_ACCESSES = DirectListRead(
    select(course_accesses.c.user_id, course_accesses.c.timeaccess).where(
        course_accesses.c.course_id == bindparam("course"), among(course_accesses.c.user_id, "ids")
    )
)


def groups_of(session: Session, user_ids: Collection[int], course_id: int) -> dict[int, set[int]]:
    """Return the groups of the course that each of the users is in, for those in any."""
    found: dict[int, set[int]] = {}
    ids = sorted(set(user_ids))
    for user_id, group_id in _GROUPS.of_all(session, "ids", ids, {"course": course_id}):
        found.setdefault(user_id, set()).add(group_id)
    return found


def roles_of(session: Session, user_ids: Collection[int], context_id: int) -> dict[int, list[int]]:
    """Return the roles that each of the users holds in a context itself, in the roles' order."""
    found: dict[int, list[int]] = {}
    ids = sorted(set(user_ids))
    for row in _ROLES.of_all(session, "ids", ids, {"context": context_id}):
        found.setdefault(row[0], []).append(row[1])
    return found


def last_accesses(session: Session, user_ids: Collection[int], course_id: int) -> dict[int, int]:
    """Return when those of the users who were ever in the course were last there."""
    rows = _ACCESSES.of_all(session, "ids", sorted(set(user_ids)), {"course": course_id})
    return {row[0]: row[1] for row in rows}
