"""Who has completed a course: its criteria are looked at whenever something they ask for changes.

A criterion once met stays met, and so does a completed course: that somebody later takes a tick
back, or gets a lower grade, does not undo what was reached.
"""

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from coursewire.domain import completion_tracking, contexts, users
from coursewire.domain.call import Call
from coursewire.domain.grade_items import COURSE
from coursewire.store import activity_completions, course_progress, courses, participants
from coursewire.store import course_completions as store
from coursewire.store import grades as grade_rows
from coursewire.store.course_completions import CriterionRecord

# What a criterion asks for, and how criteria count together.
BY_ONESELF, BY_ACTIVITY, BY_GRADE = 1, 4, 6
ALL, ANY = 1, 2

# States of an activity that meet a criterion: complete, and complete with a pass.
_DONE = frozenset({1, 2})


class CriterionState(Struct, frozen=True):
    """A criterion, and when the user met it; None: not yet."""

    criterion: CriterionRecord
    met_at: int | None


class Status(Struct, frozen=True):
    """How far a user is with a course; `method` tells whether all criteria count or any."""

    is_completed: bool
    method: int
    criteria: list[CriterionState]


def status(call: Call, course_id: int, user_id: int) -> Status | None:
    """Return how far a user is with a course, None for a course without criteria."""
    criteria = store.criteria_of(call.session, course_id)
    method = store.method_of(call.session, course_id)
    if not criteria or method is None:
        return None
    ids = [criterion.id for criterion in criteria]
    met = store.met_by(call.session, ids, [user_id]).get(user_id, {})
    completed = store.completed_by(call.session, course_id, [user_id])
    states = [CriterionState(criterion, met.get(criterion.id)) for criterion in criteria]
    return Status(user_id in completed, method, states)


def lock_completable(call: Call, course_ids: Collection[int]) -> set[int]:
    """Lock those of the courses that have criteria, and return them; hold the others.

    Who evaluates without that can miss what another transaction writes just now, and that one
    misses what this one does. Courses without criteria are left to go on side by side; nobody
    gives them any meanwhile, nor deletes them.
    """
    courses.hold(call.session, course_ids)
    found = course_progress.with_criteria(call.session, course_ids)
    courses.lock(call.session, found)
    return found


def hold_everybody(call: Call, course_id: int) -> None:
    """Hold who takes part in a course, before it is locked to look at everybody's completion.

    What they have met is noted with them, and who deletes people has them before their courses.
    """
    users.hold(call.session, participants.active(call.session, course_id, call.now))


def evaluate(call: Call, course_id: int, user_ids: Collection[int] | None) -> None:
    """Note which criteria of a course people have met by now, and who completed it thereby.

    None is everybody who takes part. The course is locked by whoever calls this.
    """
    criteria = store.criteria_of(call.session, course_id)
    course = courses.get(call.session, course_id) if criteria else None
    if course is None or not completion_tracking.is_enabled(call, course):
        return
    place = contexts.get(call.session, contexts.COURSE, course_id)
    people = completion_tracking.tracked(call, place, user_ids)
    met = store.met_by(call.session, [each.id for each in criteria], people)
    facts = _Facts(call, course_id, criteria, people)
    news = [
        {"criterion_id": criterion.id, "user_id": user_id, "timecompleted": call.now}
        for user_id in sorted(people)
        for criterion in criteria
        if criterion.id not in met.get(user_id, {}) and facts.meets(user_id, criterion)
    ]
    store.put_met(call.session, news)
    for row in news:
        met.setdefault(row["user_id"], {})[row["criterion_id"]] = row["timecompleted"]
    method = store.method_of(call.session, course_id)
    done = {user_id for user_id in people if _is_enough(criteria, met.get(user_id, {}), method)}
    store.put_completed(call.session, course_id, done, call.now)


class _Facts:
    """What people have done in a course, as far as its criteria ask for it."""

    def __init__(
        self,
        call: Call,
        course_id: int,
        criteria: Sequence[CriterionRecord],
        people: Collection[int],
    ) -> None:
        session = call.session
        cmids = [each.course_module_id for each in criteria if each.course_module_id is not None]
        completions = activity_completions.of_activities(session, cmids, people) if cmids else []
        self._done = {
            (each.user_id, each.course_module_id) for each in completions if each.state in _DONE
        }
        self._totals: dict[int, float] = {}
        if any(criterion.type == BY_GRADE for criterion in criteria):
            items = grade_rows.items_of(session, [course_id]).get(course_id, [])
            totals = [item.id for item in items if item.type == COURSE]
            for user_id, grades in grade_rows.of_users(session, totals, people).items():
                reached = [each.finalgrade for each in grades if each.finalgrade is not None]
                self._totals.update((user_id, value) for value in reached)

    def meets(self, user_id: int, criterion: CriterionRecord) -> bool:
        """Tell whether somebody meets a criterion; their own word is noted when they give it."""
        if criterion.type == BY_ACTIVITY:
            return (user_id, criterion.course_module_id) in self._done
        if criterion.type == BY_GRADE:
            total = self._totals.get(user_id)
            return total is not None and total >= (criterion.gradepass or 0)
        return False


def _is_enough(
    criteria: Sequence[CriterionRecord], met: Mapping[int, int], method: int | None
) -> bool:
    answers = [criterion.id in met for criterion in criteria]
    return any(answers) if method == ANY else all(answers)
