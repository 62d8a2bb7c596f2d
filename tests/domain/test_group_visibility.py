"""Who sees which groups: every kind, from every side (AUTHZ-6, functions.md 4.6)."""

import pytest

from coursewire.domain import contexts
from coursewire.domain.group_visibility import GroupViewer
from coursewire.store import group_list, member_list
from coursewire.store import groups as rows
from tests.support.school import Classroom

ALL, MEMBERS, OWN, NONE = range(4)


class Sides:
    """A group of one kind, seen by a member, by an outsider and by who sees everything."""

    def __init__(self, room: Classroom, visibility: int) -> None:
        self.room = room
        members = [room.ann, room.ben]
        self.id = room.school.group(room.course, "G", members, visibility=visibility)
        self.group = rows.of_ids(room.site.session, [self.id])[self.id]
        self.place = contexts.get(room.site.session, contexts.COURSE, room.course)

    def viewer(self, user_id: int) -> GroupViewer:
        return GroupViewer(self.room.call(user_id))

    def listed(self, user_id: int) -> bool:
        return self.viewer(user_id).groups(self.place, [self.group]) == [self.group]

    def joined(self, user_id: int) -> bool:
        return self.viewer(user_id).joined(self.place, [self.group]) == [self.group]

    def members(self, user_id: int) -> list[int]:
        users = [self.room.ann, self.room.ben]
        return self.viewer(user_id).members(self.place, self.group, users)

    def knows(self, user_id: int, member: int) -> bool:
        return self.viewer(user_id).sees_membership(self.place, self.group, member)


@pytest.mark.parametrize(
    ("kind", "member", "outsider"),
    [(ALL, True, True), (MEMBERS, True, False), (OWN, True, False), (NONE, False, False)],
)
def test_a_list_of_groups(classroom: Classroom, kind: int, member: bool, outsider: bool) -> None:
    sides = Sides(classroom, kind)
    assert sides.listed(classroom.ann) is member
    assert sides.listed(classroom.cat) is outsider
    assert sides.listed(classroom.teacher)


@pytest.mark.parametrize(
    ("kind", "shown"), [(ALL, True), (MEMBERS, True), (OWN, True), (NONE, False)]
)
def test_the_groups_of_a_user(classroom: Classroom, kind: int, shown: bool) -> None:
    sides = Sides(classroom, kind)
    assert sides.joined(classroom.ann) is shown
    assert sides.joined(classroom.cat) is shown
    assert sides.joined(classroom.teacher)


@pytest.mark.parametrize(
    ("kind", "member", "outsider"),
    [
        (ALL, "both", "both"),
        (MEMBERS, "both", "nobody"),
        (OWN, "me", "nobody"),
        (NONE, "nobody", "nobody"),
    ],
)
def test_the_members_of_a_group(
    classroom: Classroom, kind: int, member: str, outsider: str
) -> None:
    sides = Sides(classroom, kind)
    both = [classroom.ann, classroom.ben]
    shown = {"both": both, "me": [classroom.ann], "nobody": []}
    assert sides.members(classroom.ann) == shown[member]
    assert sides.members(classroom.cat) == shown[outsider]
    assert sides.members(classroom.teacher) == both


@pytest.mark.parametrize(
    ("kind", "own", "by_member", "by_outsider"),
    [
        (ALL, True, True, True),
        (MEMBERS, True, True, False),
        (OWN, True, False, False),
        (NONE, False, False, False),
    ],
)
def test_whether_somebody_is_a_member(
    classroom: Classroom, kind: int, own: bool, by_member: bool, by_outsider: bool
) -> None:
    sides = Sides(classroom, kind)
    assert sides.knows(classroom.ann, classroom.ann) is own
    assert sides.knows(classroom.ann, classroom.ben) is by_member
    assert sides.knows(classroom.cat, classroom.ben) is by_outsider
    assert sides.knows(classroom.teacher, classroom.ben)


@pytest.mark.parametrize("kind", [ALL, MEMBERS, OWN, NONE])
@pytest.mark.parametrize("person", ["ann", "cat", "teacher"])
def test_lists_that_are_read_in_parts_show_the_same(
    classroom: Classroom, kind: int, person: str
) -> None:
    """What SQL leaves out is what the rules leave out."""
    sides, user_id = Sides(classroom, kind), getattr(classroom, person)
    viewer, session = sides.viewer(user_id), classroom.site.session
    wanted = group_list.Wanted(course_id=classroom.course, scope=viewer.scope(sides.place))
    there = {group.id for group in group_list.page(session, wanted, 50)}
    assert (sides.id in there) is sides.listed(user_id)
    assert group_list.count(session, wanted) == len(there)
    only = viewer.only(sides.place, sides.group)
    members = member_list.Wanted(group_id=sides.id, only=only)
    seen = [member.user_id for member in member_list.page(session, members, 50)]
    assert seen == sides.members(user_id)
    assert member_list.count(session, members) == len(seen)
