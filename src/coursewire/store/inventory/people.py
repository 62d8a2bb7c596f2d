"""All accounts, what they have in preferences and profile fields, and all cohorts."""

from collections.abc import Iterable, Iterator
from hashlib import md5

from sqlalchemy import select

from coursewire.store.schema.access import contexts
from coursewire.store.schema.cohorts import cohort_members, cohorts
from coursewire.store.schema.users import profile_fields, profile_values, user_preferences, users
from coursewire.store.session import AnyRow, Session
from coursewire.store.users import UserRecord


def accounts(session: Session) -> Iterator[UserRecord]:
    """Return all users that are not deleted, by id."""
    statement = select(users).where(users.c.deleted == 0).order_by(users.c.id)
    return (UserRecord(*row) for row in session.rows(statement))


def tombstones(session: Session) -> dict[str, int]:
    """Return the ids of deleted users by `tombstone` of the names they had; the last one counts."""
    statement = select(users.c.email, users.c.id).where(users.c.deleted == 1).order_by(users.c.id)
    return {row.email: row.id for row in session.rows(statement)}


def tombstone(username: str) -> str:
    """Return what stands in the place of the e-mail address of a deleted user."""
    return md5(username.encode(), usedforsecurity=False).hexdigest()


def preferences(session: Session) -> dict[int, dict[str, str]]:
    """Return everybody's preferences, name and value by user id."""
    return _gathered(
        session.rows(
            select(
                user_preferences.c.user_id, user_preferences.c.name, user_preferences.c.value
            ).order_by(user_preferences.c.user_id, user_preferences.c.id)
        )
    )


def profile_texts(session: Session) -> dict[int, dict[str, str]]:
    """Return what everybody has in profile fields, short name and value by user id."""
    return _gathered(
        session.rows(
            select(profile_values.c.user_id, profile_fields.c.shortname, profile_values.c.value)
            .join(profile_fields, profile_fields.c.id == profile_values.c.field_id)
            .order_by(profile_values.c.user_id, profile_fields.c.sortorder, profile_fields.c.id)
        )
    )


def all_cohorts(session: Session) -> list[AnyRow]:
    """Return (id, idnumber, name, description, visible, level, instanceid), by id."""
    columns = cohorts.c
    return list(
        session.rows(
            select(
                columns.id,
                columns.idnumber,
                columns.name,
                columns.description,
                columns.visible,
                contexts.c.level,
                contexts.c.instanceid,
            )
            .join(contexts, contexts.c.id == columns.context_id)
            .order_by(columns.id)
        )
    )


def members_of_cohorts(session: Session) -> dict[int, list[str]]:
    """Return the user names of the members of each cohort, in the order they joined."""
    found: dict[int, list[str]] = {}
    statement = (
        select(cohort_members.c.cohort_id, users.c.username)
        .join(users, users.c.id == cohort_members.c.user_id)
        .order_by(cohort_members.c.id)
    )
    for cohort_id, username in session.rows(statement):
        found.setdefault(cohort_id, []).append(username)
    return found


def _gathered(rows: Iterable[AnyRow]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for user_id, name, value in rows:
        found.setdefault(user_id, {})[name] = value
    return found
