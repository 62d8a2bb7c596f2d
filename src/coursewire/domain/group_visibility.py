"""Who sees which groups and which of their members: the one place that decides it."""

from collections.abc import Iterable

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.store import group_members as members
from coursewire.store.group_list import ListedGroup, Scope
from coursewire.store.groups import GroupRecord

# What a group's `visibility` means.
ALL = 0  # everybody sees the group and its members
MEMBERS = 1  # members see the group and one another
OWN = 2  # members see the group and their own membership only
NONE = 3  # nobody sees the group; people with the capability below do
KINDS = frozenset({ALL, MEMBERS, OWN, NONE})
# Groups whose members must not be found out cannot be used to split an activity.
PARTICIPATING = frozenset({ALL, MEMBERS})

SEE_HIDDEN = "moodle/course:viewhiddengroups"


def require_visibility(number: int) -> None:
    """Refuse a number that stands for no kind of visibility."""
    if number not in KINDS:
        reason = f"visibility {number} is none of {sorted(KINDS)}"
        raise InvalidParameter(reason)


class GroupViewer:
    """What the caller sees of groups; contexts are those of the courses."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._sees_all: dict[int, bool] = {}
        self._mine: set[int] | None = None

    def groups(self, course: Context, groups: Iterable[GroupRecord]) -> list[GroupRecord]:
        """Return what the caller sees of the groups of a course."""
        if self._everything(course):
            return list(groups)
        return [
            group
            for group in groups
            if group.visibility == ALL
            or (group.visibility in {MEMBERS, OWN} and group.id in self._my_groups())
        ]

    def scope(self, course: Context) -> Scope:
        """Return what the caller sees of the groups of a course, for lists that are read in parts.

        It says the same as `groups`.
        """
        if self._everything(course):
            return Scope(everything=True)
        return Scope(open={ALL}, own={MEMBERS, OWN}, mine=self._my_groups())

    def joined(self, course: Context, groups: Iterable[GroupRecord]) -> list[GroupRecord]:
        """Return what the caller sees of the groups that a user is in.

        Another user's own-only memberships are shown: Moodle asks whether the membership exists,
        not whose it is.
        """
        if self._everything(course):
            return list(groups)
        return [group for group in groups if group.visibility != NONE]

    def members(self, course: Context, group: GroupRecord, users: list[int]) -> list[int]:
        """Return what the caller sees of the members of a group."""
        if group.visibility == ALL or self._everything(course):
            return users
        me = self._call.caller.id
        if group.visibility == MEMBERS:
            return users if me in users else []
        return [me] if group.visibility == OWN and me in users else []

    def only(self, course: Context, group: GroupRecord | ListedGroup) -> int | None:
        """Return which member alone the caller sees: None is all of them, 0 nobody.

        It says the same as `members`, for lists that are read in parts.
        """
        if group.visibility == ALL or self._everything(course):
            return None
        if group.visibility not in {MEMBERS, OWN} or group.id not in self._my_groups():
            return 0
        return None if group.visibility == MEMBERS else self._call.caller.id

    def sees_membership(self, course: Context, group: GroupRecord, user_id: int) -> bool:
        """Tell whether the caller could know that a member of a group is one."""
        if group.visibility == ALL or self._everything(course):
            return True
        if user_id == self._call.caller.id:
            return group.visibility in {MEMBERS, OWN}
        return group.visibility == MEMBERS and group.id in self._my_groups()

    def left(self, group_id: int) -> None:
        """Note that the caller is no longer in a group."""
        self._my_groups().discard(group_id)

    def _everything(self, course: Context) -> bool:
        if course.id not in self._sees_all:
            self._sees_all[course.id] = self._call.permissions.may(SEE_HIDDEN, course)
        return self._sees_all[course.id]

    def _my_groups(self) -> set[int]:
        if self._mine is None:
            self._mine = members.groups_of_user(self._call.session, self._call.caller.id)
        return self._mine
