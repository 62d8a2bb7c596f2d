"""The groups that a user is in, course by course, as a caller sees them."""

from collections.abc import Sequence

from coursewire.contracts.errors import Refusal
from coursewire.contracts.parts import CallWarning
from coursewire.domain import contexts, group_members, validation
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.course_warnings import NOT_ENTERED, warning
from coursewire.domain.group_visibility import GroupViewer
from coursewire.domain.managed_courses import MANAGE
from coursewire.store import group_members as store
from coursewire.store import groups as groups_store
from coursewire.store.groups import GroupRecord


class UserGroupSearch:
    """Looks for the groups of one user; what stands in the way in a course becomes a warning."""

    def __init__(self, call: Call, user_id: int, *, grouping_id: int = 0) -> None:
        self._call = call
        self._user_id = user_id
        self._grouping_id = grouping_id
        self._viewer = GroupViewer(call)
        self._groups: set[int] | None = None
        self.warnings: list[CallWarning] = []

    def enter(self, course_ids: Sequence[int]) -> dict[int, Context]:
        """Return the courses that the caller can enter, in order, before any is looked into."""
        entered: dict[int, Context] = {}
        places = contexts.of_courses(self._call.session, course_ids)
        for course_id in course_ids:
            try:
                place = validation.validate_context(self._call, places.get(course_id))
                entered[course_id] = place
            except Refusal as refusal:
                # Whatever is wrong with one course does not spoil the others.
                self.warnings.append(warning(course_id, NOT_ENTERED, refusal.message))
        return entered

    def may_look(self, course_id: int, place: Context) -> bool:
        """Tell whether the caller may see this user's groups in a course; warn if not."""
        mine = self._user_id == self._call.caller.id
        if mine or self._call.permissions.may(MANAGE, place):
            return True
        message = f"You cannot see the groups of other people in course {course_id}"
        self.warnings.append(warning(course_id, "cannotmanagegroups", message))
        return False

    def note_enrolment(self, course_id: int) -> None:
        """Warn when the user is not enrolled in the course that was asked for."""
        if not group_members.enrolled(self._call, course_id, {self._user_id}):
            message = f"User {self._user_id} is not enrolled in course {course_id}"
            self.warnings.append(warning(course_id, "notenrolled", message))

    def groups(self, course_id: int, place: Context) -> list[GroupRecord]:
        """Return the user's groups in a course by name, as far as the caller sees them."""
        if self._groups is None:
            self._groups = store.groups_of_user(self._call.session, self._user_id)
        if not self._groups:
            return []
        there = of_course(self._call, course_id, self._grouping_id)
        joined = [group for group in there if group.id in self._groups]
        return self._viewer.joined(place, joined)


def of_course(call: Call, course_id: int, grouping_id: int) -> list[GroupRecord]:
    """Return the groups of a course by name, all of them or those of a grouping."""
    if grouping_id:
        return groups_store.of_grouping(call.session, course_id, grouping_id)
    return groups_store.of_course(call.session, course_id)
