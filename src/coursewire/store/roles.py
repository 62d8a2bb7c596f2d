"""Rows of roles: what they are, what they allow, who holds them, who may give them."""

from collections.abc import Collection, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from coursewire.store import upserts
from coursewire.store.batches import batches
from coursewire.store.direct import DirectRead
from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.schema.access import (
    role_assignments,
    role_capabilities,
    role_levels,
    role_may_assign,
    roles,
)
from coursewire.store.schema.users import users
from coursewire.store.session import AnyRow, Session


class RoleRecord(Struct, frozen=True, gc=False):
    """One row of the table, its columns in the table's order."""

    id: int
    shortname: str
    name: str
    description: str
    archetype: str
    sortorder: int


class Assignment(Struct, frozen=True, gc=False):
    """A role held by a user in a context; `component` is what gave it, empty: a person did."""

    id: int
    role_id: int
    user_id: int
    context_id: int
    component: str
    itemid: int
    modifierid: int
    timemodified: int


_EVERYTHING = select(role_assignments)
_HELD = (
    select(users.c.id, role_assignments.c.context_id, role_assignments.c.role_id)
    .outerjoin(role_assignments, role_assignments.c.user_id == users.c.id)
    .where(users.c.deleted == 0)
)
_HELD_BY = DirectRead(_HELD.where(users.c.id == bindparam("holder")))
_HELD_BY_MANY = DirectListRead(_HELD.where(among(users.c.id, "holders")))

_ALL = DirectRead(select(roles).order_by(roles.c.sortorder, roles.c.id))


def everything(session: Session) -> list[RoleRecord]:
    """Return all roles in their order."""
    return [RoleRecord(*row) for row in _ALL.rows(session)]


def hold(session: Session, ids: Collection[int]) -> set[int]:
    """Keep roles from being removed until this transaction ends; return those that are there.

    Rows are locked in one order, so two calls cannot wait for each other. SQLite's writer is alone.
    """
    found: set[int] = set()
    for some in batches(sorted(set(ids))):
        statement = select(roles.c.id).where(roles.c.id.in_(some)).order_by(roles.c.id)
        found |= set(session.scalars(statement.with_for_update(read=True, key_share=True)))
    return found


def lock(session: Session, role_id: int) -> None:
    """Keep others from changing what a role is and allows until this transaction ends."""
    mine = select(roles.c.id).where(roles.c.id == role_id)
    session.scalars(mine.with_for_update(key_share=True))


def lock_alone(session: Session, role_id: int) -> None:
    """Wait until nobody holds a role either, and let nobody until this transaction ends."""
    session.scalars(select(roles.c.id).where(roles.c.id == role_id).with_for_update())


def insert_role(session: Session, values: dict[str, Any]) -> int:
    """Insert a role and return its id."""
    return session.insert(insert(roles), values)


def update_role(session: Session, role_id: int, values: dict[str, Any]) -> None:
    """Change a role."""
    session.execute(update(roles).where(roles.c.id == role_id), values)


def remove_role(session: Session, role_id: int) -> None:
    """Remove a role with what it allows and everybody's hold of it."""
    session.execute(delete(roles).where(roles.c.id == role_id))


def permissions(session: Session) -> Sequence[AnyRow]:
    """Return (role_id, capability, context_id, permission) of all roles everywhere."""
    columns = role_capabilities.c
    return session.rows(
        select(columns.role_id, columns.capability, columns.context_id, columns.permission)
    )


def set_permissions(
    session: Session, role_id: int, context_id: int, settings: dict[str, int]
) -> None:
    """Set what a role allows in a context; 0 removes the setting, which is then inherited."""
    columns = role_capabilities.c
    for names in batches(sorted(settings)):
        session.execute(
            delete(role_capabilities).where(
                columns.role_id == role_id,
                columns.context_id == context_id,
                columns.capability.in_(names),
            )
        )
    rows = [
        {"role_id": role_id, "context_id": context_id, "capability": name, "permission": value}
        for name, value in sorted(settings.items())
        if value
    ]
    if rows:
        session.execute(insert(role_capabilities), rows)


def levels(session: Session) -> Sequence[AnyRow]:
    """Return (role_id, level): where roles may be assigned."""
    return session.rows(select(role_levels.c.role_id, role_levels.c.level))


def set_levels(session: Session, role_id: int, wanted: Collection[int]) -> None:
    """Say where a role may be assigned."""
    session.execute(delete(role_levels).where(role_levels.c.role_id == role_id))
    if wanted:
        rows = [{"role_id": role_id, "level": level} for level in sorted(set(wanted))]
        session.execute(insert(role_levels), rows)


def may_assign(session: Session) -> Sequence[AnyRow]:
    """Return (role_id, target_role_id): holders of the one may give the other."""
    return session.rows(select(role_may_assign.c.role_id, role_may_assign.c.target_role_id))


def set_may_assign(session: Session, role_id: int, targets: Collection[int]) -> None:
    """Say which roles the holders of a role may give."""
    session.execute(delete(role_may_assign).where(role_may_assign.c.role_id == role_id))
    if targets:
        rows = [{"role_id": role_id, "target_role_id": target} for target in sorted(set(targets))]
        session.execute(insert(role_may_assign), rows)


def held_by(session: Session, user_id: int) -> list[tuple[int, int]] | None:
    """Return the (context_id, role_id) pairs of one user, None for one deleted or unknown.

    Nearly every call asks this, so the statement is built once.
    """
    rows = _HELD_BY.rows(session, {"holder": user_id})
    return [(row[1], row[2]) for row in rows if row[1] is not None] if rows else None


def held(session: Session, user_ids: Collection[int]) -> dict[int, list[tuple[int, int]]]:
    """Return the (context_id, role_id) pairs of users; deleted and unknown users are left out."""
    found: dict[int, list[tuple[int, int]]] = {}
    rows = _HELD_BY_MANY.of_all(session, "holders", sorted(set(user_ids)))
    for user_id, context_id, role_id in rows:
        pairs = found.setdefault(user_id, [])
        if context_id is not None:
            pairs.append((context_id, role_id))
    return found


def assignments_of_user(session: Session, user_id: int) -> list[Assignment]:
    """Return what a user holds, oldest first."""
    statement = _EVERYTHING.where(role_assignments.c.user_id == user_id)
    rows = session.rows(statement.order_by(role_assignments.c.id))
    return [Assignment(*row) for row in rows]


def assignments_in(
    session: Session, context_ids: Collection[int], *, role_ids: Collection[int] | None = None
) -> list[Assignment]:
    """Return what is held in contexts, of some roles or of all, oldest first."""
    found: list[Assignment] = []
    for part in batches(sorted(set(context_ids))):
        statement = _EVERYTHING.where(role_assignments.c.context_id.in_(part))
        if role_ids is not None:
            statement = statement.where(role_assignments.c.role_id.in_(sorted(set(role_ids))))
        found.extend(Assignment(*row) for row in session.rows(statement))
    return sorted(found, key=lambda assignment: assignment.id)


def assign(session: Session, values: dict[str, Any]) -> bool:
    """Give a role; False when the user holds it in that context already (DUR-5)."""
    make = sqlite.insert if session.engine_name == "sqlite" else postgresql.insert
    statement = make(role_assignments).values(**values)
    unique = ["role_id", "user_id", "context_id"]
    statement = statement.on_conflict_do_nothing(index_elements=unique)
    return session.scalar(statement.returning(role_assignments.c.id)) is not None


def assign_many(session: Session, values: Sequence[dict[str, Any]]) -> None:
    """Give roles; those that are held already stay as they are (DUR-5)."""
    upserts.put(session, role_assignments, ("role_id", "user_id", "context_id"), (), values)


def unassign(
    session: Session,
    *,
    user_id: int,
    context_id: int,
    role_id: int,
    component: str | None = None,
) -> bool:
    """Take a role from a user in a context; False where they do not hold it, by that component."""
    columns = role_assignments.c
    statement = delete(role_assignments).where(
        columns.user_id == user_id, columns.context_id == context_id, columns.role_id == role_id
    )
    if component is not None:
        statement = statement.where(columns.component == component)
    return session.execute(statement).rowcount > 0
