"""What is graded in a course: items made by hand, items of activities, the course total."""

from collections.abc import Collection
from typing import Any

from coursewire.contracts.errors import MissingRecord
from coursewire.domain import grade_totals
from coursewire.domain.call import Call
from coursewire.domain.grade_totals import VALUE
from coursewire.store import activities, courses
from coursewire.store import grades as store
from coursewire.store.grades import GradeItem
from coursewire.store.session import Session

COURSE, MANUAL, ACTIVITY = "course", "manual", "mod"


def get(session: Session, item_id: int) -> GradeItem:
    """Return an item, or raise MissingRecord."""
    found = store.get_item(session, item_id)
    if found is None:
        raise MissingRecord("grade item", item_id)
    return found


def of_course(session: Session, course_id: int) -> list[GradeItem]:
    """Return the items of a course in their order, its total among them."""
    return store.items_in(session, course_id)


def of_activity(
    session: Session, course_id: int, module: str, instance: int, itemnumber: int = 0
) -> GradeItem | None:
    """Return an item of an activity, most have one only; None where it is not graded."""
    wanted = (ACTIVITY, module, instance, itemnumber)
    for item in of_course(session, course_id):
        if (item.type, item.module, item.instance, item.itemnumber) == wanted:
            return item
    return None


def prepare_course(call: Call, course_id: int) -> int:
    """Return the item of the course total; a course that has none gets one, with its category."""
    found = next(
        (item.id for item in of_course(call.session, course_id) if item.type == COURSE), None
    )
    return prepare_courses(call, [course_id])[course_id] if found is None else found


def prepare_courses(call: Call, course_ids: Collection[int]) -> dict[int, int]:
    """Give new courses their total and its category; return the items of the totals."""
    return store.add_totals(call.session, course_ids, call.now)


def add_manual(
    call: Call,
    course_id: int,
    name: str,
    *,
    grademax: float = 100,
    grademin: float = 0,
    hidden: bool = False,
) -> int:
    """Add an item that people grade by hand, and return its id."""
    values = {"type": MANUAL, "name": name, "hidden": int(hidden)}
    return _add(call, course_id, {**values, "grademax": grademax, "grademin": grademin})


def add_activity(
    call: Call,
    course_id: int,
    module: str,
    instance: int,
    name: str | None,
    *,
    grademax: float = 100,
    idnumber: str | None = "",
    itemnumber: int = 0,
) -> int:
    """Add the item of an activity, hidden while the activity is, and return its id."""
    activity = activities.of_instance(call.session, module, instance)
    values = {
        "type": ACTIVITY,
        "module": module,
        "instance": instance,
        "name": name,
        "idnumber": idnumber,
        "itemnumber": itemnumber,
        "hidden": int(activity is not None and not activity.visible),
        "grademax": grademax,
    }
    return _add(call, course_id, values)


def refresh(call: Call, course_id: int) -> None:
    """Work out the highest total of a course and each item's share in it."""
    items = of_course(call.session, course_id)
    weights = grade_totals.weights(items)
    for item in items:
        if item.type == COURSE:
            changes = {"grademax": grade_totals.highest(items)}
        else:
            changes = {"weight": weights.get(item.id, 0.0)}
        if any(getattr(item, name) != value for name, value in changes.items()):
            store.change_item(call.session, item.id, {**changes, "timemodified": call.now})


def _add(call: Call, course_id: int, values: dict[str, Any]) -> int:
    with call.transaction():
        courses.lock(call.session, [course_id])
        prepare_course(call, course_id)
        row = {
            **values,
            "course_id": course_id,
            "category_id": store.root_category(call.session, course_id),
            "gradetype": VALUE,
            "timecreated": call.now,
            "timemodified": call.now,
        }
        item_id = store.add_item(call.session, row)
        refresh(call, course_id)
        call.audit.record(
            "grade_item.create", f"course {course_id}", id=item_id, name=values["name"]
        )
    return item_id
