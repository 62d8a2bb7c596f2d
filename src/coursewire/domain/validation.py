"""May the caller enter this place at all: the check before a function acts (functions.md 4.2)."""

from collections.abc import Callable, Mapping

from coursewire.contracts.errors import (
    InvalidParameter,
    MoodleError,
    Refusal,
    RequireLogin,
    RestrictedContext,
)
from coursewire.domain import activity_access, contexts, course_places
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.site import SITE_COURSE
from coursewire.store import activities, courses, enrolments, guest_access
from coursewire.store.courses import CourseRecord

VIEW = "moodle/course:view"
HIDDEN_COURSES = "moodle/course:viewhiddencourses"
COURSE_LIST = "moodle/category:viewcourselist"


def validate_context(call: Call, context: Context | None) -> Context:
    """Refuse the place unless the token and the caller may enter it; return it."""
    place = reached(call, context)
    if not call.caller.is_admin and place.level >= contexts.COURSE:
        _enter(call, place)
    return place


def reached(call: Call, context: Context | None) -> Context:
    """Return a place that exists, that the token reaches, if nothing is wrong with the account."""
    if context is None:
        raise InvalidParameter("there is no such context", remedy="check the id")
    if not context.is_within(call.origin.context_path):
        raise RestrictedContext(f"the token is confined to a place that {context.where} is not in")
    if call.hindrance is not None:
        raise call.hindrance
    return context


def wrap_soft(call: Call, course_id: int) -> Context:
    """Enter a course; whatever stands in the way, an unknown course too, is told as one error."""
    return _wrapped(call, course_id, course_places.find(call, course_id))


def wrap_hard(call: Call, course_id: int) -> Context:
    """Enter a course; an unknown one is a missing record, all else is told as one error."""
    place = course_places.find(call, course_id)
    if place is None:
        place = contexts.get(call.session, contexts.COURSE, course_id)
    return _wrapped(call, course_id, place)


def wrap_place(call: Call, course_id: int, place: Context) -> Context:
    """Enter a course, or a place in it, that was found already; else as `wrap_soft` does."""
    return _wrapped(call, course_id, place)


def wrap_read(call: Call, course: CourseRecord, context: Context | None) -> Context:
    """Enter a course that was read already, with its context; else as `wrap_soft` does."""
    try:
        place = reached(call, context)
        if not call.caller.is_admin:
            _enter_course(call, course, place)
    except Refusal as refusal:
        raise _told_as_one(course.id, refusal) from refusal
    return place


def _wrapped(call: Call, course_id: int, context: Context | None) -> Context:
    try:
        return validate_context(call, context)
    except Refusal as refusal:
        raise _told_as_one(course_id, refusal) from refusal


def _told_as_one(course_id: int, refusal: Refusal) -> MoodleError:
    return MoodleError(
        "errorcoursecontextnotvalid",
        f"Nothing can be done in the context of this course (course id {course_id})."
        f" The reason: {refusal.message}",
        reason=f"course {course_id}: {refusal.reason}",
        remedy=refusal.remedy,
    )


def _enter(call: Call, context: Context) -> None:
    """Refuse a course, or what lies in one, that the caller cannot enter."""
    place = contexts.course_of(call.session, context)
    course = None if place is None else courses.get(call.session, place.instanceid)
    if place is None or course is None:
        # A block of the whole site or of a profile.
        return
    _enter_course(call, course, place)
    if context.level == contexts.MODULE:
        _enter_activity(call, context)


def enterable(call: Call, found: Mapping[int, CourseRecord]) -> dict[int, Context]:
    """Return those of many courses that the caller may enter, with their contexts.

    What lets the caller into any of them is read once for all.
    """
    if call.hindrance is not None:
        return {}
    places = contexts.of_courses(call.session, found)
    reached = {
        course_id: place
        for course_id, place in places.items()
        if place.is_within(call.origin.context_path)
    }
    if call.caller.is_admin:
        return reached
    mine = enrolments.courses_of(call.session, [call.caller.id], call.now)
    active = {course.id for course in mine.get(call.caller.id, [])}
    open_ones = guest_access.open_courses(call.session, reached)
    return {
        course_id: place
        for course_id, place in reached.items()
        if _shut(call, found[course_id], place, active.__contains__, open_ones.__contains__) is None
    }


def may_enter(call: Call, course: CourseRecord) -> bool:
    """Tell whether `validate_context` lets the caller into a course that was read already."""
    return course.id in enterable(call, {course.id: course})


def is_advertised(call: Call, course: CourseRecord, place: Context) -> bool:
    """Tell whether the caller may know of a course without being in it."""
    if not course.visible and not call.permissions.may(HIDDEN_COURSES, place):
        return False
    return course.id == SITE_COURSE or _is_listed(call, course)


def require_known(call: Call, course: CourseRecord, place: Context) -> None:
    """Refuse a course that the caller can neither know of nor enter."""
    if not is_advertised(call, course, place) and not may_enter(call, course):
        raise course_hidden(course)


def course_hidden(course: CourseRecord) -> MoodleError:
    """Return the refusal of a course that the caller shall not know of."""
    reason = f"course {course.id} is hidden, or its category is not listed for the caller"
    return MoodleError("coursehidden", "The course is not available to you", reason=reason)


def _enter_course(call: Call, course: CourseRecord, place: Context) -> None:
    session = call.session
    hindrance = _shut(
        call,
        course,
        place,
        lambda course_id: enrolments.is_active(session, call.caller.id, course_id, call.now),
        lambda course_id: guest_access.is_open(session, course_id),
    )
    if hindrance is not None:
        raise hindrance


def _shut(
    call: Call,
    course: CourseRecord,
    place: Context,
    is_active: Callable[[int], bool],
    is_open: Callable[[int], bool],
) -> RequireLogin | None:
    """Return what keeps the caller out of a course, None where nothing does.

    `is_active` tells whether the caller takes part in a course, `is_open` whether guests may.
    """
    if not course.visible and not call.permissions.may(HIDDEN_COURSES, place):
        return RequireLogin(
            f"course {course.id} is hidden",
            remedy=f"show the course, or allow {HIDDEN_COURSES} to a role of the caller",
        )
    if course.id == SITE_COURSE or _views_all(call, place) or is_active(course.id):
        return None
    if "guest" in call.site.enrol_plugins and is_open(course.id) and _is_listed(call, course):
        return None
    return RequireLogin(
        f"the caller is not enrolled in course {course.id} and may not view all courses",
        remedy=f"enrol the caller, or allow {VIEW} to a role of the caller",
    )


def _views_all(call: Call, place: Context) -> bool:
    return not call.caller.is_guest and call.permissions.may(VIEW, place)


def _is_listed(call: Call, course: CourseRecord) -> bool:
    """Tell whether the caller may know of a course, which is visible to them, from its category."""
    category = contexts.category(call.session, course.category)
    return category is not None and call.permissions.may(COURSE_LIST, category)


def _enter_activity(call: Call, context: Context) -> None:
    activity = activities.get(call.session, context.instanceid)
    if activity is None:
        raise InvalidParameter(f"there is no activity {context.instanceid}")
    hindrance = activity_access.hindrance(call, activity, context)
    if hindrance is not None:
        raise hindrance
