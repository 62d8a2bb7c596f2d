"""In which of their courses the caller may look at people."""

from collections.abc import Collection, Mapping, Sequence

from coursewire.domain import contexts, enrolled_courses
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.group_visibility import PARTICIPATING
from coursewire.domain.user_places import Place, Places
from coursewire.store import group_members, users
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
    """Return in which of a user's courses the caller may look at the user.

    Who answers for a course is seen by everybody, in their other courses as well.
    """
    theirs = {course.id for course in enrolled if course.id in places}
    looking = _Looking(call, Places(call), places)
    together = looking.together({user_id: enrolled})
    known = {course.id for course in enrolled if looking.knows(user_id, course, together)}
    # Whether the user is a contact is asked only where the answer matters.
    if known != theirs and users.with_roles(
        call.session, [user_id], call.site.course_contact_roles
    ):
        return theirs
    return known


class _Looking:
    """One look at a set of people; whom the caller shares groups with is read once for all."""

    def __init__(self, call: Call, places: Places, courses: Mapping[int, Context]) -> None:
        self._call = call
        self._places = places
        self._courses = courses
        # Where profiles are open, a course keeps nobody apart.
        self._are_open = not call.site.settings["forceloginforprofiles"]

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
        """Tell whether the caller sees what a user is in a course."""
        place = self._place(course)
        return place is not None and place.views and self._reaches(user_id, course, together)

    def knows(self, user_id: int, course: CourseOfUser, together: set[tuple[int, int]]) -> bool:
        """Tell whether the caller may know that a user takes part in a course.

        For that the right to all details does as well as the right to some; where profiles are
        open, it takes neither.
        """
        place = self._place(course)
        return (
            place is not None
            and (self._are_open or place.views or place.full)
            and self._reaches(user_id, course, together)
        )

    def _place(self, course: CourseOfUser) -> Place | None:
        context = self._courses.get(course.id)
        return None if context is None else self._places.course(context)

    def _reaches(self, user_id: int, course: CourseOfUser, together: set[tuple[int, int]]) -> bool:
        return not self._is_divided(course) or (user_id, course.id) in together

    def _is_divided(self, course: CourseOfUser) -> bool:
        """Tell whether groups keep the caller apart from others in a course."""
        if self._are_open or course.groupmode != SEPARATE_GROUPS:
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
