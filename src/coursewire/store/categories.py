"""Rows of course categories, and their one order over the whole tree."""

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import func, insert, or_, select, update

from coursewire.store.batches import batches
from coursewire.store.schema.courses import categories, courses
from coursewire.store.session import Session


class CategoryRecord(Struct, frozen=True, gc=False):
    """One row of the table, its columns in the table's order (a test keeps them equal)."""

    id: int
    name: str
    idnumber: str
    description: str
    descriptionformat: int
    parent: int
    sortorder: int
    visible: int
    visibleold: int
    timemodified: int
    depth: int
    path: str
    theme: str


_EVERYTHING = select(categories)


def get(session: Session, category_id: int) -> CategoryRecord | None:
    """Return a category."""
    row = session.one(_EVERYTHING.where(categories.c.id == category_id))
    return None if row is None else CategoryRecord(*row)


def every(session: Session) -> list[CategoryRecord]:
    """Return all categories as the tree lists them."""
    rows = session.rows(_EVERYTHING.order_by(categories.c.sortorder, categories.c.id))
    return [CategoryRecord(*row) for row in rows]


def lock(session: Session, ids: Collection[int]) -> dict[int, CategoryRecord]:
    """Return categories, while no other transaction puts courses into them."""
    found: dict[int, CategoryRecord] = {}
    for some in batches(sorted(set(ids))):
        statement = _EVERYTHING.where(categories.c.id.in_(some)).order_by(categories.c.id)
        rows = session.rows(statement.with_for_update(key_share=True))
        found.update((row[0], CategoryRecord(*row)) for row in rows)
    return found


def lock_tree(session: Session) -> None:
    """Let one transaction at a time change the order of the tree."""
    statement = select(categories.c.id).where(categories.c.parent == 0).order_by(categories.c.id)
    session.rows(statement.with_for_update(key_share=True))


def idnumber_taken(session: Session, idnumber: str) -> bool:
    """Tell whether a category has this id number."""
    statement = select(categories.c.id).where(categories.c.idnumber == idnumber)
    return session.one(statement) is not None


def last_sortorder(session: Session, below: str | None = None) -> int:
    """Return the order of the last category, or of the last one at or below a path; 0: none."""
    statement = select(func.max(categories.c.sortorder))
    if below is not None:
        path = categories.c.path
        statement = statement.where(or_(path == below, path.like(f"{below}/%")))
    return session.scalar(statement) or 0


def make_room(session: Session, after: int, room: int) -> None:
    """Move every category that stands after a place, together with its courses."""
    behind = select(categories.c.id).where(categories.c.sortorder > after)
    session.execute(
        update(courses)
        .where(courses.c.category.in_(behind))
        .values(sortorder=courses.c.sortorder + room)
    )
    session.execute(
        update(categories)
        .where(categories.c.sortorder > after)
        .values(sortorder=categories.c.sortorder + room)
    )


def add(session: Session, values: Mapping[str, Any]) -> int:
    """Insert a category and return the id."""
    return session.insert(insert(categories), dict(values))


def change(session: Session, category_id: int, values: Mapping[str, Any]) -> None:
    """Write columns of one category."""
    session.execute(update(categories).where(categories.c.id == category_id), dict(values))


def by_idnumber(session: Session, idnumber: str) -> CategoryRecord | None:
    """Return the category of an id number, which the empty one never is."""
    if not idnumber:
        return None
    row = session.one(select(categories).where(categories.c.idnumber == idnumber))
    return None if row is None else CategoryRecord(*row)
