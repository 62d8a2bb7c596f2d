"""How far one user is with courses, counted for all of them at once; and who is in them."""

from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import BigInteger, and_, bindparam, case, cast, func, select

from coursewire.store.direct_lists import DirectListRead, among
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


# Built once: putting a statement together costs more than running it.
_ACTIVITIES = DirectListRead(
    select(
        course_modules.c.course_id,
        func.count(),
        cast(func.sum(case((activity_completions.c.state.in_(_DONE), 1), else_=0)), BigInteger),
    )
    .select_from(course_modules)
    .outerjoin(
        activity_completions,
        and_(
            activity_completions.c.course_module_id == course_modules.c.id,
            activity_completions.c.user_id == bindparam("user"),
        ),
    )
    .where(course_modules.c.completion != 0, among(course_modules.c.course_id, "ids"))
    .group_by(course_modules.c.course_id)
)
_WITH_CRITERIA = DirectListRead(
    select(completion_criteria.c.course_id)
    .where(among(completion_criteria.c.course_id, "ids"))
    .distinct()
)
_COMPLETED = DirectListRead(
    select(course_completions.c.course_id).where(
        course_completions.c.user_id == bindparam("user"),
        course_completions.c.timecompleted.is_not(None),
        among(course_completions.c.course_id, "ids"),
    )
)
_ACCESSES = DirectListRead(
    select(course_accesses.c.course_id, course_accesses.c.timeaccess).where(
        course_accesses.c.user_id == bindparam("user"), among(course_accesses.c.course_id, "ids")
    )
)
_ENROLLED = DirectListRead(
    select(enrolment_instances.c.course_id, func.count(user_enrolments.c.user_id.distinct()))
    .join(user_enrolments, user_enrolments.c.instance_id == enrolment_instances.c.id)
    .where(among(enrolment_instances.c.course_id, "ids"))
    .group_by(enrolment_instances.c.course_id)
)


def activities(session: Session, user_id: int, course_ids: Collection[int]) -> dict[int, Progress]:
    """Return how far a user is with the activities of those courses that track any."""
    rows = _ACTIVITIES.of_all(session, "ids", sorted(set(course_ids)), {"user": user_id})
    return {row[0]: Progress(row[1], row[2]) for row in rows}


def with_criteria(session: Session, course_ids: Collection[int]) -> set[int]:
    """Return those of the courses for which something is set that completes them."""
    rows = _WITH_CRITERIA.of_all(session, "ids", sorted(set(course_ids)))
    return {row[0] for row in rows}


def completed(session: Session, user_id: int, course_ids: Collection[int]) -> set[int]:
    """Return those of the courses that a user has completed."""
    rows = _COMPLETED.of_all(session, "ids", sorted(set(course_ids)), {"user": user_id})
    return {row[0] for row in rows}


def last_accesses(session: Session, user_id: int, course_ids: Collection[int]) -> dict[int, int]:
    """Return when a user was last in those of the courses where they ever were."""
    rows = _ACCESSES.of_all(session, "ids", sorted(set(course_ids)), {"user": user_id})
    return {row[0]: row[1] for row in rows}


def enrolled_counts(session: Session, course_ids: Collection[int]) -> dict[int, int]:
    """Return how many people are enrolled, in any state, in those courses that have anybody."""
    rows = _ENROLLED.of_all(session, "ids", sorted(set(course_ids)))
    return {row[0]: row[1] for row in rows}
