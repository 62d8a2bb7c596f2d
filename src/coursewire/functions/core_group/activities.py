"""Bodies of core_group for activities: group mode and the groups a user may work in."""

from coursewire.contracts.core_group import activities as c
from coursewire.contracts.errors import MoodleError
from coursewire.contracts.parts import ActivityId
from coursewire.domain import activities, activity_groups, contexts, courses, users
from coursewire.domain.activity_groups import ActivityUser
from coursewire.domain.call import Call
from coursewire.domain.course_warnings import NOT_ENTERED, warning
from coursewire.domain.managed_courses import MANAGE
from coursewire.functions.binding import Bound
from coursewire.functions.core_group import shown


def get_activity_allowed_groups(call: Call, params: c.GetActivityAllowedGroups) -> c.AllowedGroups:
    """List the groups in which a user may work in an activity."""
    activity, module = activities.enter(call, params.cmid)
    user_id = params.userid or call.caller.id
    if params.userid:
        users.require_active(call, user_id)
    if user_id != call.caller.id and not call.permissions.may(MANAGE, module):
        reason = f"the caller lacks {MANAGE} in {module.where}"
        raise MoodleError("accessdenied", "Access denied", reason=reason)
    course = courses.require(call.session, activity.course_id)
    place = contexts.get(call.session, contexts.COURSE, course.id)
    user = ActivityUser(call, user_id)
    # A matter of roles, which stay with whom the course is shut to.
    accesses_all = user.accesses_all(module)
    if not user.may_enter(course, place):
        message = f"User {user_id} has no access to course {course.id}"
        warnings = [warning(course.id, NOT_ENTERED, message)]
        return c.AllowedGroups(groups=[], canaccessallgroups=accesses_all, warnings=warnings)
    groups = user.groups(course, place, activity, module)
    return c.AllowedGroups(
        groups=shown.user_groups(call, place, groups),
        canaccessallgroups=accesses_all,
        warnings=[],
    )


def get_activity_groupmode(call: Call, params: ActivityId) -> c.ActivityGroupMode:
    """Tell the group mode in force in an activity."""
    activity, _ = activities.enter(call, params.cmid)
    course = courses.require(call.session, activity.course_id)
    return c.ActivityGroupMode(groupmode=activity_groups.mode(course, activity), warnings=[])


FUNCTIONS = (
    Bound(c.get_activity_allowed_groups, get_activity_allowed_groups),
    Bound(c.get_activity_groupmode, get_activity_groupmode),
)
