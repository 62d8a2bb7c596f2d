"""Who uses a way into a course."""

from sqlalchemy import select

from coursewire.store.schema.enrolments import user_enrolments
from coursewire.store.session import Session


def users_of(session: Session, instance_id: int) -> list[int]:
    """Return everybody who is enrolled through an instance, by id."""
    columns = user_enrolments.c
    mine = select(columns.user_id).where(columns.instance_id == instance_id)
    return session.scalars(mine.order_by(columns.user_id))
