"""Groups and groupings asked for by id, each checked in its own course before the next."""

from collections.abc import Sequence

from coursewire.domain import groupings, groups
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.managed_courses import ManagedCourses
from coursewire.store.groupings import GroupingRecord
from coursewire.store.groups import GroupRecord


def groups_of(call: Call, ids: Sequence[int]) -> list[tuple[GroupRecord, Context]]:
    """Return groups with their courses, in the order asked for and as often."""
    managed = ManagedCourses(call)
    found = groups.of_ids(call, ids)
    chosen = (groups.require(found, group_id) for group_id in ids)
    return [(group, managed.soft(group.course_id)) for group in chosen]


def groupings_of(call: Call, ids: Sequence[int]) -> list[tuple[GroupingRecord, Context]]:
    """Return groupings with their courses, in the order asked for and as often."""
    managed = ManagedCourses(call)
    found = groupings.of_ids(call, ids)
    chosen = (groupings.require(found, grouping_id) for grouping_id in ids)
    return [(grouping, managed.hard(grouping.course_id)) for grouping in chosen]
