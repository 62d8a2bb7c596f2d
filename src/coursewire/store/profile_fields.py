"""Custom profile fields of the site, and what users have in them."""

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import delete, insert, select, update

from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.schema.users import profile_fields as fields
from coursewire.store.schema.users import profile_values as values
from coursewire.store.session import Session


class ProfileField(Struct, frozen=True):
    """One row of the table, its columns in the table's order."""

    id: int
    shortname: str
    name: str
    datatype: str
    visible: int
    required: int
    sortorder: int


class ProfileValue(Struct, frozen=True):
    """What a user has in a field."""

    user_id: int
    field: ProfileField
    value: str


_OF_USERS = DirectListRead(
    select(values.c.user_id, values.c.value, *fields.c)
    .join(fields, fields.c.id == values.c.field_id)
    .where(among(values.c.user_id, "ids"))
    .order_by(values.c.user_id, fields.c.sortorder, fields.c.id)
)


def all_fields(session: Session) -> list[ProfileField]:
    """Return the site's fields in their order."""
    statement = select(fields).order_by(fields.c.sortorder, fields.c.id)
    return [ProfileField(*row) for row in session.rows(statement)]


def add(session: Session, row: Mapping[str, Any]) -> int:
    """Insert a field and return its id."""
    return session.insert(insert(fields), dict(row))


def change(session: Session, field_id: int, row: Mapping[str, Any]) -> None:
    """Write columns of a field."""
    session.execute(update(fields).where(fields.c.id == field_id), dict(row))


def remove(session: Session, field_id: int) -> None:
    """Delete a field with everything in it."""
    session.execute(delete(fields).where(fields.c.id == field_id))


def of_users(session: Session, user_ids: Collection[int]) -> dict[int, list[ProfileValue]]:
    """Return what users have in the fields, in the fields' order."""
    found: dict[int, list[ProfileValue]] = {}
    for user_id, value, *field in _OF_USERS.of_all(session, "ids", sorted(set(user_ids))):
        mine = ProfileValue(user_id=user_id, field=ProfileField(*field), value=value)
        found.setdefault(user_id, []).append(mine)
    return found


def put(session: Session, user_id: int, held: Mapping[int, str]) -> None:
    """Set what a user has in fields given by id."""
    for field_id, value in held.items():
        mine = (values.c.user_id == user_id, values.c.field_id == field_id)
        written = session.execute(update(values).where(*mine), {"value": value})
        if not written.rowcount:
            row = {"user_id": user_id, "field_id": field_id, "value": value}
            session.execute(insert(values), row)
