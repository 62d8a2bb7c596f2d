"""In which of their courses the caller may look at people."""

from collections.abc import Collection, Mapping, Sequence

from coursewire.domain import contexts, enrolled_courses
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.group_visibility import PARTICIPATING
from coursewire.domain.user_places import Places
from coursewire.store import group_members
from coursewire.store.enrolments import CourseOfUser

SEPARATE_GROUPS = 1
ALL_GROUPS = "moodle/site:accessallgroups"


def last_of(call: Call, user_ids: Collection[int], places: Places) -> dict[int, Context]:
    """Return, for each user who can be seen in any course of theirs, the last such course."""
    enrolled = enrolled_courses.of_users(call.session, user_ids, call.site, call.now)
    course_ids = {course.id for courses in enrolled.values() for course in courses}
    found = contexts.of_courses(call.session, course_ids)
    looking = _Looking(call, places, found)
    shown: dict[int, Context] = {}
    for user_id, last in looking.last(enrolled).items():
        shown[user_id] = found[last]
    return shown


class _Looking:
    """One look at a set of people; whom the caller shares groups with is read once for all."""

    def __init__(self, call: Call, places: Places, courses: dict[int, Context]) -> None:
        self._call = call
        self._places = places
        self._courses = courses

    def last(self, enrolled: Mapping[int, Sequence[CourseOfUser]]) -> dict[int, int]:
        together = self._together(enrolled)
        shown: dict[int, int] = {}
        for user_id, courses in enrolled.items():
            for course in reversed(courses):
                if self._sees_people(course.id) and (
                    not self._is_divided(course) or (user_id, course.id) in together
                ):
                    shown[user_id] = course.id
                    break
        return shown

    def _sees_people(self, course_id: int) -> bool:
        place = self._courses.get(course_id)
        return place is not None and self._places.course(place).views

    def _is_divided(self, course: CourseOfUser) -> bool:
        """Tell whether groups keep the caller apart from others in a course."""
        if course.groupmode != SEPARATE_GROUPS:
            return False
        return not self._call.permissions.may(ALL_GROUPS, self._courses[course.id])

    def _together(self, enrolled: Mapping[int, Sequence[CourseOfUser]]) -> set[tuple[int, int]]:
        """Return (user, course) where a group whose members know each other holds both."""
        divided = {
            course.id
            for courses in enrolled.values()
            for course in courses
            if course.groupmode == SEPARATE_GROUPS and course.id in self._courses
        }
        if not divided:
            return set()
        call = self._call
        return group_members.companions(
            call.session, call.caller.id, list(enrolled), divided, PARTICIPATING
        )
