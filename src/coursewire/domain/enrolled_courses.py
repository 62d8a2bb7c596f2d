"""The courses of users, in the order in which users see them (functions.md 4.5)."""

from collections.abc import Callable, Collection, Mapping

from coursewire.domain import contexts, permissions
from coursewire.domain.site import Site
from coursewire.store import enrolments as store
from coursewire.store.enrolments import CourseOfUser
from coursewire.store.session import Session

SEE_HIDDEN = "moodle/course:viewhiddencourses"

ORDERS: Mapping[str, Callable[[CourseOfUser], int | str]] = {
    "sortorder": lambda course: course.sortorder,
    "fullname": lambda course: course.fullname,
    "shortname": lambda course: course.shortname,
    "idnumber": lambda course: course.idnumber,
}


def of_user(
    session: Session, user_id: int, site: Site, active_at: int | None = None
) -> list[CourseOfUser]:
    """Return a user's courses: of any enrolment, or those that the user can enter at a time."""
    return of_users(session, [user_id], site, active_at).get(user_id, [])


def of_users(
    session: Session, user_ids: Collection[int], site: Site, active_at: int | None = None
) -> dict[int, list[CourseOfUser]]:
    """Return the courses of those users who have any, as `of_user` does.

    At a time, hidden courses count only for users who may see them. The guest has no courses.
    """
    asked = [user_id for user_id in user_ids if user_id != site.guest_id]
    found = store.courses_of(session, asked, active_at)
    if active_at is not None:
        found = _without_hidden(session, found, site)
    order = ORDERS.get(str(site.settings["navsortmycoursessort"]), ORDERS["sortorder"])
    hidden_last = bool(site.settings["navsortmycourseshiddenlast"])
    for courses in found.values():
        courses.sort(key=lambda course: (hidden_last and not course.visible, order(course)))
    return found


def _without_hidden(
    session: Session, found: dict[int, list[CourseOfUser]], site: Site
) -> dict[int, list[CourseOfUser]]:
    hidden = {
        user_id: {course.id for course in courses if not course.visible}
        for user_id, courses in found.items()
        if not all(course.visible for course in courses)
    }
    if not hidden:
        return found
    places = contexts.of_courses(session, set[int]().union(*hidden.values()))
    judges = permissions.of_users(session, list(hidden), site)
    for user_id, course_ids in hidden.items():
        judge = judges.get(user_id)
        closed = {
            course_id
            for course_id in course_ids
            if judge is None
            or course_id not in places
            or not judge.may(SEE_HIDDEN, places[course_id])
        }
        found[user_id] = [course for course in found[user_id] if course.id not in closed]
    return found
