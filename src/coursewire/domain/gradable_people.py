"""The people of a course who can be graded, as the caller sees them."""

from collections.abc import Collection

import msgspec

from coursewire.domain import answer_rows, grade_report, user_details
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.course_people import CourseView
from coursewire.domain.enrolled_people import AT_ONCE
from coursewire.domain.group_visibility import GroupViewer
from coursewire.domain.shown_fields import UserDetails
from coursewire.store import group_members, groups, participants, users
from coursewire.store.batches import batches
from coursewire.store.courses import CourseRecord
from coursewire.store.participants import Holders

SEE_SUSPENDED = "moodle/course:viewsuspendedusers"


def find(
    call: Call, course: CourseRecord, place: Context, *, group_id: int, only_active: bool
) -> list[UserDetails]:
    """Return by id what the caller sees of those who are graded in a course, or in one group.

    Separate groups leave nobody out (functions-2.md 10).
    """
    ids = _ids(call, place, group_id, only_active=only_active)
    answer_rows.require_count(call, "users", len(ids))
    view = CourseView(call, course, place, frozenset())
    shown: list[UserDetails] = []
    for some in batches(ids, AT_ONCE):
        known = users.of_ids(call.session, some)
        # Whoever was deleted meanwhile is in the course no more.
        there = [person for person in known.values() if not person.deleted]
        shown += user_details.in_course(call, there, view)
    return shown


def _ids(call: Call, place: Context, group_id: int, *, only_active: bool) -> list[int]:
    active = only_active or not call.permissions.may(SEE_SUSPENDED, place)
    wanted = msgspec.structs.replace(grade_report.graded(call, place, None), active=active)
    if group_id:
        return _of_group(call, place, wanted, group_id)
    return participants.by_id(call.session, wanted, call.most_rows + 1)


def _of_group(call: Call, place: Context, wanted: Holders, group_id: int) -> list[int]:
    """Return those in a group, as far as the caller may know its members."""
    group = groups.of_ids(call.session, [group_id]).get(group_id)
    if group is None or group.course_id != place.instanceid:
        return []
    within = msgspec.structs.replace(wanted, group_ids=[group_id])
    ids = participants.by_id(call.session, within, call.most_rows + 1)
    members: Collection[int] = group_members.of_groups(call.session, [group_id]).get(group_id, [])
    seen = set(GroupViewer(call).members(place, group, list(members)))
    return [user_id for user_id in ids if user_id in seen]
