"""Categories as a list is read, and how much stands in one and below it."""

from msgspec import Struct
from sqlalchemy import ColumnElement, func, or_, select

from coursewire.store.categories import CategoryRecord
from coursewire.store.category_contents import CATEGORY
from coursewire.store.schema.access import contexts
from coursewire.store.schema.cohorts import cohorts
from coursewire.store.schema.courses import categories, courses
from coursewire.store.schema.enrolments import enrolment_instances, user_enrolments
from coursewire.store.session import Session
from coursewire.store.text_search import holding


class Holdings(Struct, frozen=True):
    """What stands in a category and in all below it."""

    categories: int
    courses: int
    enrolments: int
    cohorts: int

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing."""
        return not (self.categories or self.courses or self.cohorts)


def count(session: Session, words: str = "") -> int:
    """Return how many categories match."""
    statement = select(func.count()).select_from(categories).where(*_matching(words))
    return int(session.scalar(statement) or 0)


def page(session: Session, words: str, size: int, offset: int = 0) -> list[CategoryRecord]:
    """Return some of the categories that match, in the order of the tree."""
    statement = select(categories).where(*_matching(words))
    statement = statement.order_by(categories.c.sortorder, categories.c.id)
    return [CategoryRecord(*row) for row in session.rows(statement.limit(size).offset(offset))]


def holdings(session: Session, category: CategoryRecord) -> Holdings:
    """Return how much stands in a category and in all below it."""
    below = categories.c.path.startswith(f"{category.path}/", autoescape=True)
    inside = select(categories.c.id).where(or_(categories.c.id == category.id, below))
    taught = select(courses.c.id).where(courses.c.category.in_(inside))
    ways = select(enrolment_instances.c.id).where(enrolment_instances.c.course_id.in_(taught))
    places = select(contexts.c.id).where(
        contexts.c.level == CATEGORY, contexts.c.instanceid.in_(inside)
    )
    return Holdings(
        categories=_counted(session, categories.c.id, below),
        courses=_counted(session, courses.c.id, courses.c.category.in_(inside)),
        enrolments=_counted(session, user_enrolments.c.id, user_enrolments.c.instance_id.in_(ways)),
        cohorts=_counted(session, cohorts.c.id, cohorts.c.context_id.in_(places)),
    )


def _counted(session: Session, column: ColumnElement[int], condition: ColumnElement[bool]) -> int:
    return int(session.scalar(select(func.count(column)).where(condition)) or 0)


def _matching(words: str) -> list[ColumnElement[bool]]:
    return holding((categories.c.name, func.coalesce(categories.c.idnumber, "")), words)
