"""What completes a course: learners' own word, activities, a grade."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import activities, course_completion
from coursewire.domain.call import Call
from coursewire.domain.course_completion import ALL, ANY, BY_ACTIVITY, BY_GRADE, BY_ONESELF
from coursewire.store import completion_criteria as store
from coursewire.store import courses


class Criteria(Struct, frozen=True, kw_only=True):
    """The criteria of a course; activities are ids of course modules."""

    is_any: bool = False
    by_oneself: bool = False
    activities: Sequence[int] = ()
    grade: float | None = None


def set_all(call: Call, course_id: int, wanted: Criteria) -> None:
    """Say what completes a course; who may do that is decided before."""
    with call.transaction():
        course_completion.hold_everybody(call, course_id)
        # Who enrols somebody now goes by the criteria there were: this waits for them, and they
        # for this.
        courses.lock_alone(call.session, [course_id])
        for cmid in wanted.activities:
            activity = activities.get(call.session, cmid)
            if activity is None or activity.course_id != course_id:
                reason = f"activity {cmid} is not in course {course_id}"
                raise InvalidParameter(reason)
            if not activity.completion:
                reason = f"the completion of activity {activity.name!r} is not tracked"
                raise InvalidParameter(reason, remedy="let it be tracked, or leave it out")
        store.replace(call.session, course_id, _rows(wanted), ANY if wanted.is_any else ALL)
        course_completion.evaluate(call, course_id, None)
        call.audit.record("course.completion_criteria", f"course {course_id}")


def _rows(wanted: Criteria) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    if wanted.by_oneself:
        rows.append({"type": BY_ONESELF})
    rows.extend({"type": BY_ACTIVITY, "course_module_id": cmid} for cmid in wanted.activities)
    if wanted.grade is not None:
        rows.append({"type": BY_GRADE, "gradepass": wanted.grade})
    return rows
