"""What the console does to courses and to those in them, each with its rights."""

from collections.abc import Sequence

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import (
    activities,
    activity_changes,
    categories,
    contexts,
    course_deletion,
    courses,
    enrolments,
    groupings,
    user_care,
)
from coursewire.domain.call import Call
from coursewire.domain.categories import NewCategory
from coursewire.domain.contexts import Context
from coursewire.domain.courses import NewCourse
from coursewire.domain.enrolments import ACTIVE, SUSPENDED, Enrolment
from coursewire.store import enrolments as enrolment_rows
from coursewire.store.enrolments import Instance

CREATE = "moodle/course:create"
DELETE = "moodle/course:delete"
MANAGE_CATEGORIES = "moodle/category:manage"
ENROL = "enrol/manual:enrol"
UNENROL = "enrol/manual:unenrol"
MANAGE = "enrol/manual:manage"
ACTIVITIES = "moodle/course:manageactivities"


def place(call: Call, course_id: int) -> Context:
    """Return the context of a course."""
    return contexts.get(call.session, contexts.COURSE, course_id)


def create_category(call: Call, new: NewCategory) -> int:
    """Create a category."""
    call.permissions.require(MANAGE_CATEGORIES, categories.place(call.session, new.parent))
    return categories.create(call, new).id


def create(call: Call, new: NewCourse) -> int:
    """Create a course into which people can be enrolled by hand."""
    categories.require(call.session, new.category)
    call.permissions.require(CREATE, categories.place(call.session, new.category))
    with call.transaction():
        made = courses.create(call, new)
        _way(call, made.id)
        return made.id


def delete(call: Call, course_id: int) -> None:
    """Delete a course with everything in it."""
    call.permissions.require(DELETE, place(call, course_id))
    course_deletion.delete(call, course_id)


def enrol(call: Call, course_id: int, people: Sequence[Enrolment]) -> None:
    """Enrol people by hand; the role must be one that the acting person may give (AUTHZ-8)."""
    where = place(call, course_id)
    call.permissions.require(ENROL, where)
    for role_id in {each.role_id for each in people if each.role_id}:
        user_care.require_may_give(call, role_id, where)
    with call.transaction():
        enrolments.enrol(call, {_way(call, course_id): people})


def unenrol(call: Call, course_id: int, user_id: int) -> bool:
    """End somebody's enrolment by hand; False when there was none."""
    call.permissions.require(UNENROL, place(call, course_id))
    with call.transaction():
        return bool(enrolments.unenrol(call, _way(call, course_id), [user_id]))


def suspend(call: Call, course_id: int, user_id: int, *, suspended: bool) -> None:
    """Suspend an enrolment by hand, or let it count again; its times stay."""
    call.permissions.require(MANAGE, place(call, course_id))
    with call.transaction():
        way = _way(call, course_id)
        there = enrolment_rows.in_instance(call.session, way.id, [user_id]).get(user_id)
        if there is None:
            reason = f"user {user_id} is not enrolled by hand in course {course_id}"
            raise InvalidParameter(reason, remedy="change it where it was made")
        wanted = Enrolment(
            user_id=user_id,
            status=SUSPENDED if suspended else ACTIVE,
            timestart=there.timestart,
            timeend=there.timeend,
        )
        enrolments.enrol(call, {way: [wanted]})


def set_groups(call: Call, cmid: int, groupmode: int, grouping_id: int) -> None:
    """Say how an activity uses groups, and which grouping."""
    activity = activities.require(call.session, cmid)
    call.permissions.require(ACTIVITIES, contexts.get(call.session, contexts.MODULE, cmid))
    if groupmode not in (0, 1, 2):
        reason = f"{groupmode} is no group mode"
        raise InvalidParameter(reason, remedy="use 0, 1 or 2")
    own = {grouping.id for grouping in groupings.of_course(call, activity.course_id)}
    if grouping_id and grouping_id not in own:
        reason = f"the course has no grouping {grouping_id}"
        raise InvalidParameter(reason, remedy="choose one of the course")
    activity_changes.change(call, cmid, {"groupmode": groupmode, "groupingid": grouping_id})


def _way(call: Call, course_id: int) -> Instance:
    """Return the way of enrolling by hand, opened now where the course has none."""
    found = enrolments.enabled_instance(call, course_id)
    if found is None:
        if enrolments.MANUAL not in call.site.enrol_plugins:
            raise InvalidParameter("enrolling by hand is off", remedy="turn it on in the settings")
        found = enrolments.get_instance(call.session, enrolments.add_instance(call, course_id))
    return found
