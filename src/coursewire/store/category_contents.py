"""What stands in a category and below it: hidden and shown with it, and whether it is empty."""

from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update

from coursewire.store import categories as categories_store
from coursewire.store.categories import CategoryRecord
from coursewire.store.courses import make_room
from coursewire.store.schema.access import contexts
from coursewire.store.schema.cohorts import cohorts
from coursewire.store.schema.courses import categories, courses
from coursewire.store.session import Session

CATEGORY = 40


def lock(session: Session, path: str) -> None:
    """Let nobody put courses into a category or below it until the transaction ends.

    Whoever puts one there holds its category, and `categories.lock_tree` locks only those at the
    top.
    """
    categories_store.lock(session, session.scalars(_within(path)))


def hide(session: Session, category_id: int, path: str) -> None:
    """Hide a category and all in it; `visibleold` remembers what was shown."""
    mine = update(categories).where(categories.c.id == category_id)
    session.execute(mine.values(visibleold=0))
    hide_below(session, path)


def hide_below(session: Session, path: str) -> None:
    """Hide the category of a path and all in it, as long as what is above it is hidden."""
    session.execute(update(categories).where(_at_or_below(path)).values(visible=0))
    session.execute(update(courses).where(courses.c.category.in_(_within(path))).values(visible=0))


def show(session: Session, category_id: int, path: str) -> None:
    """Show a category, and of what is in it that which was shown."""
    mine = update(categories).where(categories.c.id == category_id)
    session.execute(mine.values(visible=1, visibleold=1))
    below = update(categories).where(_below(path))
    session.execute(below.values(visible=categories.c.visibleold))
    inside = update(courses).where(courses.c.category.in_(_within(path)))
    session.execute(inside.values(visible=courses.c.visibleold))


def is_empty(session: Session, category_id: int) -> bool:
    """Tell whether a category holds no category, no course and no cohort."""
    return not has_courses(session, category_id) and not has_others(session, category_id)


def has_courses(session: Session, category_id: int) -> bool:
    """Tell whether courses stand directly in a category."""
    question = select(courses.c.id).where(courses.c.category == category_id)
    return session.one(question.limit(1)) is not None


def has_others(session: Session, category_id: int) -> bool:
    """Tell whether categories or cohorts stand directly in a category."""
    place = select(contexts.c.id).where(
        contexts.c.level == CATEGORY, contexts.c.instanceid == category_id
    )
    questions: tuple[Select[int], ...] = (
        select(categories.c.id).where(categories.c.parent == category_id),
        select(cohorts.c.id).where(cohorts.c.context_id.in_(place)),
    )
    return any(session.one(question.limit(1)) is not None for question in questions)


def children(session: Session, category_id: int) -> list[CategoryRecord]:
    """Return the categories directly below one, in their order."""
    statement = select(categories).where(categories.c.parent == category_id)
    rows = session.rows(statement.order_by(categories.c.sortorder, categories.c.id))
    return [CategoryRecord(*row) for row in rows]


def within(session: Session, path: str) -> list[CategoryRecord]:
    """Return the category of a path and all below it, in the order of the tree."""
    statement = select(categories).where(_at_or_below(path))
    rows = session.rows(statement.order_by(categories.c.sortorder, categories.c.id))
    return [CategoryRecord(*row) for row in rows]


def move_courses(session: Session, category: CategoryRecord, target: CategoryRecord) -> None:
    """Put the courses of a category before those of another one; a hidden one hides them."""
    mine = courses.c.category == category.id
    last = session.scalar(select(func.max(courses.c.sortorder)).where(mine))
    if last is None:
        return
    if target.id != category.id:
        make_room(session, target.id, max(last - category.sortorder, 0))
    values: dict[str, Any] = {
        "category": target.id,
        "sortorder": courses.c.sortorder + (target.sortorder - category.sortorder),
    }
    if not target.visible:
        values["visible"] = 0
    session.execute(update(courses).where(mine).values(values))


def courses_within(session: Session, path: str) -> list[int]:
    """Return the courses in a category and in all below it."""
    statement = select(courses.c.id).where(courses.c.category.in_(_within(path)))
    return session.scalars(statement.order_by(courses.c.id))


def move_cohorts(session: Session, path: str, new_place: int) -> None:
    """Hang the cohorts of the category of a path, and of all below it, on another context."""
    places = select(contexts.c.id).where(
        contexts.c.level == CATEGORY, contexts.c.instanceid.in_(_within(path))
    )
    mine = update(cohorts).where(cohorts.c.context_id.in_(places))
    session.execute(mine.values(context_id=new_place))


def remove_within(session: Session, path: str) -> None:
    """Remove a category that holds no courses, with all below it."""
    session.execute(delete(categories).where(_at_or_below(path)))


def remove(session: Session, category_id: int) -> None:
    """Remove an empty category."""
    session.execute(delete(categories).where(categories.c.id == category_id))


def _below(path: str) -> ColumnElement[bool]:
    return categories.c.path.startswith(f"{path}/", autoescape=True)


def _within(path: str) -> Select[int]:
    return select(categories.c.id).where(_at_or_below(path))


def _at_or_below(path: str) -> ColumnElement[bool]:
    return or_(categories.c.path == path, _below(path))
