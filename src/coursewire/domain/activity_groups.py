"""The groups of an activity: the mode in force, and in which groups a user may work."""

from coursewire.domain import permissions
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.group_visibility import GroupViewer
from coursewire.domain.permissions import Permissions
from coursewire.domain.site import SITE_COURSE
from coursewire.domain.user_groups import of_course
from coursewire.store import enrolments
from coursewire.store import group_members as store
from coursewire.store.activities import ActivityRecord
from coursewire.store.courses import CourseRecord
from coursewire.store.groups import GroupRecord

NO_GROUPS, SEPARATE, VISIBLE = 0, 1, 2

ALL_GROUPS = "moodle/site:accessallgroups"


def mode(course: CourseRecord, activity: ActivityRecord) -> int:
    """Return the group mode in force: that of the course where the course insists on it."""
    return course.groupmode if course.groupmodeforce else activity.groupmode


class ActivityUser:
    """A user in an activity; the caller is one as well as anybody else."""

    def __init__(self, call: Call, user_id: int) -> None:
        self._call = call
        self._user_id = user_id
        mine = user_id == call.caller.id
        self._permissions: Permissions = (
            call.permissions if mine else permissions.of_user(call.session, user_id, call.site)
        )

    def may_enter(self, course: CourseRecord, place: Context) -> bool:
        """Tell whether the user has access to the course of the activity."""
        may = self._permissions.may
        if not course.visible and not may("moodle/course:viewhiddencourses", place):
            return False
        if course.id == SITE_COURSE or may("moodle/course:view", place):
            return True
        call = self._call
        return enrolments.is_active(call.session, self._user_id, course.id, call.now)

    def accesses_all(self, module: Context) -> bool:
        """Tell whether the user may work in every group of the activity."""
        return self._permissions.may(ALL_GROUPS, module)

    def groups(
        self, course: CourseRecord, place: Context, activity: ActivityRecord, module: Context
    ) -> list[GroupRecord]:
        """Return the groups in which the user may work, as far as the caller sees them."""
        there = of_course(self._call, course.id, activity.groupingid)
        participating = [group for group in there if group.participation]
        viewer = GroupViewer(self._call)
        if mode(course, activity) == VISIBLE or self.accesses_all(module):
            return viewer.groups(place, participating)
        joined = store.groups_of_user(self._call.session, self._user_id, [course.id])
        return viewer.joined(place, [group for group in participating if group.id in joined])
