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


def where_seen(
    call: Call, user_id: int, enrolled: Sequence[CourseOfUser], places: Mapping[int, Context]
) -> set[int]:
    """Return in which of a user's courses the caller may look at the user."""
    looking = _Looking(call, Places(call), places)
    together = looking.together({user_id: enrolled})
    return {course.id for course in enrolled if looking.sees(user_id, course, together)}


class _Looking:
    """One look at a set of people; whom the caller shares groups with is read once for all."""

    def __init__(self, call: Call, places: Places, courses: Mapping[int, Context]) -> None:
        self._call = call
        self._places = places
        self._courses = courses

    def last(self, enrolled: Mapping[int, Sequence[CourseOfUser]]) -> dict[int, int]:
        """Return the last course in which each user is seen, for those who are."""
        together = self.together(enrolled)
        shown: dict[int, int] = {}
        for user_id, courses in enrolled.items():
            for course in reversed(courses):
                if self.sees(user_id, course, together):
                    shown[user_id] = course.id
                    break
        return shown

    def sees(self, user_id: int, course: CourseOfUser, together: set[tuple[int, int]]) -> bool:
        """Tell whether a user is seen in a course."""
        if not self._sees_people(course.id):
            return False
        return not self._is_divided(course) or (user_id, course.id) in together

    def _sees_people(self, course_id: int) -> bool:
        place = self._courses.get(course_id)
        return place is not None and self._places.course(place).views

    def _is_divided(self, course: CourseOfUser) -> bool:
        """Tell whether groups keep the caller apart from others in a course."""
        if course.groupmode != SEPARATE_GROUPS:
            return False
        return not self._call.permissions.may(ALL_GROUPS, self._courses[course.id])

    def together(self, enrolled: Mapping[int, Sequence[CourseOfUser]]) -> set[tuple[int, int]]:
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
