"""Grades that come from outside for an activity, together with changes of its grade item."""

import math
from collections.abc import Mapping
from typing import Any

from coursewire.contracts.errors import DatabaseWrite
from coursewire.domain import activities, grade_item_changes, grade_items, grades
from coursewire.domain import users as people
from coursewire.domain.call import Call
from coursewire.domain.grade_totals import precise
from coursewire.store import courses
from coursewire.store.activities import ActivityRecord
from coursewire.store.grades import GradeItem

# What became of an update: Moodle's numbers.
OK, FAILED, LOCKED = 0, 1, 4

# Kinds of items: not graded, points, a scale, text alone.
UNGRADED, POINTS, SCALE, TEXT = 0, 1, 2, 3

# A grade has ten digits, five of them decimals.
LIMIT = 100_000

_NUMBERS = ("grademax", "grademin", "multfactor", "plusfactor")


def update(
    call: Call,
    activity: ActivityRecord,
    itemnumber: int,
    changes: Mapping[str, Any],
    values: Mapping[int, float],
) -> int:
    """Change the item of an activity, make it if there is none, and store people's grades."""
    changes = _as_precise(changes)
    with call.transaction():
        people.hold(call.session, values)
        courses.lock(call.session, [activity.course_id])
        # It may have been deleted since it was looked up.
        activities.require(call.session, activity.id)
        item = _find(call, activity, itemnumber)
        if item is not None and item.locked:
            return LOCKED
        if not _makes_sense(item, changes):
            return FAILED
        if item is None:
            if not changes and not values:
                return OK
            item = _add(call, activity, itemnumber)
        if changes:
            grade_item_changes.change(call, item.id, **changes)
        _grade(call, item, values)
    return OK


def delete(call: Call, activity: ActivityRecord, itemnumber: int) -> int:
    """Remove an item of an activity with all grades in it; one that is not there is gone."""
    with call.transaction():
        courses.lock(call.session, [activity.course_id])
        item = _find(call, activity, itemnumber)
        if item is not None:
            grades.remove_item(call, item.id)
    return OK


def _find(call: Call, activity: ActivityRecord, itemnumber: int) -> GradeItem | None:
    return grade_items.of_activity(
        call.session, activity.course_id, activity.module, activity.instance, itemnumber
    )


def _add(call: Call, activity: ActivityRecord, itemnumber: int) -> GradeItem:
    made = grade_items.add_activity(
        call,
        activity.course_id,
        activity.module,
        activity.instance,
        None,
        idnumber=None,
        itemnumber=itemnumber,
    )
    return grade_items.get(call.session, made)


def _as_precise(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return changes with their numbers as precise as they are stored; others are refused."""
    return {
        name: precise(value) if name in _NUMBERS and abs(value) < LIMIT else value
        for name, value in changes.items()
    }


def _makes_sense(item: GradeItem | None, changes: Mapping[str, Any]) -> bool:
    """Tell whether an item can be as it would be: this site has no scales to grade by."""
    for name in _NUMBERS:
        value = changes.get(name, 0.0)
        if not math.isfinite(value):
            return False
        if abs(value) >= LIMIT:
            reason = f"{name} {value} has more than five digits before the point"
            raise DatabaseWrite(reason)
    lowest = changes.get("grademin", 0.0 if item is None else item.grademin)
    highest = changes.get("grademax", 100.0 if item is None else item.grademax)
    kind = changes.get("gradetype", POINTS)
    return bool(lowest <= highest and kind in {UNGRADED, POINTS, TEXT})


def _grade(call: Call, item: GradeItem, values: Mapping[int, float]) -> None:
    """Store grades of people who exist; who takes part in the course is not asked."""
    found = people.of_ids(call.session, values)
    known = {key: values[key] for key, user in found.items() if not user.deleted}
    if known:
        grades.set_grades(call, item.id, known)
