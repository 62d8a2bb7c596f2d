"""The courses in which somebody takes part, as far as the caller sees them there."""

from collections.abc import Collection, Mapping

from msgspec import Struct

from coursewire.domain import (
    completion_tracking,
    contexts,
    enrolled_courses,
    shown_courses,
    validation,
)
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.enrolled_people import PARTICIPANTS, REVIEW
from coursewire.domain.permissions import Permissions
from coursewire.store import course_progress, courses, preferences, roles
from coursewire.store.course_progress import Progress
from coursewire.store.courses import CourseRecord
from coursewire.store.enrolments import CourseOfUser

HIDDEN_BY_USER = "block_myoverview_hidden_course_"


class Completion(Struct, frozen=True):
    """How far the user is with a course; nothing of it is told where completion is off."""

    has_criteria: bool = False
    is_tracked: bool = False
    # Per cent of the activities; None where none is tracked.
    progress: float | None = None
    is_completed: bool | None = None


_NOTHING_TOLD = Completion()


class PersonCourse(Struct, frozen=True, kw_only=True):
    """A course of somebody's, with what they have done in it."""

    course: CourseRecord
    place: Context
    completion: Completion
    # None: never.
    last_access: int | None
    # The user put it out of sight; only the user is told.
    is_put_away: bool
    # None: nobody asked.
    people: int | None


def find(call: Call, user_id: int, *, with_people: bool) -> list[PersonCourse]:
    """Return the courses of somebody that the caller may enter and see them in, in their order."""
    session = call.session
    enrolled = enrolled_courses.of_user(session, user_id, call.site, call.now)
    records = courses.of_ids(session, [course.id for course in enrolled])
    places = _seen(call, user_id, enrolled, validation.enterable(call, records))
    shown = {course.id: records[course.id] for course in enrolled if course.id in places}
    completions = _completions(call, user_id, shown, places)
    accesses = course_progress.last_accesses(session, user_id, shown)
    people = course_progress.enrolled_counts(session, shown) if with_people else {}
    put_away = _put_away(call, user_id)
    return [
        PersonCourse(
            course=course,
            place=places[course_id],
            completion=completions.get(course_id, _NOTHING_TOLD),
            last_access=accesses.get(course_id),
            is_put_away=course_id in put_away,
            people=people.get(course_id, 0) if with_people else None,
        )
        for course_id, course in shown.items()
    ]


def _seen(
    call: Call, user_id: int, enrolled: list[CourseOfUser], places: dict[int, Context]
) -> dict[int, Context]:
    """Leave out the courses in which the caller may not look at the user."""
    if user_id == call.caller.id:
        return places
    may = call.permissions.may
    seen = shown_courses.where_seen(call, user_id, enrolled, places)
    return {
        course_id: place
        for course_id, place in places.items()
        if course_id in seen and (may(PARTICIPANTS, place) or may(REVIEW, place))
    }


def _completions(
    call: Call, user_id: int, shown: Mapping[int, CourseRecord], places: Mapping[int, Context]
) -> dict[int, Completion]:
    """Return how far the user is with those courses where completion is on and may be seen."""
    session = call.session
    on = [key for key, course in shown.items() if completion_tracking.is_enabled(call, course)]
    told = _told(call, user_id, {key: places[key] for key in on})
    if not told:
        return {}
    # Being an administrator makes nobody a learner.
    held = roles.held_by(session, user_id)
    learner = Permissions(session, user_id, is_admin=False, site=call.site, held=held)
    with_criteria = course_progress.with_criteria(session, told)
    tracked = learner.where(completion_tracking.TRACKED, [places[key] for key in told])
    completed = course_progress.completed(session, user_id, told)
    activities = course_progress.activities(session, user_id, told)
    return {
        key: _completion(
            has_criteria=key in with_criteria,
            is_tracked=places[key].id in tracked,
            is_completed=key in completed,
            progress=activities.get(key),
        )
        for key in told
    }


def _told(call: Call, user_id: int, places: Mapping[int, Context]) -> list[int]:
    """Return in which courses the caller may see how far the user is."""
    if user_id == call.caller.id:
        return list(places)
    own = contexts.user(call.session, user_id)
    if own is not None and call.permissions.may(completion_tracking.VIEW_REPORTS, own):
        return list(places)
    return [
        key
        for key, place in places.items()
        if call.permissions.may(completion_tracking.VIEW_COMPLETION, place)
    ]


def _completion(
    *, has_criteria: bool, is_tracked: bool, is_completed: bool, progress: Progress | None
) -> Completion:
    if not is_tracked:
        return Completion(has_criteria, False, None, is_completed)
    if is_completed:
        return Completion(has_criteria, True, 100.0, True)
    per_cent = None if progress is None else progress.done / progress.tracked * 100
    return Completion(has_criteria, True, per_cent, False)


def _put_away(call: Call, user_id: int) -> Collection[int]:
    if user_id != call.caller.id:
        return ()
    return {
        int(name.removeprefix(HIDDEN_BY_USER))
        for name, value in preferences.of_user(call.session, user_id).items()
        if name.startswith(HIDDEN_BY_USER) and value == "1"
    }
