"""Rows of group memberships."""

from collections.abc import Collection, Sequence

from msgspec import Struct
from sqlalchemy import BigInteger, bindparam, delete, insert, select

from coursewire.store.batches import batches
from coursewire.store.counting import Count
from coursewire.store.direct import DirectRead
from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.pairs import blocks
from coursewire.store.schema.groups import group_members, groups
from coursewire.store.schema.users import users
from coursewire.store.session import Session


class MembershipRecord(Struct, frozen=True, gc=False):
    """A membership and what made it: nothing, or the component that alone may end it."""

    group_id: int
    user_id: int
    component: str


# A group and a user in it.
Pair = tuple[int, int]

_members = group_members.c
_OF_GROUPS = among(_members.group_id, "groups")
_OF_USER = DirectRead(
    select(_members.group_id).where(_members.user_id == bindparam("user", type_=BigInteger))
)
_OF_USER_IN_COURSES = DirectListRead(
    select(_members.group_id)
    .join(groups, groups.c.id == _members.group_id)
    .where(
        _members.user_id == bindparam("user", type_=BigInteger),
        among(groups.c.course_id, "courses"),
    )
)
_COUNT = Count(select(_members.user_id).where(_OF_GROUPS))
_BY_NAME = DirectListRead(
    select(_members.group_id, _members.user_id)
    .join_from(group_members, users, users.c.id == _members.user_id)
    .where(_OF_GROUPS)
    .order_by(users.c.lastname, users.c.firstname, users.c.id)
)
_REMOVE = delete(group_members).where(
    _members.group_id == bindparam("the_group"), _members.user_id == bindparam("the_user")
)


def are_more(session: Session, most: int, *, group_ids: Collection[int]) -> bool:
    """Tell whether groups have more than so many members together, each counted once for each."""
    return _COUNT.exceeds_for_all(session, most, "groups", sorted(set(group_ids)))


def of_groups(session: Session, group_ids: Collection[int]) -> dict[int, list[int]]:
    """Return the users of each group that has any, by last and first name."""
    found: dict[int, list[int]] = {}
    for group_id, user_id in _BY_NAME.of_all(session, "groups", sorted(set(group_ids))):
        found.setdefault(group_id, []).append(user_id)
    return found


def memberships(session: Session, wanted: Collection[Pair]) -> dict[Pair, MembershipRecord]:
    """Return those of the memberships that exist."""
    statement = select(_members.group_id, _members.user_id, _members.component)
    found: dict[Pair, MembershipRecord] = {}
    for some_groups, some_users in blocks(wanted):
        chosen = statement.where(
            _members.group_id.in_(some_groups), _members.user_id.in_(some_users)
        )
        for row in session.rows(chosen):
            found[row[0], row[1]] = MembershipRecord(*row)
    return {pair: found[pair] for pair in wanted if pair in found}


def groups_of_user(
    session: Session, user_id: int, course_ids: Collection[int] | None = None
) -> set[int]:
    """Return the groups that a user is in, in all courses or in some."""
    if course_ids is None:
        return {row[0] for row in _OF_USER.rows(session, {"user": user_id})}
    found = _OF_USER_IN_COURSES.of_all(session, "courses", list(course_ids), {"user": user_id})
    return {row[0] for row in found}


def companions(
    session: Session,
    user_id: int,
    others: Collection[int],
    course_ids: Collection[int],
    visibilities: Collection[int],
) -> set[Pair]:
    """Return (other, course): who is in a group of such a visibility with a user, and where."""
    mine = select(_members.group_id).where(_members.user_id == user_id)
    found: set[Pair] = set()
    for some in batches(sorted(set(others))):
        statement = (
            select(_members.user_id, groups.c.course_id)
            .join_from(group_members, groups, groups.c.id == _members.group_id)
            .where(_members.user_id.in_(some), _members.group_id.in_(mine))
            .where(groups.c.course_id.in_(course_ids), groups.c.visibility.in_(visibilities))
            .distinct()
        )
        found.update((row[0], row[1]) for row in session.rows(statement))
    return found


def with_members(session: Session, group_ids: Collection[int]) -> set[int]:
    """Return those of the groups that have a member."""
    found: set[int] = set()
    for some in batches(sorted(set(group_ids))):
        statement = select(_members.group_id).where(_members.group_id.in_(some)).distinct()
        found.update(session.scalars(statement))
    return found


def existing_users(session: Session, user_ids: Collection[int]) -> set[int]:
    """Return those of the users that exist here and are not deleted."""
    found: set[int] = set()
    for some in batches(sorted(set(user_ids))):
        statement = select(users.c.id).where(users.c.id.in_(some), users.c.deleted == 0)
        # People of other sites are theirs to group.
        statement = statement.where(users.c.auth != "mnet")
        found.update(session.scalars(statement))
    return found


def add_many(session: Session, pairs: Sequence[Pair], now: int) -> None:
    """Insert memberships that no component owns."""
    rows = [
        {"group_id": group_id, "user_id": user_id, "timeadded": now} for group_id, user_id in pairs
    ]
    if rows:
        session.execute(insert(group_members), rows)


def remove_many(session: Session, pairs: Sequence[Pair]) -> None:
    """Delete memberships."""
    rows = [{"the_group": group_id, "the_user": user_id} for group_id, user_id in pairs]
    if rows:
        session.execute(_REMOVE, rows)
