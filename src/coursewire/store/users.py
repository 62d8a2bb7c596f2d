"""Rows of people: look-ups by id and name, searches, and changes."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, bindparam, insert, select, update

from coursewire.store.batches import batches
from coursewire.store.counting import Count
from coursewire.store.direct import DirectRead
from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.schema.access import role_assignments
from coursewire.store.schema.users import users
from coursewire.store.session import Session


class UserRecord(Struct, frozen=True, gc=False):
    """One row of the table, its columns in the table's order (a test keeps them equal)."""

    id: int
    auth: str
    confirmed: int
    policyagreed: int
    deleted: int
    suspended: int
    username: str
    password: str
    idnumber: str
    firstname: str
    lastname: str
    email: str
    firstname_folded: str
    lastname_folded: str
    email_folded: str
    email_unique: str | None
    phone1: str
    phone2: str
    institution: str
    department: str | None
    address: str
    city: str
    country: str
    lang: str
    calendartype: str
    theme: str
    timezone: str
    description: str | None
    descriptionformat: int
    mailformat: int
    maildigest: int
    maildisplay: int
    autosubscribe: int
    trackforums: int
    emailstop: int
    imagealt: str
    firstnamephonetic: str
    lastnamephonetic: str
    middlename: str
    alternatename: str
    moodlenetprofile: str
    picture: int
    firstaccess: int
    lastaccess: int
    lastlogin: int
    currentlogin: int
    console_role: str
    timecreated: int
    timemodified: int


_EVERYTHING = select(users)
_BY_IDS = DirectListRead(_EVERYTHING.where(among(users.c.id, "ids")).order_by(users.c.id))
_BY_NAME = DirectRead(_EVERYTHING.where(users.c.username == bindparam("username")))
_BY_ID = DirectRead(_EVERYTHING.where(users.c.id == bindparam("id", type_=BigInteger)))

_WITH_ANY_ROLE = DirectListRead(
    select(role_assignments.c.user_id).where(among(role_assignments.c.user_id, "ids")).distinct()
)
_WITH_ROLES = DirectListRead(
    select(role_assignments.c.user_id)
    .where(among(role_assignments.c.user_id, "ids"), among(role_assignments.c.role_id, "roles"))
    .distinct()
)

# What a pattern is compared with: the folded columns make case fall together on both engines.
FOLDED = {
    "firstname": users.c.firstname_folded,
    "lastname": users.c.lastname_folded,
    "email": users.c.email_folded,
}
# The whole name of somebody, folded, in statements that read of `users` alone: what an index is
# made of on PostgreSQL (`migrations/search_indexes.py`).
NAMES = "(firstname_folded || ' ' || lastname_folded)"
EXACT = {
    "id": users.c.id,
    "idnumber": users.c.idnumber,
    "username": users.c.username,
    "auth": users.c.auth,
    "email": users.c.email,
}
# An address may be searched for by itself and by a pattern.
_EQUAL, _LIKE = "equal_", "like_"
_WITH_VALUES = {
    name: DirectListRead(_EVERYTHING.where(among(column, "values")))
    for name, column in EXACT.items()
}
_COUNTS = {
    name: Count(select(users.c.id).where(among(column, "values"))) for name, column in EXACT.items()
}


def fold(text: str) -> str:
    """Return a text as it stands in the folded columns."""
    return text.lower()


def get(session: Session, user_id: int) -> UserRecord | None:
    """Return a user, deleted ones included."""
    row = _BY_ID.one(session, {"id": user_id})
    return None if row is None else UserRecord(*row)


def by_username(session: Session, username: str) -> UserRecord | None:
    """Return the user of that name; no deleted user keeps a name that anybody can take."""
    row = _BY_NAME.one(session, {"username": username})
    return None if row is None else UserRecord(*row)


def by_address(session: Session, email: str) -> UserRecord | None:
    """Return the one user, not deleted, who has an e-mail address; None where several share it."""
    mine = users.c.email_folded == fold(email), users.c.deleted == 0
    rows = session.rows(_EVERYTHING.where(*mine).limit(2))
    return UserRecord(*rows[0]) if len(rows) == 1 else None


def of_ids(session: Session, ids: Collection[int]) -> dict[int, UserRecord]:
    """Return those of the users that exist, deleted ones included, by id."""
    rows = _BY_IDS.of_all(session, "ids", sorted(set(ids)))
    return {row[0]: UserRecord(*row) for row in rows}


def hold(session: Session, ids: Collection[int]) -> None:
    """Keep users from being deleted until this transaction ends; other changes go on.

    Waits for a deletion that has begun, so what is read afterwards tells of it. Rows are locked in
    one order. On SQLite the writer is alone anyway.
    """
    _lock(session, ids, read=True, key_share=True)


def hold_unchanged(session: Session, user_id: int) -> None:
    """Wait until nobody changes a user, and let nobody until this transaction ends."""
    _lock(session, [user_id], read=False, key_share=True)


def hold_for_deletion(session: Session, ids: Collection[int]) -> None:
    """Wait until nobody holds the users, and let nobody until this transaction ends."""
    _lock(session, ids, read=False, key_share=False)


def _lock(session: Session, ids: Collection[int], *, read: bool, key_share: bool) -> None:
    if session.engine_name == "sqlite":
        return
    for some in batches(sorted(set(ids))):
        statement = select(users.c.id).where(users.c.id.in_(some)).order_by(users.c.id)
        session.rows(statement.with_for_update(read=read, key_share=key_share))


def search(
    session: Session, exact: Mapping[str, int | str], patterns: Mapping[str, str], most: int
) -> list[int]:
    """Return the ids of at most so many users whose columns equal and resemble what is given.

    A pattern may hold `%` and `_`; case does not count in it. Deleted users are never found.
    """
    folded = {name: closed(fold(pattern)) for name, pattern in patterns.items()}
    wanted = _search(tuple(sorted(exact)), tuple(sorted(folded)))
    rows = wanted.rows(session, {**_named(exact, _EQUAL), **_named(folded, _LIKE), "most": most})
    return [row[0] for row in rows]


@cache
def _search(exact: tuple[str, ...], patterns: tuple[str, ...]) -> DirectListRead:
    """Return the search by these columns: putting it together costs more than running it."""
    statement = select(users.c.id).where(users.c.deleted == 0)
    for name in exact:
        statement = statement.where(EXACT[name] == bindparam(_EQUAL + name))
    for name in patterns:
        statement = statement.where(FOLDED[name].like(bindparam(_LIKE + name), escape="\\"))
    statement = statement.order_by(users.c.id).limit(bindparam("most"))
    return DirectListRead(statement, patterns=bool(patterns))


def _named(values: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {prefix + name: value for name, value in values.items()}


def are_more_with_values(
    session: Session, most: int, *, field: str, values: Collection[int | str]
) -> bool:
    """Tell whether more than so many users have one of the values in a column."""
    wanted = sorted(set(values), key=str)
    return _COUNTS[field].exceeds_for_all(session, most, "values", wanted)


def with_values(session: Session, field: str, values: Collection[int | str]) -> list[UserRecord]:
    """Return the users, by id, whose column holds one of the values; deleted ones included."""
    rows = _WITH_VALUES[field].of_all(session, "values", sorted(set(values), key=str))
    found = {row[0]: UserRecord(*row) for row in rows}
    return [found[user_id] for user_id in sorted(found)]


def taken_usernames(session: Session, usernames: Collection[str]) -> set[str]:
    """Return those of the user names that somebody has."""
    found: set[str] = set()
    for some in batches(sorted(set(usernames))):
        statement = select(users.c.username).where(users.c.username.in_(some))
        found.update(session.scalars(statement))
    return found


def unique_email(email: str, *, shared: bool) -> str | None:
    """Return what keeps others from an address: nothing where the site lets accounts share one.

    A new address always replaces what stood there, else the old one would stay taken.
    """
    return None if shared else fold(email)


def taken_emails(session: Session, emails: Collection[str]) -> set[str]:
    """Return, folded, those of the addresses that a user who is not deleted has."""
    found: set[str] = set()
    for some in batches(sorted({fold(email) for email in emails})):
        statement = select(users.c.email_folded).where(
            users.c.email_folded.in_(some), users.c.deleted == 0
        )
        found.update(session.scalars(statement))
    return found


def add(session: Session, values: Mapping[str, Any]) -> int:
    """Insert a user and return the id."""
    return session.insert(insert(users), with_folded(values))


def add_many(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert users that all name the same columns; return their ids in order."""
    statement = insert(users).returning(users.c.id, sort_by_parameter_order=True)
    return list(session.execute(statement, [with_folded(row) for row in rows]).scalars())


def change(session: Session, user_id: int, values: Mapping[str, Any]) -> None:
    """Write columns of one user."""
    session.execute(update(users).where(users.c.id == user_id), with_folded(values))


def with_console_role(session: Session, roles: Collection[str]) -> list[UserRecord]:
    """Return the users, by user name, who hold one of these rights in the console."""
    wanted = users.c.console_role.in_(roles), users.c.deleted == 0
    rows = session.rows(_EVERYTHING.where(*wanted).order_by(users.c.username))
    return [UserRecord(*row) for row in rows]


def with_folded(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with the folded columns that follow from them."""
    folded = {f"{name}_folded": fold(values[name]) for name in FOLDED if name in values}
    return {**values, **folded}


def with_role_assignments(session: Session, ids: Collection[int]) -> set[int]:
    """Return those of the users who hold a role anywhere."""
    rows = _WITH_ANY_ROLE.of_all(session, "ids", sorted(set(ids)))
    return {row[0] for row in rows}


def with_roles(session: Session, ids: Collection[int], role_ids: Collection[int]) -> set[int]:
    """Return those of the users who hold one of the roles anywhere."""
    if not role_ids:
        return set()
    rows = _WITH_ROLES.of_all(session, "ids", sorted(set(ids)), {"roles": list(role_ids)})
    return {row[0] for row in rows}


def closed(pattern: str) -> str:
    """Let a trailing backslash stand for itself: PostgreSQL refuses an escape of nothing."""
    trailing = len(pattern) - len(pattern.rstrip("\\"))
    return pattern + "\\" if trailing % 2 else pattern
