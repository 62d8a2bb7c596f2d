"""Finding things by what partners call them; each returns None where there is nothing."""

from sqlalchemy import select

from coursewire.store import categories, courses, turns, users
from coursewire.store.categories import CategoryRecord
from coursewire.store.courses import CourseRecord
from coursewire.store.schema.courses import courses as course_table
from coursewire.store.session import Session
from coursewire.store.users import UserRecord


def category(session: Session, name: str) -> CategoryRecord | None:
    """Return the oldest category of a name."""
    return categories.by_name(session, name)


def course(session: Session, shortname: str) -> CourseRecord | None:
    """Return the course of a short name."""
    found = session.scalar(select(course_table.c.id).where(course_table.c.shortname == shortname))
    return None if found is None else courses.get(session, found)


def lock_course(session: Session, course_id: int) -> None:
    """Let nobody else change what is worked out for a course before the transaction ends.

    Whoever writes about people as well holds them first (`hold_user`): all calls take the two in
    this order, so that none waits for one that waits for it.
    """
    courses.lock(session, [course_id])


def hold_user(session: Session, user_id: int) -> None:
    """Let nobody delete a user before the transaction ends."""
    users.hold(session, [user_id])


def take_turns(session: Session, name: str) -> None:
    """Let nobody else do what has this name before the transaction ends, in any process."""
    turns.take(session, name)


def user(session: Session, user_id: int) -> UserRecord | None:
    """Return a user who is there, by id."""
    found = users.get(session, user_id)
    return None if found is None or found.deleted else found


def user_named(session: Session, username: str) -> UserRecord | None:
    """Return a user who is there, by user name."""
    found = users.by_username(session, username)
    return None if found is None or found.deleted else found
