"""Preferences of users: a name and a text each."""

from collections.abc import Collection, Mapping

from sqlalchemy import BigInteger, bindparam, delete, insert, select, update

from coursewire.store.direct import DirectRead
from coursewire.store.schema.users import user_preferences as preferences
from coursewire.store.session import Session

_OF_USER = DirectRead(
    select(preferences.c.name, preferences.c.value)
    .where(preferences.c.user_id == bindparam("user", type_=BigInteger))
    .order_by(preferences.c.id)
)


def of_user(session: Session, user_id: int) -> dict[str, str]:
    """Return a user's preferences in the order they were first set."""
    return {row[0]: row[1] for row in _OF_USER.rows(session, {"user": user_id})}


def value(session: Session, user_id: int, name: str) -> str | None:
    """Return one preference, None where it is not set."""
    statement = select(preferences.c.value).where(
        preferences.c.user_id == user_id, preferences.c.name == name
    )
    found: str | None = session.scalar(statement)
    return found


def put(session: Session, user_id: int, values: Mapping[str, str]) -> None:
    """Set preferences, each new or in place of what it was."""
    for name, text in values.items():
        mine = (preferences.c.user_id == user_id, preferences.c.name == name)
        written = session.execute(update(preferences).where(*mine), {"value": text})
        if not written.rowcount:
            row = {"user_id": user_id, "name": name, "value": text}
            session.execute(insert(preferences), row)


def drop(session: Session, user_id: int, names: Collection[str]) -> None:
    """Unset preferences."""
    session.execute(
        delete(preferences).where(preferences.c.user_id == user_id, preferences.c.name.in_(names))
    )
