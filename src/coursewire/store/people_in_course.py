"""What people are in one course: their groups, their roles, and when they were last there."""

from collections.abc import Collection

from sqlalchemy import select

from coursewire.store.batches import batches
from coursewire.store.schema.access import role_assignments, roles
from coursewire.store.schema.groups import group_members, groups
from coursewire.store.schema.users import course_accesses
from coursewire.store.session import Session


def groups_of(session: Session, user_ids: Collection[int], course_id: int) -> dict[int, set[int]]:
    """Return the groups of the course that each of the users is in, for those in any."""
    statement = (
        select(group_members.c.user_id, group_members.c.group_id)
        .join(groups, groups.c.id == group_members.c.group_id)
        .where(groups.c.course_id == course_id)
    )
    found: dict[int, set[int]] = {}
    for some in batches(sorted(set(user_ids))):
        chosen = statement.where(group_members.c.user_id.in_(some))
        for user_id, group_id in session.rows(chosen):
            found.setdefault(user_id, set()).add(group_id)
    return found


def roles_of(session: Session, user_ids: Collection[int], context_id: int) -> dict[int, list[int]]:
    """Return the roles that each of the users holds in a context itself, in the roles' order."""
    statement = (
        select(role_assignments.c.user_id, role_assignments.c.role_id)
        .join(roles, roles.c.id == role_assignments.c.role_id)
        .where(role_assignments.c.context_id == context_id)
        .order_by(roles.c.sortorder, roles.c.id)
        .distinct()
        .add_columns(roles.c.sortorder, roles.c.id)
    )
    found: dict[int, list[int]] = {}
    for some in batches(sorted(set(user_ids))):
        for row in session.rows(statement.where(role_assignments.c.user_id.in_(some))):
            found.setdefault(row[0], []).append(row[1])
    return found


def last_accesses(session: Session, user_ids: Collection[int], course_id: int) -> dict[int, int]:
    """Return when those of the users who were ever in the course were last there."""
    columns = course_accesses.c
    statement = select(columns.user_id, columns.timeaccess).where(columns.course_id == course_id)
    found: dict[int, int] = {}
    for some in batches(sorted(set(user_ids))):
        rows = session.rows(statement.where(columns.user_id.in_(some)))
        found.update((row[0], row[1]) for row in rows)
    return found
