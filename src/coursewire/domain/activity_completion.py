"""How far people are with activities: by their own word, by rules, or as somebody set it."""

from collections.abc import Collection

from msgspec import Struct
from msgspec.structs import replace

from coursewire.domain import course_completion, users
from coursewire.domain.call import Call
from coursewire.store import activity_completions as store
from coursewire.store import courses
from coursewire.store import grades as grade_rows
from coursewire.store.activities import ActivityRecord
from coursewire.store.activity_completions import ActivityCompletionRecord

# How an activity is tracked.
NONE, BY_HAND, AUTOMATIC = 0, 1, 2
# How far somebody is with it.
INCOMPLETE, COMPLETE, PASSED, FAILED = 0, 1, 2, 3
DONE = frozenset({COMPLETE, PASSED})

# The rules of automatic tracking, by the names they have in answers.
VIEW, GRADE, PASS = "completionview", "completionusegrade", "completionpassgrade"


class Progress(Struct, frozen=True):
    """How far a user is with an activity, and which of its rules are met."""

    activity: ActivityRecord
    completion: ActivityCompletionRecord
    rules: dict[str, bool]

    @property
    def is_done(self) -> bool:
        """Tell whether the activity is complete."""
        return self.completion.state in DONE


def progress(call: Call, user_id: int, shown: Collection[ActivityRecord]) -> list[Progress]:
    """Return how far a user is with each of the activities whose completion is tracked."""
    tracked = [activity for activity in shown if activity.completion != NONE]
    found = store.of_user(call.session, user_id, [activity.id for activity in tracked])
    graded = _graded(call, user_id, tracked)
    return [
        _progress(
            activity,
            found.get(activity.id, ActivityCompletionRecord(activity.id, user_id)),
            is_graded=(activity.module, activity.instance) in graded,
        )
        for activity in tracked
    ]


def get(call: Call, cmid: int, user_id: int) -> ActivityCompletionRecord:
    """Return how far a user is with an activity; untouched is incomplete."""
    found = store.get(call.session, cmid, user_id)
    return ActivityCompletionRecord(cmid, user_id) if found is None else found


def tick(call: Call, activity: ActivityRecord, *, done: bool) -> None:
    """Let the caller say whether they are done with an activity."""
    _set(call, activity, call.caller.id, COMPLETE if done else INCOMPLETE, None)


def override(call: Call, activity: ActivityRecord, user_id: int, state: int) -> None:
    """Set somebody's state by hand: complete holds, whatever rules say afterwards."""
    _set(call, activity, user_id, state, call.caller.id)


def _set(
    call: Call, activity: ActivityRecord, user_id: int, state: int, overrideby: int | None
) -> None:
    with call.transaction():
        users.hold_there(call.session, [user_id])
        courses.lock(call.session, [activity.course_id])
        before = get(call, activity.id, user_id)
        if before.state == state:
            return
        after = replace(before, state=state, overrideby=overrideby, timemodified=call.now)
        store.put_many(call.session, [after])
        course_completion.evaluate(call, activity.course_id, [user_id])
        call.audit.record(
            "activity.completion", f"activity {activity.id}", user=user_id, state=state
        )


def _graded(
    call: Call, user_id: int, activities: Collection[ActivityRecord]
) -> set[tuple[str | None, int | None]]:
    """Return, as (kind, number), which of the activities that ask for a grade gave the user one."""
    courses_asking = {each.course_id for each in activities if each.completionusegrade}
    items = [
        item
        for some in grade_rows.items_of(call.session, courses_asking).values()
        for item in some
        if item.module is not None and not item.itemnumber
    ]
    held = grade_rows.of_users(call.session, [item.id for item in items], [user_id])
    given = {each.item_id for each in held.get(user_id, []) if each.finalgrade is not None}
    return {(item.module, item.instance) for item in items if item.id in given}


def _progress(
    activity: ActivityRecord, completion: ActivityCompletionRecord, *, is_graded: bool
) -> Progress:
    if activity.completion != AUTOMATIC:
        return Progress(activity, completion, {})
    done = completion.state in DONE
    rules = (
        (VIEW, activity.completionview, bool(completion.viewed)),
        (GRADE, activity.completionusegrade, is_graded),
        (PASS, activity.completionpassgrade, done),
    )
    # What somebody set by hand stands for all rules.
    set_by_hand = completion.overrideby is not None
    return Progress(
        activity,
        completion,
        {name: done if set_by_hand else met for name, applies, met in rules if applies},
    )
