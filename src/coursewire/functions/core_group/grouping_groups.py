"""Bodies of core_group for the groups that a grouping gathers."""

from collections.abc import Sequence

from coursewire.contracts.core_group import grouping_groups as c
from coursewire.domain import groupings, groups
from coursewire.domain.call import Call
from coursewire.domain.grouping_groups import Links
from coursewire.domain.managed_courses import ManagedCourses
from coursewire.functions.binding import Bound


def assign_grouping(call: Call, params: c.AssignGrouping) -> None:
    """Put groups into groupings: all of them or none."""
    _change(call, params.assignments, put=True)


def unassign_grouping(call: Call, params: c.UnassignGrouping) -> None:
    """Take groups out of groupings: all of them or none."""
    _change(call, params.unassignments, put=False)


def _change(call: Call, items: Sequence[c.GroupingGroup], *, put: bool) -> None:
    with call.transaction():
        courses = ManagedCourses(call)
        grouping_ids = [item.groupingid for item in items]
        group_ids = [item.groupid for item in items]
        links = Links(call, grouping_ids, group_ids)
        known_groupings = groupings.of_ids(call, grouping_ids)
        known_groups = groups.of_ids(call, group_ids)
        for item in items:
            grouping = groupings.require(known_groupings, item.groupingid)
            group = groups.require(known_groups, item.groupid)
            pair = (grouping.id, group.id)
            if links.has(pair) == put:
                # Nothing to do, so Moodle asks for no right.
                continue
            # The grouping's course decides; Moodle lets a grouping gather groups of others.
            courses.hard(grouping.course_id)
            if put:
                links.add(pair)
            else:
                links.take(pair)
        if put:
            links.store_added()
        else:
            links.store_taken()


FUNCTIONS = (
    Bound(c.assign_grouping, assign_grouping),
    Bound(c.unassign_grouping, unassign_grouping),
)
