"""Members of groups: joining, leaving, and what a caller sees of them."""

from collections.abc import Iterable, Sequence
from functools import partial

from coursewire.contracts.errors import InvalidParameter, MissingRecord, MoodleError
from coursewire.domain import answer_rows, id_ranges, users
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.group_visibility import GroupViewer
from coursewire.store import courses, enrolments
from coursewire.store import group_members as store
from coursewire.store import groups as groups_store
from coursewire.store.group_members import Pair
from coursewire.store.groups import GroupRecord

SITE_COURSE = enrolments.SITE_COURSE
# A membership that an enrolment plugin made ends with the enrolment, not otherwise.
_OWNING = "enrol_"


class Memberships:
    """The memberships that one call adds or ends, looked up together.

    The courses are locked from the beginning, so nobody is enrolled or unenrolled meanwhile.
    """

    def __init__(self, call: Call, pairs: Sequence[Pair]) -> None:
        self._call = call
        session = call.session
        group_ids = {group_id for group_id, _ in pairs}
        # Before the courses, as in the deletion of users, so that neither waits for the other.
        users.hold(session, {user_id for _, user_id in pairs})
        courses.lock(session, groups_store.course_ids(session, group_ids))
        self._groups = groups_store.of_ids(session, group_ids)
        self._users = store.existing_users(session, {user_id for _, user_id in pairs})
        self._members = store.memberships(session, set(pairs))
        self._viewer = GroupViewer(call)
        self._changed: list[Pair] = []

    def group(self, pair: Pair) -> GroupRecord:
        """Return the group of a pair, after looking for both the group and the user."""
        group_id, user_id = pair
        group = self._groups.get(group_id)
        if group is None:
            raise MissingRecord("group", group_id)
        if user_id not in self._users:
            raise MissingRecord("user", user_id)
        return group

    def enrolled(self, pairs: Iterable[Pair]) -> set[Pair]:
        """Return those pairs whose user is enrolled, in any state, in the course of the group."""
        wanted: dict[int, set[Pair]] = {}
        for pair in pairs:
            if pair[0] in self._groups:
                wanted.setdefault(self._groups[pair[0]].course_id, set()).add(pair)
        found: set[Pair] = set()
        for course_id, some in wanted.items():
            people = {user_id for _, user_id in some}
            there = enrolled(self._call, course_id, people)
            found.update(pair for pair in some if pair[1] in there)
        return found

    def has(self, pair: Pair) -> bool:
        """Tell whether the user is in the group, whoever may know that."""
        return pair in self._members

    def add(self, pair: Pair) -> None:
        """Keep a membership for storing."""
        group_id, user_id = pair
        self._members[pair] = store.MembershipRecord(group_id, user_id, "")
        self._changed.append(pair)

    def take(self, pair: Pair, course: Context) -> None:
        """Keep a membership for deletion; nothing happens where the caller cannot know of it."""
        member = self._members.get(pair)
        if member is None:
            return
        if member.component.startswith(_OWNING):
            message = "This membership belongs to the enrolment that made it"
            raise MoodleError("errorremovenotpermitted", message)
        if not self._viewer.sees_membership(course, self._groups[pair[0]], pair[1]):
            return
        del self._members[pair]
        if pair[1] == self._call.caller.id:
            self._viewer.left(pair[0])
        self._changed.append(pair)

    def store_added(self) -> None:
        """Insert the memberships and record it."""
        if self._changed:
            store.add_many(self._call.session, self._changed, self._call.now)
            self._record("group.add_members")

    def store_taken(self) -> None:
        """Delete the memberships and record it."""
        if self._changed:
            store.remove_many(self._call.session, self._changed)
            self._record("group.remove_members")

    def _record(self, action: str) -> None:
        by_group: dict[int, list[int]] = {}
        for group_id, user_id in self._changed:
            by_group.setdefault(group_id, []).append(user_id)
        groups_store.touch(self._call.session, by_group, self._call.now)
        users = {str(key): id_ranges.written(ids) for key, ids in by_group.items()}
        target = f"group {id_ranges.written(by_group)}"
        self._call.audit.record(action, target, users=users)


def enrolled(call: Call, course_id: int, user_ids: set[int]) -> set[int]:
    """Return those of the users who are enrolled in any state; on the front page all but guest."""
    if course_id == SITE_COURSE:
        return user_ids - {call.site.guest_id}
    return enrolments.enrolled(call.session, user_ids, course_id)


def not_enrolled(group: GroupRecord, user_id: int) -> InvalidParameter:
    """Return the refusal of a member who is not enrolled in the course of the group."""
    return InvalidParameter(f"user {user_id} is not enrolled in course {group.course_id}")


def add(call: Call, pairs: Sequence[Pair]) -> None:
    """Make users members where they are not yet; who may do that is decided before."""
    with call.transaction():
        memberships = Memberships(call, pairs)
        enrolled_pairs = memberships.enrolled(pairs)
        for pair in pairs:
            group = memberships.group(pair)
            if pair not in enrolled_pairs:
                raise not_enrolled(group, pair[1])
            if not memberships.has(pair):
                memberships.add(pair)
        memberships.store_added()


def of_groups(call: Call, group_ids: Iterable[int]) -> dict[int, list[int]]:
    """Return the users of each group that has any, by last and first name."""
    wanted = set(group_ids)
    answer_rows.require_few(call, "members", partial(store.are_more, group_ids=wanted))
    return store.of_groups(call.session, wanted)
