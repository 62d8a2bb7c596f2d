"""Interests of users: tags in the order they were given."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, insert, select

from coursewire.store.batches import batches
from coursewire.store.schema.users import interests
from coursewire.store.session import Session


def of_users(session: Session, user_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the interests of those users who have any."""
    found: dict[int, list[str]] = {}
    for some in batches(sorted(set(user_ids))):
        statement = select(interests.c.user_id, interests.c.name)
        statement = statement.where(interests.c.user_id.in_(some))
        for user_id, name in session.rows(
            statement.order_by(interests.c.user_id, interests.c.ordering, interests.c.id)
        ):
            found.setdefault(user_id, []).append(name)
    return found


def replace(session: Session, user_id: int, names: Sequence[str]) -> None:
    """Give a user these interests and no others."""
    session.execute(delete(interests).where(interests.c.user_id == user_id))
    rows = [
        {"user_id": user_id, "name": name, "ordering": place} for place, name in enumerate(names)
    ]
    if rows:
        session.execute(insert(interests), rows)
