"""Which courses, and categories with all in them or without it, the caller may delete."""

from coursewire.contracts.errors import MoodleError
from coursewire.domain import contexts, shown_categories
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.shown_categories import MANAGE
from coursewire.domain.site import SITE_COURSE
from coursewire.store import category_contents, courses
from coursewire.store.categories import CategoryRecord
from coursewire.store.courses import CourseRecord

DELETE = "moodle/course:delete"
CREATE = "moodle/course:create"
# Who made a course may take it back for a day.
YOUNG = 86_400


def is_deletable(call: Call, course: CourseRecord, place: Context) -> bool:
    """Tell whether the caller may delete a course: by right, or as their own young one."""
    if call.permissions.may(DELETE, place):
        return True
    return (
        course.id != SITE_COURSE
        and course.creatorid == call.caller.id
        and call.now - course.timecreated < YOUNG
        and call.permissions.may(CREATE, place)
    )


def require_all_within(call: Call, category: CategoryRecord) -> None:
    """Refuse a category in which something is that the caller may not delete."""
    session = call.session
    below = category_contents.within(session, category.path)
    places = contexts.of_instances(session, contexts.CATEGORY, [row.id for row in below])
    inside = courses.of_ids(session, category_contents.courses_within(session, category.path))
    course_places = contexts.of_courses(session, inside)
    kept = [
        f"category {row.id}"
        for row in below
        if not call.permissions.may(MANAGE, places[row.id])
        or not shown_categories.is_shown(call, row, places[row.id])
    ] + [
        f"course {course.id}"
        for course in inside.values()
        if not is_deletable(call, course, course_places[course.id])
    ]
    if kept:
        message = f"You may not delete everything in the category; {kept[0]} is to stay"
        raise MoodleError("youcannotdeletecategory", message)


def require_place_for(call: Call, category: CategoryRecord, target: Context) -> None:
    """Refuse to put what stands directly in a category where the caller may not make such things.

    An empty category goes whatever the rights are where nothing of it will be.
    """
    session = call.session
    needed: list[str] = []
    if category_contents.has_courses(session, category.id):
        needed.append(CREATE)
    if category_contents.has_others(session, category.id):
        needed.append(MANAGE)
    missing = [right for right in needed if not call.permissions.may(right, target)]
    if missing:
        message = f"What is in category {category.id} cannot be moved to {target.where}"
        remedy = f"allow {missing[0]} there to a role of the caller"
        raise MoodleError("youcannotdeletecategory", message, remedy=remedy)
