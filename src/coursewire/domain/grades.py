"""Giving grades; the totals of the course follow in the same transaction."""

from collections.abc import Collection, Mapping
from typing import Any

from coursewire.domain import (
    automatic_completion,
    course_completion,
    grade_items,
    grade_totals,
    users,
)
from coursewire.domain.call import Call
from coursewire.domain.grade_items import COURSE
from coursewire.domain.id_ranges import written
from coursewire.store import courses
from coursewire.store import grades as store
from coursewire.store.grades import Grade, GradeItem

# The format of the (empty) feedback of a grade that people gave, and of one that was worked out.
BY_PERSON, BY_SYSTEM = 0, 2


def set_grades(call: Call, item_id: int, values: Mapping[int, float | None]) -> None:
    """Grade users in an item, None takes a grade away; a value out of range is drawn into it."""
    with call.transaction():
        course_id = grade_items.get(call.session, item_id).course_id
        users.hold_there(call.session, values)
        # Totals are worked out from what is stored: nobody may change that meanwhile.
        courses.lock(call.session, [course_id])
        # What bounds a grade may have been changed, or removed, till now.
        item = grade_items.get(call.session, item_id)
        rows = [_row(call, item, user_id, values[user_id]) for user_id in sorted(values)]
        store.put_many(call.session, rows)
        recalculate(call, item.course_id, values)
        automatic_completion.follow_grades(call, item, values)
        call.audit.record(
            "grade.set", f"grade item {item.id}", course=item.course_id, users=written(values)
        )


def recalculate(call: Call, course_id: int, user_ids: Collection[int]) -> None:
    """Work out users' totals in a course from what is stored."""
    items = grade_items.of_course(call.session, course_id)
    if not any(item.type == COURSE for item in items):
        grade_items.prepare_course(call, course_id)
        items = grade_items.of_course(call.session, course_id)
    total_item = next(item for item in items if item.type == COURSE)
    held = _held(call, course_id, items, user_ids)
    rows: list[dict[str, Any]] = []
    for user_id in sorted(set(user_ids)):
        grades = {grade.item_id: grade for grade in held.get(user_id, [])}
        row = _total(call, items, total_item, user_id, grades)
        if row is not None:
            rows.append(row)
    store.put_many(call.session, rows)
    course_completion.evaluate(call, course_id, user_ids)


def _held(
    call: Call, course_id: int, items: Collection[GradeItem], user_ids: Collection[int]
) -> Mapping[int, Collection[Grade]]:
    """Return users' grades in the items of a course, by user."""
    if len(user_ids) == 1:
        (user_id,) = user_ids
        return {user_id: store.of_user_in(call.session, course_id, user_id)}
    return store.of_users(call.session, [item.id for item in items], user_ids)


def follow_item(call: Call, item: GradeItem) -> None:
    """Work out the grades in an item again from what its activity gave, after the item changed."""
    given = store.in_item(call.session, item.id)
    finals = {
        grade.user_id: grade_totals.final(item, grade.rawgrade)
        for grade in given
        if grade.rawgrade is not None and not grade.overridden
    }
    before = {grade.user_id: grade.finalgrade for grade in given}
    changed = {user_id: value for user_id, value in finals.items() if before[user_id] != value}
    store.set_finals(call.session, item.id, changed, call.now)
    automatic_completion.follow_grades(call, item, changed)


def recalculate_all(call: Call, course_id: int) -> None:
    """Work out everybody's totals in a course, after its items changed."""
    grade_items.refresh(call, course_id)
    item_ids = [item.id for item in grade_items.of_course(call.session, course_id)]
    recalculate(call, course_id, store.graded_users(call.session, item_ids))


def remove_item(call: Call, item_id: int) -> None:
    """Remove an item with all grades in it."""
    with call.transaction():
        item = grade_items.get(call.session, item_id)
        courses.lock(call.session, [item.course_id])
        graded = store.graded_users(call.session, [item_id])
        store.remove_item(call.session, item_id)
        recalculate_all(call, item.course_id)
        automatic_completion.follow_grades(call, item, graded)
        call.audit.record(
            "grade_item.delete", f"course {item.course_id}", id=item.id, name=item.name
        )


def _row(call: Call, item: GradeItem, user_id: int, value: float | None) -> dict[str, Any]:
    kept = None if value is None else grade_totals.bounded(value, item.grademin, item.grademax)
    by_hand = item.type == grade_items.MANUAL
    return {
        "item_id": item.id,
        "user_id": user_id,
        # The grade as the activity gave it; what people graded by hand has only the final one.
        "rawgrade": None if by_hand else kept,
        "finalgrade": kept if by_hand or kept is None else grade_totals.final(item, kept),
        "feedbackformat": BY_PERSON if by_hand else BY_SYSTEM,
        "rawgrademax": item.grademax,
        "rawgrademin": item.grademin,
        "usermodified": call.caller.id,
        "timecreated": call.now,
        "timemodified": call.now,
    }


def _total(
    call: Call,
    items: Collection[GradeItem],
    total_item: GradeItem,
    user_id: int,
    grades: Mapping[int, Grade],
) -> dict[str, Any] | None:
    """Return the row of a user's total, None where it stays as it is."""
    total = grade_totals.total([item for item in items if item.type != COURSE], grades)
    before = grades.get(total_item.id)
    if before is not None and (
        before.overridden or (before.finalgrade, before.rawgrademax) == (total.value, total.maximum)
    ):
        return None
    return {
        "item_id": total_item.id,
        "user_id": user_id,
        "rawgrade": None,
        "finalgrade": total.value,
        "feedbackformat": BY_SYSTEM,
        "rawgrademax": total.maximum,
        "rawgrademin": 0.0,
        "usermodified": call.caller.id,
        "timecreated": call.now,
        "timemodified": call.now,
    }
