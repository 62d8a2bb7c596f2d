"""Progress that a program outside reports: an activity's state, grade and feedback, all at once."""

from msgspec import Struct
from msgspec.structs import replace

from coursewire.contracts.errors import MissingRecord
from coursewire.domain import activity_completion, grade_items, grade_totals, grades, users
from coursewire.domain.call import Call
from coursewire.store import activity_completions, courses
from coursewire.store import grades as grade_rows
from coursewire.store.activities import ActivityRecord
from coursewire.store.grades import GradeItem

# The format of feedback that is plain text.
_PLAIN = 2


class Progress(Struct, frozen=True, kw_only=True):
    """What is reported of one user; no grade takes an earlier one away."""

    user_id: int
    state: int
    grade: float | None
    feedback: str = ""


def store(call: Call, activity: ActivityRecord, reported: Progress) -> None:
    """Write state and grade as they are told, then let total and course completion follow.

    The rules of automatic completion are not asked: the program outside knows better. Both are
    written before anything is worked out from them, so that no criterion is met in passing.
    """
    with call.transaction():
        users.hold_there(call.session, [reported.user_id])
        courses.lock(call.session, [activity.course_id])
        item = grade_items.of_activity(
            call.session, activity.course_id, activity.module, activity.instance
        )
        _put_state(call, activity, reported)
        if item is not None:
            _put_grade(call, item, reported)
        elif reported.grade is not None:
            raise MissingRecord("grade item of activity", activity.id)
        grades.recalculate(call, activity.course_id, [reported.user_id])
        call.audit.record(
            "activity.progress",
            f"activity {activity.id}",
            user=reported.user_id,
            state=reported.state,
        )


def _put_state(call: Call, activity: ActivityRecord, reported: Progress) -> None:
    before = activity_completion.get(call, activity.id, reported.user_id)
    after = replace(before, state=reported.state, viewed=1, overrideby=None)
    if after != before:
        changed = replace(after, timemodified=call.now)
        activity_completions.put_many(call.session, [changed])


def _put_grade(call: Call, item: GradeItem, reported: Progress) -> None:
    given = reported.grade
    final = None if given is None else grade_totals.final(item, given)
    row = {
        "item_id": item.id,
        "user_id": reported.user_id,
        "rawgrade": given,
        "finalgrade": final,
        "rawgrademax": item.grademax,
        "rawgrademin": item.grademin,
        "feedback": reported.feedback,
        "feedbackformat": _PLAIN,
        "usermodified": call.caller.id,
        "timecreated": call.now,
        "timemodified": call.now,
    }
    grade_rows.put_with_feedback(call.session, row)
