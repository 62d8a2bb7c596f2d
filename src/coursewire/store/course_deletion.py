"""Removal of a course; the rows that belong to it go with it by their foreign keys."""

from sqlalchemy import delete, select

from coursewire.store.schema.courses import courses
from coursewire.store.schema.groups import groupings, groups
from coursewire.store.session import Session


def groups_of(session: Session, course_id: int) -> tuple[list[int], list[int]]:
    """Return the ids of the groups and of the groupings of a course."""
    return (
        session.scalars(select(groups.c.id).where(groups.c.course_id == course_id)),
        session.scalars(select(groupings.c.id).where(groupings.c.course_id == course_id)),
    )


def remove(session: Session, course_id: int) -> None:
    """Remove a course with its rows in all tables."""
    session.execute(delete(courses).where(courses.c.id == course_id))
