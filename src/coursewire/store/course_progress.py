"""How far one user is with courses, counted for all of them at once; and who is in them."""

from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import and_, case, func, select

from coursewire.store.batches import batches
from coursewire.store.schema.completion import (
    activity_completions,
    completion_criteria,
    course_completions,
)
from coursewire.store.schema.courses import course_modules
from coursewire.store.schema.enrolments import enrolment_instances, user_enrolments
from coursewire.store.schema.users import course_accesses
from coursewire.store.session import Session

# States of an activity that count as done: complete, and complete with a pass.
_DONE = (1, 2)


class Progress(Struct, frozen=True):
    """How many activities of a course are tracked, and how many of them a user has done."""

    tracked: int
    done: int


def activities(session: Session, user_id: int, course_ids: Collection[int]) -> dict[int, Progress]:
    """Return how far a user is with the activities of those courses that track any."""
    done = case((activity_completions.c.state.in_(_DONE), 1), else_=0)
    statement = (
        select(course_modules.c.course_id, func.count(), func.sum(done))
        .select_from(course_modules)
        .outerjoin(
            activity_completions,
            and_(
                activity_completions.c.course_module_id == course_modules.c.id,
                activity_completions.c.user_id == user_id,
            ),
        )
        .where(course_modules.c.completion != 0)
        .group_by(course_modules.c.course_id)
    )
    found: dict[int, Progress] = {}
    for some in batches(sorted(set(course_ids))):
        rows = session.rows(statement.where(course_modules.c.course_id.in_(some)))
        found.update((row[0], Progress(row[1], int(row[2]))) for row in rows)
    return found


def with_criteria(session: Session, course_ids: Collection[int]) -> set[int]:
    """Return those of the courses for which something is set that completes them."""
    column = completion_criteria.c.course_id
    found: set[int] = set()
    for some in batches(sorted(set(course_ids))):
        found.update(session.scalars(select(column).where(column.in_(some)).distinct()))
    return found


def completed(session: Session, user_id: int, course_ids: Collection[int]) -> set[int]:
    """Return those of the courses that a user has completed."""
    columns = course_completions.c
    statement = select(columns.course_id).where(
        columns.user_id == user_id, columns.timecompleted.is_not(None)
    )
    found: set[int] = set()
    for some in batches(sorted(set(course_ids))):
        found.update(session.scalars(statement.where(columns.course_id.in_(some))))
    return found


def last_accesses(session: Session, user_id: int, course_ids: Collection[int]) -> dict[int, int]:
    """Return when a user was last in those of the courses where they ever were."""
    columns = course_accesses.c
    statement = select(columns.course_id, columns.timeaccess).where(columns.user_id == user_id)
    found: dict[int, int] = {}
    for some in batches(sorted(set(course_ids))):
        rows = session.rows(statement.where(columns.course_id.in_(some)))
        found.update((row[0], row[1]) for row in rows)
    return found


def enrolled_counts(session: Session, course_ids: Collection[int]) -> dict[int, int]:
    """Return how many people are enrolled, in any state, in those courses that have anybody."""
    course_id = enrolment_instances.c.course_id
    statement = (
        select(course_id, func.count(user_enrolments.c.user_id.distinct()))
        .join(user_enrolments, user_enrolments.c.instance_id == enrolment_instances.c.id)
        .group_by(course_id)
    )
    found: dict[int, int] = {}
    for some in batches(sorted(set(course_ids))):
        rows = session.rows(statement.where(course_id.in_(some)))
        found.update((row[0], row[1]) for row in rows)
    return found
