"""Which activities the caller may enter in a course that they take part in."""

from coursewire.contracts.errors import RequireLogin
from coursewire.domain import contexts
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.store import activities
from coursewire.store.activities import ActivityRecord

HIDDEN_ACTIVITIES = "moodle/course:viewhiddenactivities"


def hindrance(call: Call, activity: ActivityRecord, place: Context) -> RequireLogin | None:
    """Return what keeps the caller out of an activity, None where they may enter it."""
    shown = activity.visible and activity.section_visible
    if not shown and not call.permissions.may(HIDDEN_ACTIVITIES, place):
        return RequireLogin(
            f"activity {activity.id} is hidden",
            remedy=f"show it, or allow {HIDDEN_ACTIVITIES} to a role of the caller",
        )
    view = f"mod/{activity.module}:view"
    # Not every kind of activity has such a capability.
    if view in call.site.capabilities and not call.permissions.may(view, place):
        return RequireLogin(
            f"the caller may not view activities of kind {activity.module}",
            remedy=f"allow {view} to a role of the caller",
        )
    return None


def open_in(call: Call, course_id: int) -> list[ActivityRecord]:
    """Return the activities of a course that the caller may enter, as the course lists them."""
    found = activities.of_course(call.session, course_id)
    ids = [activity.id for activity in found]
    places = contexts.of_instances(call.session, contexts.MODULE, ids)
    return [
        activity
        for activity in found
        if activity.id in places and hindrance(call, activity, places[activity.id]) is None
    ]
