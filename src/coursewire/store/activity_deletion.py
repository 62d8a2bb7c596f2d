"""Removal of an activity and of its place in the course."""

from sqlalchemy import delete

from coursewire.store.schema.completion import completion_criteria
from coursewire.store.schema.courses import activities, course_modules
from coursewire.store.session import Session


def remove(session: Session, cmid: int, instance: int) -> None:
    """Remove an activity; a course is no longer completed by it."""
    session.execute(
        delete(completion_criteria).where(completion_criteria.c.course_module_id == cmid)
    )
    session.execute(delete(course_modules).where(course_modules.c.id == cmid))
    session.execute(delete(activities).where(activities.c.id == instance))
