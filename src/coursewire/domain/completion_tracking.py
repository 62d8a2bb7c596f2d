"""Whether completion is tracked: in a course, and for a person in it."""

from collections.abc import Collection

from coursewire.domain import contexts
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.permissions import Permissions
from coursewire.store import participants, roles
from coursewire.store.courses import CourseRecord

TRACKED = "moodle/course:isincompletionreports"
VIEW_COMPLETION = "report/completion:view"
VIEW_REPORTS = "moodle/user:viewuseractivitiesreport"


def is_enabled(call: Call, course: CourseRecord) -> bool:
    """Tell whether completion is on, for the site and in the course."""
    return bool(call.site.settings["enablecompletion"] and course.enablecompletion)


def may_view(call: Call, place: Context, user_id: int) -> bool:
    """Tell whether the caller may see how far a user is with a course."""
    may = call.permissions.may
    if user_id == call.caller.id or may(VIEW_COMPLETION, place):
        return True
    own = contexts.user(call.session, user_id)
    return own is not None and may(VIEW_REPORTS, own)


def is_tracked(call: Call, place: Context, user_id: int) -> bool:
    """Tell whether a user's progress in a course is of interest: that of learners is."""
    return user_id in tracked(call, place, [user_id])


def tracked(call: Call, place: Context, user_ids: Collection[int] | None) -> set[int]:
    """Return those of the users, or of all, whose progress in a course is of interest.

    Being an administrator does not make anybody a learner: only roles count.
    """
    session = call.session
    active = participants.active(session, place.instanceid, call.now, user_ids)
    found: set[int] = set()
    for user_id, held in roles.held(session, active).items():
        permissions = Permissions(session, user_id, is_admin=False, site=call.site, held=held)
        if permissions.may(TRACKED, place):
            found.add(user_id)
    return found
