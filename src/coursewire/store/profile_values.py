"""Removal of what users have in profile fields."""

from collections.abc import Collection

from sqlalchemy import delete

from coursewire.store.schema.users import profile_values
from coursewire.store.session import Session


def remove(session: Session, user_id: int, field_ids: Collection[int]) -> None:
    """Remove what a user has in fields."""
    mine = profile_values.c.user_id == user_id
    statement = delete(profile_values).where(mine, profile_values.c.field_id.in_(field_ids))
    session.execute(statement)
