"""Groups and groupings asked for by id, each checked in its own course before the next."""

from collections.abc import Generator, Mapping, Sequence

from coursewire.domain import groupings, groups
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.managed_courses import ManagedCourses
from coursewire.store.groupings import GroupingRecord
from coursewire.store.groups import GroupRecord


def in_turn(
    call: Call, found: Mapping[int, GroupRecord], ids: Sequence[int]
) -> Generator[tuple[GroupRecord, Context]]:
    """Give groups with their courses, in the order asked for and as often.

    One at a time: what is wrong with showing one is told before what is wrong with the next.
    """
    managed = ManagedCourses(call)
    for group_id in ids:
        group = groups.require(found, group_id)
        yield group, managed.soft(group.course_id)


def groupings_in_turn(
    call: Call, found: Mapping[int, GroupingRecord], ids: Sequence[int]
) -> Generator[tuple[GroupingRecord, Context]]:
    """Give groupings with their courses, as `in_turn` does groups: those in them are shown too."""
    managed = ManagedCourses(call)
    for grouping_id in ids:
        grouping = groupings.require(found, grouping_id)
        yield grouping, managed.hard(grouping.course_id)
