"""All ways into courses with the people who use them, all groups and all groupings."""

from collections.abc import Sequence

from sqlalchemy import select

from coursewire.store.schema.enrolments import enrolment_instances, user_enrolments
from coursewire.store.schema.groups import group_members, grouping_groups, groupings, groups
from coursewire.store.schema.users import users
from coursewire.store.session import AnyRow, Session


def instances(session: Session) -> Sequence[AnyRow]:
    """Return every enrolment instance, by id."""
    return session.rows(select(enrolment_instances).order_by(enrolment_instances.c.id))


def user_enrolments_of(session: Session, enrol: str) -> Sequence[AnyRow]:
    """Return (instance_id, course_id, username, status, timestart, timeend) of one kind, by id."""
    columns = user_enrolments.c
    return session.rows(
        select(
            columns.instance_id,
            enrolment_instances.c.course_id,
            users.c.username,
            columns.status,
            columns.timestart,
            columns.timeend,
        )
        .join_from(
            user_enrolments,
            enrolment_instances,
            enrolment_instances.c.id == columns.instance_id,
        )
        .join(users, users.c.id == columns.user_id)
        .where(enrolment_instances.c.enrol == enrol)
        .order_by(columns.id)
    )


def all_groups(session: Session) -> Sequence[AnyRow]:
    """Return every group, by id."""
    return session.rows(select(groups).order_by(groups.c.id))


def members_of_groups(session: Session) -> dict[int, list[str]]:
    """Return the user names of the members of each group, in the order they were added."""
    statement = (
        select(group_members.c.group_id, users.c.username)
        .join(users, users.c.id == group_members.c.user_id)
        .order_by(group_members.c.id)
    )
    found: dict[int, list[str]] = {}
    for group_id, username in session.rows(statement):
        found.setdefault(group_id, []).append(username)
    return found


def all_groupings(session: Session) -> Sequence[AnyRow]:
    """Return every grouping, by id."""
    return session.rows(select(groupings).order_by(groupings.c.id))


def groups_of_groupings(session: Session) -> dict[int, list[int]]:
    """Return the groups of each grouping, in the order they were added."""
    columns = grouping_groups.c
    found: dict[int, list[int]] = {}
    statement = select(columns.grouping_id, columns.group_id).order_by(columns.id)
    for grouping_id, group_id in session.rows(statement):
        found.setdefault(grouping_id, []).append(group_id)
    return found
