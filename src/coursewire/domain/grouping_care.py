"""What the console does to groupings and the groups in them, each with its rights."""

from collections.abc import Collection

from coursewire.contracts.core_group.groupings import GroupingChange, NewGrouping
from coursewire.contracts.errors import InvalidParameter, MissingRecord
from coursewire.domain import contexts, edit_marks, group_care, groupings
from coursewire.domain.call import Call
from coursewire.domain.grouping_changes import Changes
from coursewire.domain.grouping_groups import Links
from coursewire.domain.managed_courses import MANAGE
from coursewire.store.groupings import GroupingRecord

# What a person changes of a grouping, and what must not have changed meanwhile.
FIELDS = ("name", "idnumber", "description")


def find(call: Call, course_id: int, grouping_id: int) -> GroupingRecord:
    """Return a grouping of a course."""
    grouping = groupings.of_ids(call, [grouping_id]).get(grouping_id)
    if grouping is None or grouping.course_id != course_id:
        raise MissingRecord(groupings.KIND, grouping_id)
    return grouping


def create(call: Call, new: NewGrouping) -> GroupingRecord:
    """Create a grouping."""
    _require_manager(call, new.courseid)
    return groupings.create(call, new)


def change(call: Call, course_id: int, wanted: GroupingChange, seen: str) -> None:
    """Change a grouping that is still as it was seen."""
    with call.transaction():
        _managed(call, course_id, wanted.id)
        changes = Changes(call, [wanted])
        edit_marks.require_unchanged(changes.check(wanted), FIELDS, seen)
        changes.add(wanted)
        changes.store()


def delete(call: Call, course_id: int, grouping_id: int) -> None:
    """Delete a grouping; its groups stay."""
    with call.transaction():
        groupings.delete(call, [_managed(call, course_id, grouping_id)])


def assign(call: Call, course_id: int, grouping_id: int, group_ids: Collection[int]) -> int:
    """Put groups of the course into a grouping; return how many were not in it."""
    return _link(call, course_id, grouping_id, group_ids, put=True)


def unassign(call: Call, course_id: int, grouping_id: int, group_ids: Collection[int]) -> int:
    """Take groups of the course out of a grouping; return how many were in it."""
    return _link(call, course_id, grouping_id, group_ids, put=False)


def _link(
    call: Call, course_id: int, grouping_id: int, group_ids: Collection[int], *, put: bool
) -> int:
    chosen = list(dict.fromkeys(group_ids))
    if not chosen:
        reason = "no group is named"
        raise InvalidParameter(reason, remedy="tick the groups that are meant")
    with call.transaction():
        _managed(call, course_id, grouping_id)
        links = Links(call, [grouping_id], chosen)
        # Read after the courses are locked: what is found now stays.
        _managed(call, course_id, grouping_id)
        pairs = [
            (grouping_id, group_care.find(call, course_id, group_id).id) for group_id in chosen
        ]
        changing = [pair for pair in pairs if links.has(pair) != put]
        for pair in changing:
            (links.add if put else links.take)(pair)
        (links.store_added if put else links.store_taken)()
    return len(changing)


def _managed(call: Call, course_id: int, grouping_id: int) -> GroupingRecord:
    _require_manager(call, course_id)
    return find(call, course_id, grouping_id)


def _require_manager(call: Call, course_id: int) -> None:
    place = contexts.get(call.session, contexts.COURSE, course_id)
    call.permissions.require(MANAGE, place)
