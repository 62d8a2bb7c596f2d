"""Interests of users: tags in the order they were given."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, insert, select

from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.schema.users import interests
from coursewire.store.session import Session

_OF_USERS = DirectListRead(
    select(interests.c.user_id, interests.c.name)
    .where(among(interests.c.user_id, "ids"))
    .order_by(interests.c.user_id, interests.c.ordering, interests.c.id)
)


def of_users(session: Session, user_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the interests of those users who have any."""
    found: dict[int, list[str]] = {}
    for user_id, name in _OF_USERS.of_all(session, "ids", sorted(set(user_ids))):
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
