"""What goes when people leave a course or the site: rows of many tables that are about them."""

from collections.abc import Collection

from sqlalchemy import Table, delete, or_, select

from coursewire.store.batches import batches
from coursewire.store.schema.access import contexts, role_assignments
from coursewire.store.schema.cohorts import cohort_members
from coursewire.store.schema.completion import (
    activity_completions,
    course_completions,
    criterion_completions,
)
from coursewire.store.schema.console import (
    console_sessions,
    one_time_links,
    recovery_codes,
    second_factors,
)
from coursewire.store.schema.enrolments import user_enrolments
from coursewire.store.schema.grades import grade_items, grades
from coursewire.store.schema.groups import group_members, groups
from coursewire.store.schema.users import (
    course_accesses,
    interests,
    private_keys,
    profile_values,
    user_preferences,
)
from coursewire.store.session import Session

# Tokens and places on lists are not here: they are ended with a record of their own.
_ABOUT_A_USER: tuple[Table, ...] = (
    role_assignments,
    user_enrolments,
    group_members,
    cohort_members,
    grades,
    activity_completions,
    criterion_completions,
    course_completions,
    course_accesses,
    private_keys,
    user_preferences,
    profile_values,
    interests,
    console_sessions,
    one_time_links,
    recovery_codes,
    second_factors,
)


def leave_course(
    session: Session, user_ids: Collection[int], course_id: int, context_path: str
) -> None:
    """Take roles in and below a course, memberships, grades and last accesses from people.

    A role that a component gave stays: only that component takes it back.
    """
    places = select(contexts.c.id).where(
        or_(
            contexts.c.path == context_path,
            contexts.c.path.startswith(context_path + "/", autoescape=True),
        )
    )
    items = select(grade_items.c.id).where(grade_items.c.course_id == course_id)
    circles = select(groups.c.id).where(groups.c.course_id == course_id)
    rules = (
        delete(role_assignments).where(
            role_assignments.c.context_id.in_(places), role_assignments.c.component == ""
        ),
        delete(group_members).where(group_members.c.group_id.in_(circles)),
        delete(grades).where(grades.c.item_id.in_(items)),
        delete(course_accesses).where(course_accesses.c.course_id == course_id),
    )
    for some in batches(sorted(set(user_ids))):
        for rule in rules:
            session.execute(rule.where(rule.table.c.user_id.in_(some)))


def leave_site(session: Session, user_ids: Collection[int]) -> None:
    """Delete every row that is about users, their own rows and tokens aside."""
    for some in batches(sorted(set(user_ids))):
        for table in _ABOUT_A_USER:
            session.execute(delete(table).where(table.c.user_id.in_(some)))
