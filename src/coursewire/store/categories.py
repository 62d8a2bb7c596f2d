"""Rows of course categories, and their one order over the whole tree."""

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import func, insert, or_, select, update

from coursewire.store.batches import batches
from coursewire.store.counting import Count
from coursewire.store.direct import DirectRead
from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.schema.courses import categories, courses
from coursewire.store.session import AnyRow, Session


class CategoryRecord(Struct, frozen=True, gc=False):
    """One row of the table, its columns in the table's order (a test keeps them equal)."""

    id: int
    name: str
    # Null where nobody ever gave one.
    idnumber: str | None
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


# Built once: putting a statement together costs more than running it.
_EVERYTHING = select(categories)
_IN_ORDER = DirectRead(_EVERYTHING.order_by(categories.c.sortorder, categories.c.id))
_BY_IDS = DirectListRead(_EVERYTHING.where(among(categories.c.id, "ids")))
_COUNT = Count(select(categories.c.id))
_COURSE_COUNTS = DirectListRead(
    select(courses.c.category, func.count())
    .where(among(courses.c.category, "ids"))
    .group_by(courses.c.category)
)


def get(session: Session, category_id: int) -> CategoryRecord | None:
    """Return a category."""
    row = session.one(_EVERYTHING.where(categories.c.id == category_id))
    return None if row is None else CategoryRecord(*row)


def of_ids(session: Session, ids: Collection[int]) -> dict[int, CategoryRecord]:
    """Return those of the categories that exist, by id."""
    rows = _BY_IDS.of_all(session, "ids", sorted(set(ids)))
    return {row[0]: CategoryRecord(*row) for row in rows}


def are_more(session: Session, most: int) -> bool:
    """Tell whether there are more than so many categories."""
    return _COUNT.exceeds(session, most)


def every(session: Session) -> list[CategoryRecord]:
    """Return all categories as the tree lists them."""
    return [CategoryRecord(*row) for row in _IN_ORDER.rows(session)]


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


def put_under(session: Session, category: CategoryRecord, parent: CategoryRecord | None) -> None:
    """Hang a category, with all below it, under another one or at the top, behind its siblings."""
    path = f"{parent.path if parent else ''}/{category.id}"
    deeper = (parent.depth + 1 if parent else 1) - category.depth
    place = categories.c.path
    session.execute(
        update(categories)
        .where(or_(place == category.path, place.like(f"{category.path}/%")))
        .values(
            path=path + func.substr(place, len(category.path) + 1),
            depth=categories.c.depth + deeper,
        )
    )
    change(session, category.id, {"parent": parent.id if parent else 0})
    _place(session, category.id, category.sortorder, last_sortorder(session) + 1)


def put_in_order(session: Session, room: int) -> None:
    """Give all categories places in the order of the tree, so much apart; courses go along."""
    rows = session.rows(
        select(categories.c.id, categories.c.parent, categories.c.sortorder).order_by(
            categories.c.sortorder, categories.c.id
        )
    )
    below: dict[int, list[AnyRow]] = {}
    for row in rows:
        below.setdefault(row.parent, []).append(row)
    todo = list(reversed(below.get(0, [])))
    place = 0
    while todo:
        row = todo.pop()
        place += room
        if row.sortorder != place:
            _place(session, row.id, row.sortorder, place)
        todo.extend(reversed(below.get(row.id, [])))


def _place(session: Session, category_id: int, old: int, new: int) -> None:
    change(session, category_id, {"sortorder": new})
    session.execute(
        update(courses)
        .where(courses.c.category == category_id)
        .values(sortorder=courses.c.sortorder + (new - old))
    )


def course_counts(session: Session, ids: Collection[int]) -> dict[int, int]:
    """Return how many courses stand directly in each category that has any."""
    rows = _COURSE_COUNTS.of_all(session, "ids", sorted(set(ids)))
    return {row[0]: row[1] for row in rows}


def by_idnumber(session: Session, idnumber: str) -> CategoryRecord | None:
    """Return the category of an id number, which the empty one never is."""
    if not idnumber:
        return None
    row = session.one(select(categories).where(categories.c.idnumber == idnumber))
    return None if row is None else CategoryRecord(*row)


def by_name(session: Session, name: str) -> CategoryRecord | None:
    """Return the oldest category of a name, wherever in the tree it stands."""
    row = session.one(_EVERYTHING.where(categories.c.name == name).order_by(categories.c.id))
    return None if row is None else CategoryRecord(*row)
