"""Changes of what is graded; grades and totals follow."""

from typing import Any

from coursewire.domain import grade_items, grades
from coursewire.domain.call import Call
from coursewire.store import courses
from coursewire.store import grades as store


def rename(call: Call, item_id: int, **names: str) -> None:
    """Write what an item is called (`name`, `idnumber`): no grade follows from that."""
    with call.transaction():
        item = grade_items.get(call.session, item_id)
        store.change_item(call.session, item_id, {**names, "timemodified": call.now})
        call.audit.record(
            "grade_item.update", f"course {item.course_id}", id=item_id, fields=sorted(names)
        )


def change(call: Call, item_id: int, **values: Any) -> None:  # noqa: ANN401 - columns
    """Write columns of an item, such as `grademax`, and work out everybody's grades and totals."""
    with call.transaction():
        item = grade_items.get(call.session, item_id)
        courses.lock(call.session, [item.course_id])
        row = {name: int(v) if isinstance(v, bool) else v for name, v in values.items()}
        store.change_item(call.session, item_id, {**row, "timemodified": call.now})
        grades.follow_item(call, grade_items.get(call.session, item_id))
        grades.recalculate_all(call, item.course_id)
        call.audit.record(
            "grade_item.update", f"course {item.course_id}", id=item_id, fields=sorted(values)
        )
