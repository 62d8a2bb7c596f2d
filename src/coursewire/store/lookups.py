"""Finding things by the names that people use for them, and people by a part of their names."""

from collections.abc import Collection, Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, exists, func, or_, select

from coursewire.store.schema.access import role_assignments
from coursewire.store.schema.courses import categories, courses
from coursewire.store.schema.services import services, tokens
from coursewire.store.schema.users import users
from coursewire.store.session import AnyRow, Session
from coursewire.store.users import fold


class Person(Struct, frozen=True):
    """A user as lists show them."""

    id: int
    username: str
    firstname: str
    lastname: str
    email: str
    auth: str
    suspended: int
    confirmed: int
    lastaccess: int


_PERSON = select(*(users.c[name] for name in Person.__struct_fields__))


def course_id(session: Session, shortname: str) -> int | None:
    """Return the course of a short name."""
    found: int | None = session.scalar(select(courses.c.id).where(courses.c.shortname == shortname))
    return found


def category_ids(session: Session, name: str) -> list[int]:
    """Return the categories of an ID number or, where none has it, of a name."""
    for column in (categories.c.idnumber, categories.c.name):
        found: list[int] = session.scalars(select(categories.c.id).where(column == name))
        if found:
            return found
    return []


def first_people(session: Session, search: str, limit: int) -> list[Person]:
    """Return the first users, by name, in whose names or address a text stands."""
    query = _PERSON.where(*_matching(search)).order_by(users.c.username).limit(limit)
    return [Person(*row) for row in session.rows(query)]


def people(session: Session, search: str, limit: int) -> tuple[list[Person], int]:
    """Return the first users as above, and how many there are."""
    found = first_people(session, search, limit)
    if len(found) < limit:
        return found, len(found)
    count = select(func.count()).select_from(users).where(*_matching(search))
    return found, int(session.scalar(count))


def _matching(search: str) -> Sequence[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [users.c.deleted == 0]
    if search:
        text = fold(search)
        columns = (users.c.username, users.c.firstname_folded, users.c.lastname_folded)
        conditions.append(
            or_(
                *(column.contains(text, autoescape=True) for column in columns),
                users.c.email_folded.contains(text, autoescape=True),
            )
        )
    return conditions


def is_untouched(session: Session, first_users: Collection[int], first_course: int) -> bool:
    """Tell whether nobody has made anything yet: no users, courses or services of one's own."""
    made = (
        exists().where(users.c.id.not_in(first_users)),
        exists().where(courses.c.id != first_course),
        exists().where(services.c.component == ""),
    )
    return not session.scalar(select(or_(*made)))


def holders(session: Session) -> dict[int, int]:
    """Return how many users hold each role, wherever they hold it."""
    columns = role_assignments.c
    query = select(columns.role_id, func.count(columns.user_id.distinct())).group_by(
        columns.role_id
    )
    return {row[0]: row[1] for row in session.rows(query)}


def tokens_of(session: Session, user_id: int) -> Sequence[AnyRow]:
    """Return the handles of a user's tokens that have not been ended, oldest first."""
    query = select(tokens.c.handle).where(
        tokens.c.user_id == user_id, tokens.c.revoked == 0, tokens.c.expired_seen == 0
    )
    return session.rows(query.order_by(tokens.c.id))
