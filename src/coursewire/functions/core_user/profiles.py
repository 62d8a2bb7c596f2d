"""Bodies of core_user for finding users and reading what the caller may see of them."""

from collections.abc import Collection

from coursewire.contracts.core_user import profiles as c
from coursewire.contracts.parts import CallWarning
from coursewire.domain import contexts, user_details, user_search, users
from coursewire.domain.call import Call
from coursewire.domain.course_people import COURSES, GROUPS, ROLES, CourseView
from coursewire.domain.user_details import shown_as
from coursewire.domain.validation import validate_context
from coursewire.functions.binding import Bound
from coursewire.store import courses
from coursewire.store.users import UserRecord

# What people are in a course, as profiles tell it.
_TOLD = frozenset({GROUPS, ROLES, COURSES})


def get_users(call: Call, params: c.GetUsers) -> c.FoundUsers:
    """Find users; no right is needed, since each user is shown only as far as the caller may see.

    No context is validated: an account that must change its password first may search.
    """
    wanted = user_search.asked(
        ((criterion.key, criterion.value) for criterion in params.criteria),
        extended_usernames=call.site.extendedusernamechars,
    )
    found = user_search.search(call, wanted)
    return c.FoundUsers(
        users=shown_as(c.User, found),
        warnings=[_left_out(key) for key in wanted.unknown],
    )


def _left_out(key: str) -> CallWarning:
    message = f"Users cannot be searched by {key!r}; the criterion is left out"
    return CallWarning(item=key, warningcode="invalidfieldparameter", message=message)


def get_users_by_field(call: Call, params: c.GetUsersByField) -> list[c.User]:
    """Read users by exact values, as far as the caller may see them and that field of them."""
    found = user_search.by_field(call, params.field, params.values)
    validate_context(call, call.site.system)
    shown = user_details.in_any_course(call, found)
    return shown_as(c.User, user_search.seen_with(params.field, shown))


def get_course_user_profiles(call: Call, params: c.GetCourseUserProfiles) -> list[c.UserProfile]:
    """Read users as they appear in courses; of a user's courses the last one named counts."""
    chosen = {item.userid: item.courseid for item in params.userlist}
    people = users.of_ids(call.session, chosen)
    by_course: dict[int, list[UserRecord]] = {}
    for user_id in sorted(people):
        if not people[user_id].deleted:
            by_course.setdefault(chosen[user_id], []).append(people[user_id])
    views = _views(call, by_course)
    shown = [
        details
        for course_id, some in by_course.items()
        for details in user_details.in_course(call, some, views[course_id])
    ]
    return sorted(shown_as(c.UserProfile, shown), key=lambda profile: profile.id)


def _views(call: Call, course_ids: Collection[int]) -> dict[int, CourseView]:
    """Enter the courses in order, each once."""
    places = contexts.of_courses(call.session, course_ids)
    found = courses.of_ids(call.session, course_ids)
    views: dict[int, CourseView] = {}
    for course_id in course_ids:
        place = validate_context(call, places.get(course_id))
        views[course_id] = CourseView(call, found[course_id], place, _TOLD)
    return views


FUNCTIONS = (
    Bound(c.get_users, get_users, long=True),
    Bound(c.get_users_by_field, get_users_by_field, long=True),
    Bound(c.get_course_user_profiles, get_course_user_profiles, long=True),
)
