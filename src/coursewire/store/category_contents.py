"""What stands in a category and below it: hidden and shown with it, and whether it is empty."""

from sqlalchemy import ColumnElement, Select, delete, or_, select, update

from coursewire.store.schema.access import contexts
from coursewire.store.schema.cohorts import cohorts
from coursewire.store.schema.courses import categories, courses
from coursewire.store.session import Session

CATEGORY = 40


def hide(session: Session, category_id: int, path: str) -> None:
    """Hide a category and all in it; `visibleold` remembers what was shown."""
    mine = update(categories).where(categories.c.id == category_id)
    session.execute(mine.values(visible=0, visibleold=0))
    session.execute(update(categories).where(_below(path)).values(visible=0))
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
    place = select(contexts.c.id).where(
        contexts.c.level == CATEGORY, contexts.c.instanceid == category_id
    )
    questions: tuple[Select[int], ...] = (
        select(categories.c.id).where(categories.c.parent == category_id),
        select(courses.c.id).where(courses.c.category == category_id),
        select(cohorts.c.id).where(cohorts.c.context_id.in_(place)),
    )
    return all(session.one(question.limit(1)) is None for question in questions)


def remove(session: Session, category_id: int) -> None:
    """Remove an empty category."""
    session.execute(delete(categories).where(categories.c.id == category_id))


def _below(path: str) -> ColumnElement[bool]:
    return categories.c.path.startswith(f"{path}/", autoescape=True)


def _within(path: str) -> Select[int]:
    return select(categories.c.id).where(or_(categories.c.path == path, _below(path)))
