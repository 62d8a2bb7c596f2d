"""Members of groups: added, removed and listed, each refusal once."""

import pytest
from sqlalchemy import update

from coursewire.contracts.core_group import members as c
from coursewire.contracts.core_group.groups import GroupIds
from coursewire.contracts.errors import InvalidParameter, MissingRecord, MoodleError, NoPermission
from coursewire.domain.enrolments import SUSPENDED
from coursewire.functions.core_group import members as bodies
from coursewire.store import audit as audit_rows
from coursewire.store import groups as group_rows
from coursewire.store.schema.groups import group_members
from coursewire.store.schema.users import users
from tests.support.refusals import refused, unchanged
from tests.support.school import UNKNOWN, Classroom


def chosen(pairs: tuple[tuple[int, int], ...]) -> c.GroupMemberList:
    members = [c.GroupMember(groupid=group, userid=user) for group, user in pairs]
    return c.GroupMemberList(members=members)


def add(room: Classroom, *pairs: tuple[int, int], user: int | None = None) -> None:
    bodies.add_group_members(room.call(user), chosen(pairs))


def remove(room: Classroom, *pairs: tuple[int, int], user: int | None = None) -> None:
    bodies.delete_group_members(room.call(user), chosen(pairs))


def members(room: Classroom, *ids: int, user: int | None = None) -> list[list[int]]:
    answer = bodies.get_group_members(room.call(user), GroupIds(groupids=list(ids)))
    assert [group.groupid for group in answer] == list(ids)
    return [group.userids for group in answer]


@pytest.fixture
def red(classroom: Classroom) -> int:
    return classroom.school.group(classroom.course, "Red")


@pytest.fixture
def manager(classroom: Classroom) -> int:
    """Somebody who manages groups everywhere and does not see the hidden ones."""
    capabilities = ("moodle/course:view", "moodle/course:managegroups")
    return classroom.school.holder("grouper", *capabilities)


class TestAdd:
    def test_members_are_listed_by_last_and_first_name(
        self, classroom: Classroom, red: int
    ) -> None:
        twin = classroom.school.user("twin", "Alder", "Aaron")
        classroom.school.enrol(twin, classroom.course)
        add(classroom, (red, classroom.cat), (red, classroom.ann), (red, twin))
        assert members(classroom, red) == [[twin, classroom.ann, classroom.cat]]

    def test_being_a_member_already_changes_nothing(self, classroom: Classroom, red: int) -> None:
        add(classroom, (red, classroom.ann), (red, classroom.ann), user=classroom.teacher)
        with unchanged(classroom.site.session):
            add(classroom, (red, classroom.ann))

    def test_a_membership_that_the_caller_cannot_see_changes_nothing(
        self, classroom: Classroom, manager: int
    ) -> None:
        hidden = classroom.school.group(classroom.course, "H", [classroom.ann], visibility=3)
        with unchanged(classroom.site.session):
            add(classroom, (hidden, classroom.ann), user=manager)

    def test_the_group_counts_as_changed(self, classroom: Classroom, red: int) -> None:
        classroom.site.clock.pass_seconds(60)
        add(classroom, (red, classroom.ann))
        assert group_rows.of_ids(classroom.site.session, [red])[red].timemodified == (
            classroom.site.now
        )

    def test_an_unknown_group_is_a_missing_record(self, classroom: Classroom) -> None:
        with refused(MissingRecord):
            add(classroom, (UNKNOWN, classroom.ann))

    def test_an_unknown_user_is_a_missing_record(self, classroom: Classroom, red: int) -> None:
        with refused(MissingRecord):
            add(classroom, (red, UNKNOWN))

    @pytest.mark.parametrize("state", [{"deleted": 1}, {"auth": "mnet"}])
    def test_deleted_and_remote_users_are_missing_records(
        self, classroom: Classroom, red: int, state: dict[str, int | str]
    ) -> None:
        statement = update(users).where(users.c.id == classroom.ann).values(state)
        classroom.site.session.execute(statement)
        with refused(MissingRecord):
            add(classroom, (red, classroom.ann))

    def test_records_are_looked_for_before_rights(self, classroom: Classroom, red: int) -> None:
        with refused(MissingRecord):
            add(classroom, (red, UNKNOWN), user=classroom.ann)

    def test_who_does_not_manage_groups_is_refused(self, classroom: Classroom, red: int) -> None:
        with refused(NoPermission):
            add(classroom, (red, classroom.ann), user=classroom.ann)
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            add(classroom, (red, classroom.ann), user=classroom.stranger)

    def test_who_is_not_enrolled_is_refused(self, classroom: Classroom, red: int) -> None:
        with refused(InvalidParameter):
            add(classroom, (red, classroom.stranger))

    def test_any_enrolment_will_do(self, classroom: Classroom, red: int) -> None:
        classroom.school.enrol(classroom.ann, classroom.course, status=SUSPENDED)
        classroom.school.enrol(classroom.ben, classroom.course, timeend=1)
        add(classroom, (red, classroom.ann), (red, classroom.ben), (red, classroom.teacher))
        assert len(members(classroom, red)[0]) == 3

    def test_an_enrolment_elsewhere_is_none(self, classroom: Classroom) -> None:
        """AUTHZ-3: a member of another course is refused."""
        other = classroom.school.course("BIO")
        foreign = classroom.school.group(other, "Foreign")
        with refused(InvalidParameter):
            add(classroom, (foreign, classroom.ann))
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            add(classroom, (foreign, classroom.ann), user=classroom.teacher)

    def test_everybody_but_the_guest_is_enrolled_on_the_front_page(
        self, classroom: Classroom
    ) -> None:
        front = classroom.school.group(1, "Front")
        add(classroom, (front, classroom.stranger))
        with refused(InvalidParameter):
            add(classroom, (front, 1))

    def test_one_record_tells_who_was_added_where(self, classroom: Classroom, red: int) -> None:
        add(classroom, (red, classroom.ann), (red, classroom.ben), user=classroom.teacher)
        record = audit_rows.records(classroom.site.session, limit=1)[0]
        assert (record.action, record.target) == ("group.add_members", f"group {red}")
        assert f"{classroom.ann}-{classroom.ben}" in record.details


class TestRemove:
    def test_a_member_leaves(self, classroom: Classroom) -> None:
        red = classroom.school.group(classroom.course, "Red", [classroom.ann, classroom.ben])
        remove(classroom, (red, classroom.ann), user=classroom.teacher)
        assert members(classroom, red) == [[classroom.ben]]
        record = audit_rows.records(classroom.site.session, limit=1)[0]
        assert (record.action, record.target) == ("group.remove_members", f"group {red}")

    def test_who_is_no_member_is_passed_over(self, classroom: Classroom, red: int) -> None:
        with unchanged(classroom.site.session):
            remove(classroom, (red, classroom.stranger), (red, classroom.ann))

    def test_unknown_groups_and_users_are_missing_records(
        self, classroom: Classroom, red: int
    ) -> None:
        with refused(MissingRecord):
            remove(classroom, (UNKNOWN, classroom.ann))
        with refused(MissingRecord):
            remove(classroom, (red, UNKNOWN), user=classroom.ann)

    def test_who_does_not_manage_groups_is_refused(self, classroom: Classroom) -> None:
        red = classroom.school.group(classroom.course, "Red", [classroom.ann])
        with refused(NoPermission):
            remove(classroom, (red, classroom.ann), user=classroom.ann)

    def test_what_an_enrolment_made_stays(self, classroom: Classroom) -> None:
        red = classroom.school.group(classroom.course, "Red", [classroom.ann])
        statement = update(group_members).values(component="enrol_cohort")
        classroom.site.session.execute(statement)
        with unchanged(classroom.site.session), refused(MoodleError, "errorremovenotpermitted"):
            remove(classroom, (red, classroom.ann))

    @pytest.mark.parametrize("visibility", [1, 2, 3])
    def test_a_membership_that_the_caller_cannot_see_stays(
        self, classroom: Classroom, manager: int, visibility: int
    ) -> None:
        hidden = classroom.school.group(
            classroom.course, "H", [classroom.ann], visibility=visibility
        )
        with unchanged(classroom.site.session):
            remove(classroom, (hidden, classroom.ann), user=manager)
        remove(classroom, (hidden, classroom.ann), user=classroom.teacher)
        assert members(classroom, hidden) == [[]]

    def test_leaving_a_group_hides_the_others_in_it(
        self, classroom: Classroom, manager: int
    ) -> None:
        classroom.school.enrol(manager, classroom.course)
        both = [classroom.ann, manager]
        group = classroom.school.group(classroom.course, "M", both, visibility=1)
        remove(classroom, (group, manager), (group, classroom.ann), user=manager)
        assert members(classroom, group) == [[classroom.ann]]


class TestList:
    def test_the_order_asked_for_and_repeats_are_kept(self, classroom: Classroom) -> None:
        red = classroom.school.group(classroom.course, "Red", [classroom.ann])
        blue = classroom.school.group(classroom.course, "Blue")
        assert members(classroom, blue, red, blue) == [[], [classroom.ann], []]

    @pytest.mark.parametrize(
        ("visibility", "outside", "inside"),
        [(0, "both", "all"), (1, "none", "all"), (2, "none", "self"), (3, "none", "none")],
    )
    def test_each_kind_shows_its_members_to_its_viewers(
        self, classroom: Classroom, manager: int, visibility: int, outside: str, inside: str
    ) -> None:
        school, both = classroom.school, [classroom.ann, classroom.ben]
        group = school.group(classroom.course, "G", both, visibility=visibility)
        shown = {"both": both, "none": [], "self": [manager], "all": [*both, manager]}
        assert members(classroom, group, user=manager) == [shown[outside]]
        school.enrol(manager, classroom.course)
        add(classroom, (group, manager))
        assert members(classroom, group, user=manager) == [shown[inside]]
        assert members(classroom, group, user=classroom.teacher) == [shown["all"]]

    def test_each_id_is_judged_before_the_next(self, classroom: Classroom, red: int) -> None:
        with refused(NoPermission):
            members(classroom, red, UNKNOWN, user=classroom.ann)
        with refused(MissingRecord):
            members(classroom, UNKNOWN, red, user=classroom.ann)

    def test_a_group_is_judged_in_its_own_course(self, classroom: Classroom, red: int) -> None:
        """AUTHZ-3."""
        foreign = classroom.school.group(classroom.school.course("BIO"), "Foreign")
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            members(classroom, red, foreign, user=classroom.teacher)


@pytest.mark.parametrize("place", [0, 1, 2])
class TestAllOrNothing:
    """AUTHZ-4: one bad item, first, in the middle or last, leaves no trace of the others."""

    def test_adding(self, classroom: Classroom, red: int, place: int) -> None:
        pairs = [(red, classroom.ann), (red, classroom.ben)]
        pairs.insert(place, (red, classroom.stranger))
        with unchanged(classroom.site.session), refused(InvalidParameter):
            add(classroom, *pairs)

    def test_removing(self, classroom: Classroom, place: int) -> None:
        people = [classroom.ann, classroom.ben]
        red = classroom.school.group(classroom.course, "Red", people)
        pairs = [(red, user_id) for user_id in people]
        pairs.insert(place, (UNKNOWN, classroom.ann))
        with unchanged(classroom.site.session), refused(MissingRecord):
            remove(classroom, *pairs)
