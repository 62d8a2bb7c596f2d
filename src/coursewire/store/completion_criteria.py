"""Rows of what completes a course."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert

from coursewire.store.schema.completion import (
    completion_aggregations,
    completion_criteria,
    course_completions,
)
from coursewire.store.session import Session


def replace(
    session: Session, course_id: int, rows: Sequence[Mapping[str, Any]], method: int
) -> None:
    """Put criteria in the place of those that a course has, with how they count together.

    Who completed the course by the old ones has not by that completed it by the new ones.
    """
    completions = course_completions
    session.execute(delete(completions).where(completions.c.course_id == course_id))
    criteria, aggregations = completion_criteria, completion_aggregations
    session.execute(delete(criteria).where(criteria.c.course_id == course_id))
    session.execute(delete(aggregations).where(aggregations.c.course_id == course_id))
    for row in rows:
        session.insert(insert(criteria), {**row, "course_id": course_id})
    if rows:
        session.execute(insert(aggregations), {"course_id": course_id, "method": method})
