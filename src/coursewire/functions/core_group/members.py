"""Bodies of core_group for membership: add, remove, list."""

from coursewire.contracts.core_group import members as c
from coursewire.contracts.core_group.groups import GroupIds
from coursewire.domain import group_members, groups
from coursewire.domain.call import Call
from coursewire.domain.group_members import Memberships
from coursewire.domain.group_visibility import GroupViewer
from coursewire.domain.managed_courses import ManagedCourses
from coursewire.functions.binding import Bound
from coursewire.functions.core_group import managed


def add_group_members(call: Call, params: c.GroupMemberList) -> None:
    """Add users to groups: all of them or none."""
    pairs = [(member.groupid, member.userid) for member in params.members]
    with call.transaction():
        courses = ManagedCourses(call)
        memberships = Memberships(call, pairs)
        enrolled = memberships.enrolled(pairs)
        for pair in pairs:
            group = memberships.group(pair)
            courses.soft(group.course_id)
            if pair not in enrolled:
                raise group_members.not_enrolled(group, pair[1])
            # Also where the caller cannot see the membership; Moodle then fails on its index.
            if not memberships.has(pair):
                memberships.add(pair)
        memberships.store_added()


def delete_group_members(call: Call, params: c.GroupMemberList) -> None:
    """Remove users from groups: all of them or none."""
    pairs = [(member.groupid, member.userid) for member in params.members]
    with call.transaction():
        courses = ManagedCourses(call)
        memberships = Memberships(call, pairs)
        for pair in pairs:
            group = memberships.group(pair)
            course = courses.soft(group.course_id)
            memberships.take(pair, course)
        memberships.store_taken()


def get_group_members(call: Call, params: GroupIds) -> list[c.GroupMembers]:
    """List the ids of the users of each group."""
    found = groups.of_ids(call, params.groupids)
    asked = list(managed.in_turn(call, found, params.groupids))
    users = group_members.of_groups(call, params.groupids)
    viewer = GroupViewer(call)
    return [
        c.GroupMembers(
            groupid=group.id, userids=viewer.members(course, group, users.get(group.id, []))
        )
        for group, course in asked
    ]


FUNCTIONS = (
    Bound(c.add_group_members, add_group_members),
    Bound(c.delete_group_members, delete_group_members),
    Bound(c.get_group_members, get_group_members, long=True),
)
