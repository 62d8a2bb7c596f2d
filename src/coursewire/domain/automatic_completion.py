"""Activities that are complete by rule: looked at or graded, as each of them asks."""

from collections.abc import Collection

from msgspec.structs import replace

from coursewire.domain import completion_tracking, course_completion, grade_items, users
from coursewire.domain.activity_completion import (
    AUTOMATIC,
    COMPLETE,
    DONE,
    FAILED,
    INCOMPLETE,
    PASSED,
)
from coursewire.domain.call import Call
from coursewire.domain.id_ranges import written
from coursewire.store import activities, courses
from coursewire.store import activity_completions as store
from coursewire.store import grades as grade_rows
from coursewire.store.activities import ActivityRecord
from coursewire.store.activity_completions import ActivityCompletionRecord
from coursewire.store.grades import GradeItem


def follow_grades(call: Call, item: GradeItem, user_ids: Collection[int]) -> None:
    """Work out again who completed the activity of a grade item, after people's grades changed."""
    if item.module is None or item.instance is None or item.itemnumber:
        return
    activity = activities.of_instance(call.session, item.module, item.instance)
    if activity is not None and activity.completionusegrade:
        _reconsider(call, activity, user_ids)


def note_view(call: Call, activity: ActivityRecord) -> None:
    """Note that the caller looked at an activity, which may complete it."""
    if activity.completionview:
        with call.transaction():
            users.hold_there(call.session, [call.caller.id])
            courses.lock(call.session, [activity.course_id])
            _reconsider(call, activity, [call.caller.id], viewed=1)


def _reconsider(
    call: Call, activity: ActivityRecord, user_ids: Collection[int], viewed: int = 0
) -> None:
    course = courses.get(call.session, activity.course_id)
    if course is None or not completion_tracking.is_enabled(call, course):
        return
    if activity.completion != AUTOMATIC:
        return
    held = {
        each.user_id: each for each in store.of_activities(call.session, [activity.id], user_ids)
    }
    rules = _Rules(call, activity, user_ids)
    changed: list[ActivityCompletionRecord] = []
    for user_id in sorted(set(user_ids)):
        before = held.get(user_id, ActivityCompletionRecord(activity.id, user_id))
        after = rules.applied(replace(before, viewed=before.viewed or viewed))
        if after != before:
            changed.append(after)
    if not changed:
        return
    store.put_many(call.session, changed)
    people = [each.user_id for each in changed]
    course_completion.evaluate(call, activity.course_id, people)
    call.audit.record("activity.completion", f"activity {activity.id}", users=written(people))


class _Rules:
    """The rules of one activity, and the grades that some people have in it."""

    def __init__(self, call: Call, activity: ActivityRecord, user_ids: Collection[int]) -> None:
        self._call = call
        self._activity = activity
        self._item = grade_items.of_activity(
            call.session, activity.course_id, activity.module, activity.instance
        )
        ids = [] if self._item is None else [self._item.id]
        self._grades = {
            user_id: grades[0].finalgrade
            for user_id, grades in grade_rows.of_users(call.session, ids, user_ids).items()
        }

    def applied(self, before: ActivityCompletionRecord) -> ActivityCompletionRecord:
        """Return a completion as the rules make it; what was set to complete by hand holds."""
        if before.overrideby is not None and before.state in DONE:
            return before
        state = self._state(before)
        if state == before.state:
            return before
        return replace(before, state=state, overrideby=None, timemodified=self._call.now)

    def _state(self, completion: ActivityCompletionRecord) -> int:
        if self._activity.completionview and not completion.viewed:
            return INCOMPLETE
        if not self._activity.completionusegrade:
            return COMPLETE
        grade = self._grades.get(completion.user_id)
        if self._item is None or grade is None:
            return INCOMPLETE
        # Whether somebody passed is not told where the grade itself is not.
        if self._item.gradepass <= 0 or self._item.hidden:
            return COMPLETE
        if grade >= self._item.gradepass:
            return PASSED
        return INCOMPLETE if self._activity.completionpassgrade else FAILED
