"""Rows of cohorts and of their members."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, bindparam, delete, insert, or_, select, update

from coursewire.store.batches import batches
from coursewire.store.counting import Count
from coursewire.store.direct import DirectRead
from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.schema.cohorts import cohort_members, cohorts
from coursewire.store.schema.users import users
from coursewire.store.session import Session


class CohortRecord(Struct, frozen=True, gc=False):
    """One row of the table, its columns in the table's order."""

    id: int
    context_id: int
    name: str
    idnumber: str
    description: str
    descriptionformat: int
    visible: int
    component: str
    theme: str
    timecreated: int
    timemodified: int


# Built once: putting a statement together costs more than running it.
_BY_ID = DirectRead(select(cohorts).where(cohorts.c.id == bindparam("id")))
_OLDEST_FIRST = DirectRead(select(cohorts).order_by(cohorts.c.id))
_BY_IDS = DirectListRead(select(cohorts).where(among(cohorts.c.id, "ids")).order_by(cohorts.c.id))
_COUNT = Count(select(cohorts.c.id))
_OF_COHORTS = among(cohort_members.c.cohort_id, "cohorts")
_COUNT_OF_MEMBERS = Count(select(cohort_members.c.id).where(_OF_COHORTS))
_MEMBERS = DirectListRead(
    select(cohort_members.c.cohort_id, users.c.id)
    .join(users, users.c.id == cohort_members.c.user_id)
    .where(_OF_COHORTS, users.c.deleted == 0)
    .order_by(users.c.lastname, users.c.firstname, users.c.id)
)


def get(session: Session, cohort_id: int) -> CohortRecord | None:
    """Return a cohort."""
    row = _BY_ID.one(session, {"id": cohort_id})
    return None if row is None else CohortRecord(*row)


def by_idnumber(session: Session, idnumber: str) -> CohortRecord | None:
    """Return the cohort of an id number, the oldest where there are several."""
    statement = select(cohorts).where(cohorts.c.idnumber == idnumber).order_by(cohorts.c.id)
    row = session.one(statement)
    return None if row is None else CohortRecord(*row)


def add(session: Session, values: Mapping[str, Any]) -> int:
    """Insert a cohort and return its id."""
    return session.insert(insert(cohorts), dict(values))


def change(session: Session, cohort_id: int, values: Mapping[str, Any]) -> None:
    """Write columns of a cohort."""
    session.execute(update(cohorts).where(cohorts.c.id == cohort_id), dict(values))


def remove(session: Session, cohort_id: int) -> None:
    """Remove a cohort with its memberships."""
    session.execute(delete(cohorts).where(cohorts.c.id == cohort_id))


def members(session: Session, cohort_id: int) -> list[int]:
    """Return the members of a cohort, in the order they joined."""
    columns = cohort_members.c
    mine = select(columns.user_id).where(columns.cohort_id == cohort_id)
    return session.scalars(mine.order_by(columns.id))


def has_member(session: Session, cohort_id: int, user_id: int) -> bool:
    """Tell whether a user is in a cohort."""
    columns = cohort_members.c
    mine = select(columns.id).where(columns.cohort_id == cohort_id, columns.user_id == user_id)
    return session.scalar(mine) is not None


def add_members(session: Session, cohort_id: int, user_ids: Sequence[int], now: int) -> None:
    """Put users who are not in it yet into a cohort."""
    rows = [{"cohort_id": cohort_id, "user_id": user_id, "timeadded": now} for user_id in user_ids]
    if rows:
        session.execute(insert(cohort_members), rows)


def remove_members(session: Session, cohort_id: int, user_ids: Collection[int]) -> None:
    """Take users out of a cohort."""
    mine = cohort_members.c.cohort_id == cohort_id
    for some in batches(sorted(set(user_ids))):
        statement = delete(cohort_members).where(mine, cohort_members.c.user_id.in_(some))
        session.execute(statement)


def are_more(session: Session, most: int) -> bool:
    """Tell whether there are more than so many cohorts."""
    return _COUNT.exceeds(session, most)


def have_more_members(session: Session, most: int, *, cohort_ids: Collection[int]) -> bool:
    """Tell whether cohorts have more than so many members together, each counted once for each."""
    return _COUNT_OF_MEMBERS.exceeds_for_all(session, most, "cohorts", sorted(set(cohort_ids)))


def everything(session: Session) -> list[CohortRecord]:
    """Return all cohorts, the oldest first."""
    return [CohortRecord(*row) for row in _OLDEST_FIRST.rows(session)]


def of_ids(session: Session, ids: Collection[int]) -> list[CohortRecord]:
    """Return those of the cohorts that exist, the oldest first."""
    return [CohortRecord(*row) for row in _BY_IDS.of_all(session, "ids", sorted(set(ids)))]


def search(
    session: Session,
    query: str,
    *,
    context_ids: Collection[int] | None,
    page: tuple[int, int],
    hidden_in: Collection[int] | None = None,
) -> list[CohortRecord]:
    """Return cohorts that hold a text, case ignored, by name and id number.

    `context_ids` None is everywhere; with `hidden_in`, hidden ones count in those contexts only.
    """
    if context_ids is not None and not context_ids:
        return []
    statement = _searching(
        everywhere=context_ids is None,
        hidden=hidden_in is None,
        hidden_somewhere=bool(hidden_in),
    )
    lists = {"places": [*(context_ids or ())], "hidden": [*(hidden_in or ())]}
    # Unicode's rules for case are neither engine's, and cohorts are few.
    wanted = query.lower()
    found = [CohortRecord(*row) for row in statement.rows(session, lists)]
    if wanted:
        found = [one for one in found if any(wanted in text.lower() for text in _texts(one))]
    start, size = page
    return found[start : start + size] if size else found[start:]


@cache
def _searching(*, everywhere: bool, hidden: bool, hidden_somewhere: bool) -> DirectListRead:
    statement = select(cohorts).order_by(cohorts.c.name, cohorts.c.idnumber, cohorts.c.id)
    if not everywhere:
        statement = statement.where(among(cohorts.c.context_id, "places"))
    if not hidden:
        seen: ColumnElement[bool] = cohorts.c.visible != 0
        if hidden_somewhere:
            seen = or_(seen, among(cohorts.c.context_id, "hidden"))
        statement = statement.where(seen)
    return DirectListRead(statement)


def members_by_name(session: Session, cohort_ids: Collection[int]) -> dict[int, list[int]]:
    """Return the members of each cohort, by last name and first name."""
    found: dict[int, list[int]] = {}
    for cohort_id, user_id in _MEMBERS.of_all(session, "cohorts", sorted(set(cohort_ids))):
        found.setdefault(cohort_id, []).append(user_id)
    return found


def _texts(cohort: CohortRecord) -> tuple[str, str, str]:
    return cohort.name, cohort.idnumber, cohort.description
