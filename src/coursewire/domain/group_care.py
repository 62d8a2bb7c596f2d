"""What the console does to groups and their members, each with its rights."""

from collections.abc import Collection, Sequence

from coursewire.contracts.core_group.groups import GroupChange, NewGroup
from coursewire.contracts.errors import InvalidParameter, MissingRecord
from coursewire.domain import contexts, edit_marks, group_members, groups
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.group_changes import Changes
from coursewire.domain.group_members import Memberships
from coursewire.domain.group_visibility import GroupViewer
from coursewire.domain.managed_courses import MANAGE
from coursewire.store import group_list
from coursewire.store.group_list import ListedGroup
from coursewire.store.groups import GroupRecord

# What a person changes of a group, and what must not have changed meanwhile.
FIELDS = ("name", "idnumber", "description", "enrolmentkey", "visibility", "participation")


def find(call: Call, course_id: int, group_id: int) -> GroupRecord:
    """Return a group of a course that the caller sees; any other does not exist for them."""
    place = contexts.get(call.session, contexts.COURSE, course_id)
    group = groups.of_ids(call, [group_id]).get(group_id)
    there = [] if group is None or group.course_id != course_id else [group]
    for seen in GroupViewer(call).groups(place, there):
        return seen
    raise MissingRecord(groups.KIND, group_id)


def with_members_seen(call: Call, course_id: int, group_id: int) -> GroupRecord:
    """Return a group of a course of which the caller sees all members."""
    group = find(call, course_id, group_id)
    place = contexts.get(call.session, contexts.COURSE, course_id)
    if GroupViewer(call).only(place, group) is not None:
        raise MissingRecord(groups.KIND, group_id)
    return group


def choices(call: Call, course_id: int, most: int) -> list[ListedGroup]:
    """Return the first groups of a course, by name, of which the caller sees all members."""
    viewer, place = GroupViewer(call), contexts.get(call.session, contexts.COURSE, course_id)
    wanted = group_list.Wanted(course_id=course_id, scope=viewer.scope(place))
    found = group_list.page(call.session, wanted, most)
    return [group for group in found if viewer.only(place, group) is None]


def create(call: Call, new: NewGroup) -> GroupRecord:
    """Create a group."""
    _require_manager(call, new.courseid)
    return groups.create(call, new)


def change(call: Call, course_id: int, wanted: GroupChange, seen: str) -> None:
    """Change a group that is still as it was seen."""
    with call.transaction():
        _managed(call, course_id, wanted.id)
        changes = Changes(call, [wanted])
        edit_marks.require_unchanged(changes.check(wanted), FIELDS, seen)
        changes.add(wanted)
        changes.store()


def delete(call: Call, course_id: int, group_id: int) -> None:
    """Delete a group with its memberships; the people stay in the course."""
    with call.transaction():
        group, _ = _managed(call, course_id, group_id)
        groups.delete(call, [group])


def add_members(call: Call, course_id: int, group_id: int, user_ids: Sequence[int]) -> int:
    """Put people who are enrolled into a group; return how many were not in it."""
    pairs = [(group_id, user_id) for user_id in dict.fromkeys(user_ids)]
    with call.transaction():
        _managed(call, course_id, group_id)
        memberships = Memberships(call, pairs)
        enrolled = memberships.enrolled(pairs)
        added = 0
        for pair in pairs:
            group = memberships.group(pair)
            if pair not in enrolled:
                raise group_members.not_enrolled(group, pair[1])
            if not memberships.has(pair):
                memberships.add(pair)
                added += 1
        memberships.store_added()
    return added


def remove_members(call: Call, course_id: int, group_id: int, user_ids: Collection[int]) -> int:
    """Take people out of a group; return how many were in it, as far as the caller sees them."""
    pairs = [(group_id, user_id) for user_id in dict.fromkeys(user_ids)]
    if not pairs:
        reason = "nobody is named"
        raise InvalidParameter(reason, remedy="tick those who are to leave the group")
    with call.transaction():
        _, place = _managed(call, course_id, group_id)
        memberships = Memberships(call, pairs)
        before = {pair for pair in pairs if memberships.has(pair)}
        for pair in before:
            memberships.take(pair, place)
        memberships.store_taken()
        return sum(not memberships.has(pair) for pair in before)


def _managed(call: Call, course_id: int, group_id: int) -> tuple[GroupRecord, Context]:
    place = _require_manager(call, course_id)
    return find(call, course_id, group_id), place


def _require_manager(call: Call, course_id: int) -> Context:
    place = contexts.get(call.session, contexts.COURSE, course_id)
    call.permissions.require(MANAGE, place)
    return place
