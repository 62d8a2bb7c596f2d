"""Rows of cohorts and of their members."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import delete, insert, select, update

from coursewire.store.batches import batches
from coursewire.store.schema.cohorts import cohort_members, cohorts
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


def get(session: Session, cohort_id: int) -> CohortRecord | None:
    """Return a cohort."""
    row = session.one(select(cohorts).where(cohorts.c.id == cohort_id))
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
