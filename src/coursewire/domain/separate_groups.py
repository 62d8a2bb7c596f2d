"""Groups of a course: who is kept apart from whom, and whose group is looked at."""

from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.group_visibility import PARTICIPATING, GroupViewer
from coursewire.store import group_members, groups
from coursewire.store.courses import CourseRecord

NO_GROUPS, SEPARATE = 0, 1
ALL_GROUPS = "moodle/site:accessallgroups"


def divide(call: Call, course: CourseRecord, place: Context) -> bool:
    """Tell whether groups keep the caller apart from others in a course."""
    return course.groupmode == SEPARATE and not call.permissions.may(ALL_GROUPS, place)


def hide(call: Call, course: CourseRecord, place: Context, user_id: int) -> bool:
    """Tell whether groups keep the caller apart from this user: they share none."""
    if user_id == call.caller.id or not divide(call, course, place):
        return False
    shared = group_members.companions(
        call.session, call.caller.id, [user_id], [course.id], PARTICIPATING
    )
    return not shared


def chosen(call: Call, course: CourseRecord, place: Context, group_id: int) -> set[int] | None:
    """Return the group whose people the caller looks at, None for the whole course.

    Who does not say which (0) and may not look at all of them gets the first, by name, of their
    own, else of those that they see. The empty set: there is no such group for the caller.
    """
    if not group_id and _looks_at_all(call, course, place):
        return None
    there = [group for group in groups.of_course(call.session, course.id) if group.participation]
    if not there and not group_id and not divide(call, course, place):
        return None
    seen = [group.id for group in GroupViewer(call).groups(place, there)]
    mine = group_members.groups_of_user(call.session, call.caller.id, [course.id])
    own = [key for key in seen if key in mine]
    reached = own if divide(call, course, place) else seen
    if group_id:
        return {group_id}.intersection(reached)
    return set((own or reached)[:1])


def _looks_at_all(call: Call, course: CourseRecord, place: Context) -> bool:
    return course.groupmode == NO_GROUPS or call.permissions.may(ALL_GROUPS, place)
