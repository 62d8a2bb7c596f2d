"""Rows of course completion: the criteria of courses, and who has met them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from coursewire.store.batches import batches
from coursewire.store.direct import DirectRead
from coursewire.store.schema.completion import (
    completion_aggregations,
    completion_criteria,
    course_completions,
    criterion_completions,
)
from coursewire.store.session import Session


class CriterionRecord(Struct, frozen=True, gc=False):
    """What has to be done to complete a course, or a part of it."""

    id: int
    type: int
    course_module_id: int | None
    gradepass: float | None


_CRITERIA = DirectRead(
    select(
        completion_criteria.c.id,
        completion_criteria.c.type,
        completion_criteria.c.course_module_id,
        completion_criteria.c.gradepass,
    )
    .where(completion_criteria.c.course_id == bindparam("course", type_=BigInteger))
    .order_by(completion_criteria.c.id)
)


def criteria_of(session: Session, course_id: int) -> list[CriterionRecord]:
    """Return the criteria of a course in the order in which they were set."""
    return [CriterionRecord(*row) for row in _CRITERIA.rows(session, {"course": course_id})]


def method_of(session: Session, course_id: int) -> int | None:
    """Return how the criteria of a course count together: 1 all of them, 2 any."""
    columns = completion_aggregations.c
    found: int | None = session.scalar(select(columns.method).where(columns.course_id == course_id))
    return found


def met_by(
    session: Session, criterion_ids: Collection[int], user_ids: Collection[int]
) -> dict[int, dict[int, int]]:
    """Return when people met criteria: by user, then by criterion."""
    columns = criterion_completions.c
    found: dict[int, dict[int, int]] = {}
    for some in batches(sorted(set(user_ids))):
        statement = select(columns.user_id, columns.criterion_id, columns.timecompleted)
        chosen = statement.where(columns.criterion_id.in_(criterion_ids), columns.user_id.in_(some))
        for user_id, criterion_id, timecompleted in session.rows(chosen):
            found.setdefault(user_id, {})[criterion_id] = timecompleted
    return found


def put_met(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Note that people met criteria; what was noted before stays."""
    make = sqlite.insert if session.engine_name == "sqlite" else postgresql.insert
    if rows:
        statement = make(criterion_completions).on_conflict_do_nothing()
        session.execute(statement, [dict(row) for row in rows])


def completed_by(session: Session, course_id: int, user_ids: Collection[int]) -> dict[int, int]:
    """Return when those of the users who completed a course did so."""
    columns = course_completions.c
    found: dict[int, int] = {}
    for some in batches(sorted(set(user_ids))):
        statement = select(columns.user_id, columns.timecompleted).where(
            columns.course_id == course_id,
            columns.user_id.in_(some),
            columns.timecompleted.is_not(None),
        )
        found.update((row[0], row[1]) for row in session.rows(statement))
    return found


def put_completed(session: Session, course_id: int, user_ids: Collection[int], now: int) -> None:
    """Note that people completed a course; what was noted before stays."""
    make = sqlite.insert if session.engine_name == "sqlite" else postgresql.insert
    rows = [
        {"course_id": course_id, "user_id": user_id, "timecompleted": now}
        for user_id in sorted(user_ids)
    ]
    if rows:
        session.execute(make(course_completions).on_conflict_do_nothing(), rows)
