"""Rows of grading: a course's categories and items, and people's grades."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, bindparam, delete, func, insert, select, update

from coursewire.store import upserts
from coursewire.store.direct import DirectRead
from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.schema.grades import grade_categories, grade_items, grades
from coursewire.store.session import Session


class GradeItem(Struct, frozen=True):
    """One row of the grade items, its columns in the table's order."""

    id: int
    course_id: int
    category_id: int | None
    name: str | None
    type: str
    module: str | None
    instance: int | None
    itemnumber: int
    idnumber: str | None
    gradetype: int
    grademax: float
    grademin: float
    gradepass: float
    scaleid: int
    multfactor: float
    plusfactor: float
    display: int
    decimals: int | None
    weight: float
    weightoverride: int
    hidden: int
    locked: int
    needsupdate: int
    sortorder: int
    timecreated: int
    timemodified: int


class Grade(Struct, frozen=True, gc=False):
    """One row of the grades, its columns in the table's order."""

    id: int
    item_id: int
    user_id: int
    rawgrade: float | None
    finalgrade: float | None
    rawgrademax: float
    rawgrademin: float
    hidden: int
    locked: int
    overridden: int
    excluded: int
    feedback: str | None
    feedbackformat: int
    usermodified: int
    timecreated: int
    timemodified: int


_ITEMS = DirectListRead(
    select(grade_items)
    .where(among(grade_items.c.course_id, "courses"))
    .order_by(grade_items.c.sortorder, grade_items.c.id)
)
_OF_USERS = DirectListRead(
    select(grades)
    .where(among(grades.c.item_id, "items"), among(grades.c.user_id, "users"))
    .order_by(grades.c.id)
)
_HIDDEN = DirectListRead(
    select(grade_categories.c.course_id)
    .where(among(grade_categories.c.course_id, "courses"), grade_categories.c.hidden != 0)
    .distinct()
)


# Those of one course and of one user, as nearly every change of a grade asks.
_IN_COURSE = DirectRead(
    select(grade_items)
    .where(grade_items.c.course_id == bindparam("course", type_=BigInteger))
    .order_by(grade_items.c.sortorder, grade_items.c.id)
)
_OF_USER_IN_COURSE = DirectRead(
    select(grades)
    .join(grade_items, grade_items.c.id == grades.c.item_id)
    .where(
        grade_items.c.course_id == bindparam("course", type_=BigInteger),
        grades.c.user_id == bindparam("user", type_=BigInteger),
    )
    .order_by(grades.c.id)
)


def get_item(session: Session, item_id: int) -> GradeItem | None:
    """Return an item."""
    row = session.one(select(grade_items).where(grade_items.c.id == item_id))
    return None if row is None else GradeItem(*row)


def items_of(session: Session, course_ids: Collection[int]) -> dict[int, list[GradeItem]]:
    """Return the items of courses in their order, course totals among them."""
    found: dict[int, list[GradeItem]] = {}
    for row in _ITEMS.of_all(session, "courses", sorted(set(course_ids))):
        item = GradeItem(*row)
        found.setdefault(item.course_id, []).append(item)
    return found


def items_in(session: Session, course_id: int) -> list[GradeItem]:
    """Return the items of a course in their order, its total among them."""
    return [GradeItem(*row) for row in _IN_COURSE.rows(session, {"course": course_id})]


def root_category(session: Session, course_id: int) -> int | None:
    """Return the id of the category that holds a course's items."""
    found: int | None = session.scalar(
        select(grade_categories.c.id).where(
            grade_categories.c.course_id == course_id, grade_categories.c.parent.is_(None)
        )
    )
    return found


def hidden_categories(session: Session, course_ids: Collection[int]) -> set[int]:
    """Return the courses that have a hidden category."""
    rows = _HIDDEN.of_all(session, "courses", sorted(set(course_ids)))
    return {row[0] for row in rows}


def add_totals(session: Session, course_ids: Collection[int], now: int) -> dict[int, int]:
    """Give courses without one a category and its total; return the ids of the totals."""
    times = {"timecreated": now, "timemodified": now}
    courses = sorted(set(course_ids))
    if not courses:
        return {}
    categories = insert(grade_categories).returning(
        grade_categories.c.id, sort_by_parameter_order=True
    )
    rows = [{"course_id": course_id, **times} for course_id in courses]
    made = list(session.execute(categories, rows).scalars())
    totals = [
        {
            "course_id": course_id,
            "type": "course",
            "instance": category,
            "grademax": 0.0,
            "sortorder": 1,
            **times,
        }
        for course_id, category in zip(courses, made, strict=True)
    ]
    items = insert(grade_items).returning(grade_items.c.id, sort_by_parameter_order=True)
    return dict(zip(courses, session.execute(items, totals).scalars(), strict=True))


def add_item(session: Session, values: Mapping[str, Any]) -> int:
    """Insert an item behind the course's others and return its id."""
    last = session.scalar(
        select(func.max(grade_items.c.sortorder)).where(
            grade_items.c.course_id == values["course_id"]
        )
    )
    return session.insert(insert(grade_items), {**values, "sortorder": (last or 0) + 1})


def change_item(session: Session, item_id: int, values: Mapping[str, Any]) -> None:
    """Write columns of an item."""
    session.execute(update(grade_items).where(grade_items.c.id == item_id), dict(values))


def remove_item(session: Session, item_id: int) -> None:
    """Delete an item with all grades in it."""
    session.execute(delete(grade_items).where(grade_items.c.id == item_id))


def of_users(
    session: Session, item_ids: Collection[int], user_ids: Collection[int]
) -> dict[int, list[Grade]]:
    """Return users' grades in some items, by user."""
    found: dict[int, list[Grade]] = {}
    if not item_ids:
        return found
    items = {"items": list(item_ids)}
    for row in _OF_USERS.of_all(session, "users", sorted(set(user_ids)), items):
        grade = Grade(*row)
        found.setdefault(grade.user_id, []).append(grade)
    return found


def of_user_in(session: Session, course_id: int, user_id: int) -> list[Grade]:
    """Return a user's grades in a course."""
    rows = _OF_USER_IN_COURSE.rows(session, {"course": course_id, "user": user_id})
    return [Grade(*row) for row in rows]


def in_item(session: Session, item_id: int) -> list[Grade]:
    """Return everybody's grades in an item."""
    statement = select(grades).where(grades.c.item_id == item_id)
    return [Grade(*row) for row in session.rows(statement.order_by(grades.c.id))]


def set_finals(
    session: Session, item_id: int, finals: Mapping[int, float | None], now: int
) -> None:
    """Write people's final grades in an item in which they have grades."""
    rows = [{"the_user": key, "the_value": value} for key, value in sorted(finals.items())]
    statement = update(grades).where(
        grades.c.item_id == item_id, grades.c.user_id == bindparam("the_user")
    )
    if rows:
        session.execute(statement.values(finalgrade=bindparam("the_value"), timemodified=now), rows)


def graded_users(session: Session, item_ids: Collection[int]) -> set[int]:
    """Return who has a row in any of the items."""
    statement = select(grades.c.user_id).where(grades.c.item_id.in_(item_ids))
    return set(session.scalars(statement.distinct()))


def count_above(session: Session, item_id: int, value: float) -> int:
    """Return how many users have a better final grade in an item."""
    statement = select(func.count()).where(grades.c.item_id == item_id, grades.c.finalgrade > value)
    return int(session.scalar(statement))


def put_many(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Store grades, each new or in place of what the user had in the item."""
    if rows:
        _put(session, rows, _CHANGING)


def put_with_feedback(session: Session, row: dict[str, Any]) -> None:
    """Store a grade together with what is said of it."""
    _put(session, [row], (*_CHANGING, "feedback", "feedbackformat"))


def _put(session: Session, rows: Sequence[dict[str, Any]], changing: Sequence[str]) -> None:
    upserts.put(session, grades, ("item_id", "user_id"), tuple(changing), rows)


# What a new grade overwrites; when the first one was given stays.
_CHANGING = (
    "rawgrade",
    "finalgrade",
    "rawgrademax",
    "rawgrademin",
    "usermodified",
    "timemodified",
)
