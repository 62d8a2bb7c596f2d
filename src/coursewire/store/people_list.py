"""People as a list is read: searched, filtered, sorted, some at a time."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select

from coursewire.store.batches import batches
from coursewire.store.schema.access import role_assignments
from coursewire.store.schema.courses import courses
from coursewire.store.schema.enrolments import enrolment_instances, user_enrolments
from coursewire.store.schema.users import users
from coursewire.store.session import Session
from coursewire.store.users import UserRecord, fold

# Ways of logging in that people do not use: accounts of programs.
_SERVICE_AUTHS = ("webservice", "nologin")
# What stands in place of a password where nobody can log in, and the way such accounts have.
_NO_PASSWORD = ("manual", "not cached")
Kind = Literal["", "people", "service"]
State = Literal["", "active", "suspended"]


class Listed(Struct, frozen=True, gc=False):
    """A row of the list."""

    id: int
    username: str
    firstname: str
    lastname: str
    email: str
    idnumber: str
    auth: str
    suspended: int
    confirmed: int
    lastaccess: int
    console_role: str
    # An account of a program: nobody logs in to it.
    is_service: int


class Wanted(Struct, frozen=True, kw_only=True):
    """Which people: all words must be found in the name, the user name, e-mail or id number."""

    words: str = ""
    kind: Kind = ""
    state: State = ""
    sort: str = "username"


class EnrolmentOfUser(Struct, frozen=True, gc=False):
    """One way by which a user is in a course."""

    course_id: int
    shortname: str
    fullname: str
    way: str
    status: int
    timestart: int
    timeend: int


_IS_SERVICE = or_(
    users.c.auth.in_(_SERVICE_AUTHS),
    and_(users.c.auth == _NO_PASSWORD[0], users.c.password == _NO_PASSWORD[1]),
)
_COLUMNS = (
    *(users.c[name] for name in Listed.__struct_fields__[:-1]),
    case((_IS_SERVICE, 1), else_=0),
)
_SORTS: Mapping[str, tuple[Any, ...]] = {
    "username": (users.c.username,),
    "name": (users.c.lastname_folded, users.c.firstname_folded),
    "email": (users.c.email_folded,),
    "used": (users.c.lastaccess,),
}
SORTS = frozenset(_SORTS)


def found(session: Session, wanted: Wanted, size: int, offset: int) -> tuple[list[Listed], int]:
    """Return some of the people who match, and how many do.

    A search for words reads everybody, so that is done once: those found are counted on the way.
    """
    if not wanted.words.split():
        return page(session, wanted, size, offset), count(session, wanted)
    statement = select(users.c.id, func.count().over()).where(*_conditions(wanted))
    matching = session.rows(statement.order_by(*_order(wanted)).limit(size).offset(offset))
    if not matching:
        return [], count(session, wanted) if offset else 0
    ids = [row[0] for row in matching]
    people = select(*_COLUMNS).where(users.c.id.in_(ids)).order_by(*_order(wanted))
    return [Listed(*row) for row in session.rows(people)], matching[0][1]


def count(session: Session, wanted: Wanted) -> int:
    """Return how many people match."""
    statement = select(func.count()).select_from(users).where(*_conditions(wanted))
    return int(session.scalar(statement) or 0)


def page(session: Session, wanted: Wanted, size: int, offset: int = 0) -> list[Listed]:
    """Return some of the people who match, in the order asked for."""
    statement: Select[Any] = select(*_COLUMNS).where(*_conditions(wanted))
    statement = statement.order_by(*_order(wanted))
    return [Listed(*row) for row in session.rows(statement.limit(size).offset(offset))]


def _order(wanted: Wanted) -> list[ColumnElement[Any]]:
    key, backwards = wanted.sort.removeprefix("-"), wanted.sort.startswith("-")
    order = [*_SORTS.get(key, _SORTS["username"]), users.c.id]
    return [one.desc() if backwards else one for one in order]


def enrolments(session: Session, user_id: int) -> list[EnrolmentOfUser]:
    """Return by which ways a user is in which courses, in the courses' order."""
    statement = (
        select(
            courses.c.id,
            courses.c.shortname,
            courses.c.fullname,
            enrolment_instances.c.enrol,
            user_enrolments.c.status,
            user_enrolments.c.timestart,
            user_enrolments.c.timeend,
        )
        .join(enrolment_instances, enrolment_instances.c.id == user_enrolments.c.instance_id)
        .join(courses, courses.c.id == enrolment_instances.c.course_id)
        .where(user_enrolments.c.user_id == user_id)
        .order_by(courses.c.sortorder, courses.c.id, enrolment_instances.c.sortorder)
    )
    return [EnrolmentOfUser(*row) for row in session.rows(statement)]


def holders(session: Session, role_id: int) -> int:
    """Return how often a role is held."""
    condition = role_assignments.c.role_id == role_id
    return int(session.scalar(select(func.count()).where(condition)) or 0)


def holder_counts(session: Session) -> dict[int, int]:
    """Return how often each role is held."""
    role = role_assignments.c.role_id
    return {row[0]: row[1] for row in session.rows(select(role, func.count()).group_by(role))}


def held(session: Session, role_id: int, size: int, offset: int) -> list[tuple[Listed, int]]:
    """Return some of those who hold a role, by user name, each with the context's id."""
    statement = (
        select(*_COLUMNS, role_assignments.c.context_id)
        .join(role_assignments, role_assignments.c.user_id == users.c.id)
        .where(role_assignments.c.role_id == role_id)
        .order_by(users.c.username, role_assignments.c.context_id)
    )
    rows = session.rows(statement.limit(size).offset(offset))
    return [(Listed(*row[:-1]), row[-1]) for row in rows]


def named(session: Session, names: Sequence[str]) -> dict[str, list[Listed]]:
    """Return whom user names or e-mail addresses mean, whatever their case."""
    folded = {fold(name): name for name in names}
    found: dict[str, list[Listed]] = {name: [] for name in names}
    for some in batches(sorted(folded)):
        matches = or_(users.c.username.in_(some), users.c.email_folded.in_(some))
        statement = select(*_COLUMNS).where(users.c.deleted == 0, matches).order_by(users.c.id)
        for row in session.rows(statement):
            person = Listed(*row)
            name = folded.get(person.username) or folded.get(fold(person.email))
            if name is not None:
                found[name].append(person)
    return found


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [users.c.deleted == 0]
    if wanted.kind:
        conditions.append(_IS_SERVICE if wanted.kind == "service" else not_(_IS_SERVICE))
    if wanted.state:
        conditions.append(users.c.suspended == int(wanted.state == "suspended"))
    return [*conditions, *holding(wanted.words)]


def holding(words: str) -> list[ColumnElement[bool]]:
    """Return that each of the words stands in a name, the user name, the e-mail or id number."""
    return [_holds(word) for word in fold(words).split()]


def _holds(word: str) -> ColumnElement[bool]:
    columns = (
        users.c.username,
        users.c.firstname_folded,
        users.c.lastname_folded,
        users.c.email_folded,
        func.lower(users.c.idnumber),
    )
    return or_(*(column.contains(word, autoescape=True) for column in columns))


def is_service(user: UserRecord) -> bool:
    """Tell whether nobody logs in to an account, as the list does."""
    return user.auth in _SERVICE_AUTHS or (user.auth, user.password) == _NO_PASSWORD
