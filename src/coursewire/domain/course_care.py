"""What the console does to courses and to those in them, each with its rights."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import (
    activities,
    activity_changes,
    categories,
    contexts,
    course_changes,
    course_deletion,
    course_formats,
    course_rights,
    courses,
    edit_marks,
    enrolments,
    groupings,
    user_care,
    users,
)
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.courses import NewCourse
from coursewire.domain.enrolments import ACTIVE, SUSPENDED, Enrolment
from coursewire.domain.site import SITE_COURSE
from coursewire.store import courses as course_rows
from coursewire.store import enrolments as enrolment_rows
from coursewire.store.enrolments import Instance

CREATE = "moodle/course:create"
DELETE = "moodle/course:delete"
ENROL = "enrol/manual:enrol"
UNENROL = "enrol/manual:unenrol"
MANAGE = "enrol/manual:manage"
ACTIVITIES = "moodle/course:manageactivities"
GROUP_MODES = (0, 1, 2)
# What a person changes of a course, and what must not have changed meanwhile.
FIELDS = (
    "fullname",
    "shortname",
    "idnumber",
    "category",
    "visible",
    "startdate",
    "enddate",
    "format",
    "groupmode",
    "groupmodeforce",
    "defaultgroupingid",
    "summary",
)


def place(call: Call, course_id: int) -> Context:
    """Return the context of a course."""
    return contexts.get(call.session, contexts.COURSE, course_id)


def create(call: Call, new: NewCourse) -> int:
    """Create a course into which people can be enrolled by hand."""
    categories.require(call.session, new.category)
    require_may_create(call, new.category)
    with call.transaction():
        made = courses.create(call, new)
        _way(call, made.id)
        return made.id


def require_may_create(call: Call, category_id: int = 0) -> None:
    """Refuse courses in a category, or in the whole site, that are not the caller's to create."""
    call.permissions.require(CREATE, categories.place(call.session, category_id))


def open_to(call: Call, category_ids: Collection[int]) -> set[int]:
    """Return those of the categories in which the caller may create courses."""
    places = contexts.of_instances(call.session, contexts.CATEGORY, category_ids)
    return {each for each, place in places.items() if call.permissions.may(CREATE, place)}


def change(
    call: Call,
    course_id: int,
    values: Mapping[str, Any],
    options: Mapping[str, int | str],
    seen: str,
) -> None:
    """Change a course that is still as it was seen; only what differs is written."""
    with call.transaction():
        course_changes.lock(call, course_id, values)
        course = courses.require(call.session, course_id)
        require_changeable(call, course_id)
        where = place(call, course_id)
        edit_marks.require_unchanged(course, FIELDS, seen)
        wanted = {name: value for name, value in values.items() if value != getattr(course, name)}
        course_rights.require_all(call, course, where, wanted)
        _require_known_format(wanted.get("format", course.format), course.format)
        _require_group_use(call, course_id, wanted)
        chosen = _differing_options(call, course_id, wanted.get("format", course.format), options)
        if wanted or chosen:
            course_changes.change(call, course_id, wanted, chosen)


def require_changeable(call: Call, course_id: int) -> None:
    """Refuse to change the course of the site, and one that is not the caller's to change."""
    if course_id == SITE_COURSE:
        reason = "the course of the site cannot be changed in this way"
        raise InvalidParameter(reason, remedy="change the settings of the site")
    call.permissions.require(course_rights.UPDATE, place(call, course_id))


def options_of(call: Call, course_id: int, kind: str) -> dict[str, int | str]:
    """Return the options that a course has, or would have, in a format."""
    stored = course_rows.format_options(call.session, [course_id]).get((course_id, kind), {})
    return course_formats.options(kind, stored)


def delete(call: Call, course_id: int) -> None:
    """Delete a course with everything in it."""
    require_deletable(call, course_id)
    course_deletion.delete(call, course_id)


def require_deletable(call: Call, course_id: int) -> None:
    """Refuse to delete a course that stays, or that is not the caller's to delete."""
    call.permissions.require(DELETE, place(call, course_id))
    course_deletion.require_deletable(course_id)


def enrol(call: Call, course_id: int, people: Sequence[Enrolment]) -> None:
    """Enrol people by hand; the role must be one that the acting person may give (AUTHZ-8)."""
    where = place(call, course_id)
    call.permissions.require(ENROL, where)
    for role_id in {each.role_id for each in people if each.role_id}:
        user_care.require_may_give(call, role_id, where)
    with call.transaction():
        user_ids = {each.user_id for each in people}
        users.hold(call.session, user_ids)
        for user in users.of_ids(call.session, user_ids).values():
            users.require_active_record(call, user)
        enrolments.enrol(call, {_way(call, course_id): people})


def unenrol(call: Call, course_id: int, user_id: int) -> bool:
    """End somebody's enrolment by hand; False when there was none."""
    require_may_unenrol(call, course_id)
    with call.transaction():
        return bool(enrolments.unenrol(call, _way(call, course_id), [user_id]))


def require_may_unenrol(call: Call, course_id: int) -> None:
    """Refuse to end enrolments by hand without the right to."""
    call.permissions.require(UNENROL, place(call, course_id))


def suspend(call: Call, course_id: int, user_id: int, *, suspended: bool) -> None:
    """Suspend an enrolment by hand, or let it count again; its times stay.

    The course is held, so that who is just being taken out is not enrolled anew (DUR-6).
    """
    call.permissions.require(MANAGE, place(call, course_id))
    with call.transaction():
        # First, as in the deletion of users, so that neither waits for the other.
        users.hold_there(call.session, [user_id])
        course_rows.hold(call.session, [course_id])
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
    with call.transaction():
        activity = activities.require(call.session, cmid)
        # The grouping that is found there stays.
        course_rows.lock(call.session, [activity.course_id])
        call.permissions.require(ACTIVITIES, contexts.get(call.session, contexts.MODULE, cmid))
        wanted = {"groupmode": groupmode, "defaultgroupingid": grouping_id}
        _require_group_use(call, activity.course_id, wanted)
        activity_changes.change(call, cmid, {"groupmode": groupmode, "groupingid": grouping_id})


def open_activities(call: Call, cmids: Collection[int]) -> set[int]:
    """Return those of the activities whose use of groups the caller may change."""
    places = contexts.of_instances(call.session, contexts.MODULE, cmids)
    return {each for each, place in places.items() if call.permissions.may(ACTIVITIES, place)}


def _require_known_format(wanted: str, present: str) -> None:
    known = [kind for kind in course_formats.OPTIONS if kind != course_formats.SITE]
    if wanted not in (*known, present):
        reason = f"{wanted!r} is no format of courses"
        raise InvalidParameter(reason, remedy=f"choose one of {', '.join(known)}")


def _require_group_use(call: Call, course_id: int, wanted: Mapping[str, Any]) -> None:
    """Refuse a group mode that there is not, and a grouping of another course."""
    groupmode = wanted.get("groupmode", 0)
    if groupmode not in GROUP_MODES:
        reason = f"{groupmode} is no group mode"
        raise InvalidParameter(reason, remedy="use 0, 1 or 2")
    grouping_id = wanted.get("defaultgroupingid", 0)
    found = groupings.of_ids(call, [grouping_id]).get(grouping_id) if grouping_id else None
    if grouping_id and (found is None or found.course_id != course_id):
        reason = f"the course has no grouping {grouping_id}"
        raise InvalidParameter(reason, remedy="choose one of the course")


def _differing_options(
    call: Call, course_id: int, kind: str, options: Mapping[str, int | str]
) -> dict[str, int | str]:
    present = options_of(call, course_id, kind)
    return {
        name: value for name, value in options.items() if name in present and present[name] != value
    }


def _way(call: Call, course_id: int) -> Instance:
    """Return the way of enrolling by hand, opened now where the course has none."""
    found = enrolments.enabled_instance(call, course_id)
    if found is None:
        # Nobody else opens one meanwhile, nor deletes the course.
        course_rows.lock(call.session, [course_id])
        courses.require(call.session, course_id)
        found = enrolments.enabled_instance(call, course_id)
    if found is None:
        if enrolments.MANUAL not in call.site.enrol_plugins:
            raise InvalidParameter("enrolling by hand is off", remedy="turn it on in the settings")
        found = enrolments.get_instance(call.session, enrolments.add_instance(call, course_id))
    return found
