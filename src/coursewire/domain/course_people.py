"""What people are in one course, as far as the caller sees it: read set by set, for all at once."""

from collections.abc import Sequence
from functools import cached_property
from operator import itemgetter

from coursewire.contracts.parts import UserCourse, UserCourseGroup, UserRole
from coursewire.domain import enrolled_courses, separate_groups
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.group_visibility import GroupViewer
from coursewire.store import group_members, groups, people_in_course, roles
from coursewire.store.courses import CourseRecord
from coursewire.store.enrolments import CourseOfUser
from coursewire.store.groups import GroupRecord
from coursewire.text import formats
from coursewire.text.long import format_text
from coursewire.text.settings import FileArea
from coursewire.text.short import format_string

GROUPS, ROLES, COURSES, LAST_ACCESS = "groups", "roles", "enrolledcourses", "lastcourseaccess"
EVERYTHING = frozenset({GROUPS, ROLES, COURSES, LAST_ACCESS})


class CourseView:
    """One course as the caller looks at its people; `wanted` spares what nobody asked for."""

    def __init__(
        self,
        call: Call,
        course: CourseRecord,
        place: Context,
        wanted: frozenset[str] = EVERYTHING,
    ) -> None:
        self.call = call
        self.course = course
        self.place = place
        self.wanted = wanted
        self._shown_groups: dict[int, UserCourseGroup] = {}
        self._shown_courses: dict[int, UserCourse] = {}

    @cached_property
    def groups(self) -> dict[int, tuple[int, GroupRecord]]:
        """The groups of the course that the caller may know somebody to be in, with their places.

        By id; the places are those in the order of the names.
        """
        there = groups.of_course(self.call.session, self.course.id)
        known = GroupViewer(self.call).joined(self.place, there)
        return {group.id: (place, group) for place, group in enumerate(known)}

    @cached_property
    def within_reach(self) -> set[int] | None:
        """The groups to which separate groups confine the caller, None: they do not."""
        if not separate_groups.divide(self.call, self.course, self.place):
            return None
        caller_id, session = self.call.caller.id, self.call.session
        return group_members.groups_of_user(session, caller_id, [self.course.id])

    @cached_property
    def roles(self) -> dict[int, UserRole]:
        """All roles of the site; `name` is empty unless a role was named."""
        return {
            role.id: UserRole(
                roleid=role.id,
                name=role.name,
                shortname=role.shortname,
                sortorder=role.sortorder,
            )
            for role in roles.everything(self.call.session)
        }

    def shown_group(self, group: GroupRecord) -> UserCourseGroup:
        """Return a group in short; whatever number stands for its format, the text is cleaned."""
        shown = self._shown_groups.get(group.id)
        if shown is None:
            number = group.descriptionformat
            files = FileArea(self.call.site.url, self.place.id, "group", "description", group.id)
            known = number if number in formats.ACCEPTED else formats.HTML
            html, _ = format_text(group.description, known, self.call.text, files)
            shown = self._shown_groups[group.id] = UserCourseGroup(
                id=group.id,
                name=format_string(group.name, self.call.text),
                description=html,
                descriptionformat=number,
            )
        return shown

    def shown_course(self, course_id: int, fullname: str, shortname: str) -> UserCourse:
        """Return a course in short."""
        shown = self._shown_courses.get(course_id)
        if shown is None:
            shown = self._shown_courses[course_id] = UserCourse(
                id=course_id,
                fullname=format_string(fullname, self.call.text),
                shortname=format_string(shortname, self.call.text),
            )
        return shown


class CoursePeople:
    """What a set of people are in a course; each kind is read when the first needs it, for all."""

    def __init__(self, view: CourseView, user_ids: Sequence[int]) -> None:
        self._view = view
        self._call = view.call
        self._ids = user_ids

    def wants(self, field: str) -> bool:
        """Tell whether a field was asked for."""
        return field in self._view.wanted

    def groups(self, user_id: int) -> list[UserCourseGroup] | None:
        """Return a person's groups, None for one without any that the caller could know of.

        Where groups are kept apart only those shared with the caller are left, perhaps none.
        """
        there = self._view.groups
        mine = self._memberships.get(user_id, ())
        placed = sorted((there[key] for key in mine if key in there), key=itemgetter(0))
        known = [group for _, group in placed]
        if not known:
            return None
        reach = self._view.within_reach
        return [
            self._view.shown_group(group) for group in known if reach is None or group.id in reach
        ]

    def roles(self, user_id: int) -> list[UserRole]:
        """Return the roles that a person holds in the course itself."""
        return [self._view.roles[role_id] for role_id in self._roles.get(user_id, [])]

    def courses(self, user_id: int) -> list[UserCourse]:
        """Return the courses in which a person takes part and which they can see."""
        return [
            self._view.shown_course(course.id, course.fullname, course.shortname)
            for course in self._courses.get(user_id, [])
        ]

    def last_access(self, user_id: int) -> int:
        """Return when a person was last in the course, 0 for never."""
        return self._accesses.get(user_id, 0)

    @cached_property
    def _memberships(self) -> dict[int, set[int]]:
        return people_in_course.groups_of(self._call.session, self._ids, self._view.course.id)

    @cached_property
    def _roles(self) -> dict[int, list[int]]:
        return people_in_course.roles_of(self._call.session, self._ids, self._view.place.id)

    @cached_property
    def _accesses(self) -> dict[int, int]:
        return people_in_course.last_accesses(self._call.session, self._ids, self._view.course.id)

    @cached_property
    def _courses(self) -> dict[int, list[CourseOfUser]]:
        call = self._call
        return enrolled_courses.of_users(call.session, self._ids, call.site, call.now)
