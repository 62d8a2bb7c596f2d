"""Group mode and allowed groups of activities, each refusal once."""

from typing import Any

import pytest
from sqlalchemy import update

from coursewire.contracts.core_group import activities as c
from coursewire.contracts.errors import MissingRecord, MoodleError, RequireLogin
from coursewire.contracts.fields import UNSET
from coursewire.contracts.parts import ActivityId
from coursewire.domain.enrolments import SUSPENDED
from coursewire.functions.core_group import activities as bodies
from coursewire.store import courses as course_rows
from coursewire.store.schema.users import users
from tests.support.refusals import refused
from tests.support.school import UNKNOWN, Classroom
from tests.support.web import Web

GUEST = 1


def mode(room: Classroom, cmid: int, user: int | None = None) -> int:
    answer = bodies.get_activity_groupmode(room.call(user), ActivityId(cmid=cmid))
    assert answer.warnings == []
    return answer.groupmode


def ask(room: Classroom, cmid: int, *, user: int | None = None, userid: int = 0) -> c.AllowedGroups:
    params = c.GetActivityAllowedGroups(cmid=cmid, userid=userid)
    return bodies.get_activity_allowed_groups(room.call(user), params)


def names(answer: c.AllowedGroups) -> list[str]:
    return [group.name for group in answer.groups]


@pytest.fixture
def groups(classroom: Classroom) -> dict[str, int]:
    """Two groups of one student each, one of nobody's, and one that does not participate."""
    school, course = classroom.school, classroom.course
    return {
        "Red": school.group(course, "Red", [classroom.ann]),
        "Blue": school.group(course, "Blue", [classroom.ben]),
        "Empty": school.group(course, "Empty"),
        "Apart": school.group(course, "Apart", [classroom.ann], participation=False),
    }


class TestMode:
    @pytest.mark.parametrize("number", [0, 1, 2])
    def test_an_activity_has_its_own(self, classroom: Classroom, number: int) -> None:
        talk = classroom.school.activity(classroom.course, groupmode=number)
        assert mode(classroom, talk, classroom.ann) == number

    def test_a_course_can_insist_on_its_own(self, classroom: Classroom) -> None:
        talk = classroom.school.activity(classroom.course, groupmode=2)
        values = {"groupmode": 1, "groupmodeforce": 1}
        course_rows.change(classroom.site.session, classroom.course, values)
        assert mode(classroom, talk) == 1

    def test_an_unknown_activity_is_a_missing_record(self, classroom: Classroom) -> None:
        with refused(MissingRecord):
            mode(classroom, UNKNOWN, classroom.stranger)

    def test_who_cannot_enter_the_course_is_refused(self, classroom: Classroom) -> None:
        talk = classroom.school.activity(classroom.course)
        with refused(RequireLogin):
            mode(classroom, talk, classroom.stranger)

    def test_who_cannot_see_the_activity_is_refused(self, classroom: Classroom) -> None:
        """AUTHZ-3: the activity is judged in its own context."""
        talk = classroom.school.activity(classroom.course, visible=0)
        with refused(RequireLogin):
            mode(classroom, talk, classroom.ann)
        assert mode(classroom, talk, classroom.teacher) == 0

    def test_who_may_not_view_its_kind_is_refused(self, classroom: Classroom) -> None:
        viewer = classroom.school.holder("viewer", "moodle/course:view")
        task = classroom.school.activity(classroom.course, "Task", module="assign")
        with refused(RequireLogin):
            mode(classroom, task, viewer)


class TestAllowedGroups:
    @pytest.mark.parametrize("number", [0, 1])
    @pytest.mark.usefixtures("groups")
    def test_without_visible_groups_a_user_has_their_own(
        self, classroom: Classroom, number: int
    ) -> None:
        talk = classroom.school.activity(classroom.course, groupmode=number)
        answer = ask(classroom, talk, user=classroom.ann)
        assert names(answer) == ["Red"]
        assert answer.canaccessallgroups is False
        assert answer.warnings == []

    @pytest.mark.usefixtures("groups")
    def test_with_visible_groups_a_user_has_all_that_participate(
        self, classroom: Classroom
    ) -> None:
        talk = classroom.school.activity(classroom.course, groupmode=2)
        answer = ask(classroom, talk, user=classroom.ann)
        assert names(answer) == ["Blue", "Empty", "Red"]
        assert answer.canaccessallgroups is False

    @pytest.mark.usefixtures("groups")
    def test_who_accesses_all_groups_has_them(self, classroom: Classroom) -> None:
        talk = classroom.school.activity(classroom.course, groupmode=1)
        answer = ask(classroom, talk, user=classroom.teacher)
        assert names(answer) == ["Blue", "Empty", "Red"]
        assert answer.canaccessallgroups is True

    def test_the_grouping_of_the_activity_narrows_them(
        self, classroom: Classroom, groups: dict[str, int]
    ) -> None:
        grouping = classroom.school.grouping(classroom.course, "Few", [groups["Red"]])
        talk = classroom.school.activity(classroom.course, groupmode=2, groupingid=grouping)
        assert names(ask(classroom, talk, user=classroom.ann)) == ["Red"]

    def test_groups_of_members_are_hidden_from_others(self, classroom: Classroom) -> None:
        classroom.school.group(classroom.course, "Mine", [classroom.ann], visibility=1)
        talk = classroom.school.activity(classroom.course, groupmode=2)
        assert names(ask(classroom, talk, user=classroom.ann)) == ["Mine"]
        assert names(ask(classroom, talk, user=classroom.ben)) == []
        assert names(ask(classroom, talk, user=classroom.teacher)) == ["Mine"]

    @pytest.mark.usefixtures("groups")
    def test_a_manager_may_ask_for_others(self, classroom: Classroom) -> None:
        talk = classroom.school.activity(classroom.course, groupmode=1)
        answer = ask(classroom, talk, user=classroom.teacher, userid=classroom.ben)
        assert (names(answer), answer.canaccessallgroups) == (["Blue"], False)
        answer = ask(classroom, talk, userid=classroom.teacher)
        assert answer.canaccessallgroups is True

    def test_nobody_else_may(self, classroom: Classroom) -> None:
        talk = classroom.school.activity(classroom.course)
        with refused(MoodleError, "accessdenied"):
            ask(classroom, talk, user=classroom.ann, userid=classroom.ben)

    def test_the_activity_comes_first_and_then_the_user(self, classroom: Classroom) -> None:
        hidden = classroom.school.activity(classroom.course, visible=0)
        with refused(MissingRecord):
            ask(classroom, UNKNOWN, userid=GUEST)
        with refused(RequireLogin):
            ask(classroom, hidden, user=classroom.ann, userid=UNKNOWN)
        talk = classroom.school.activity(classroom.course)
        with refused(MissingRecord):
            ask(classroom, talk, user=classroom.ann, userid=UNKNOWN)
        with refused(MoodleError, "guestsarenotallowed"):
            ask(classroom, talk, user=classroom.ann, userid=GUEST)

    @pytest.mark.parametrize(
        ("state", "code"),
        [({"deleted": 1}, "userdeleted"), ({"confirmed": 0}, "usernotconfirmed")],
    )
    def test_users_who_cannot_take_part_are_refused(
        self, classroom: Classroom, state: dict[str, int], code: str
    ) -> None:
        talk = classroom.school.activity(classroom.course)
        statement = update(users).where(users.c.id == classroom.ben).values(state)
        classroom.site.session.execute(statement)
        with refused(MoodleError, code):
            ask(classroom, talk, user=classroom.ann, userid=classroom.ben)

    @pytest.mark.usefixtures("groups")
    def test_who_has_no_access_to_the_course_has_no_groups(self, classroom: Classroom) -> None:
        talk = classroom.school.activity(classroom.course, groupmode=2)
        classroom.school.enrol(classroom.ben, classroom.course, status=SUSPENDED)
        for user_id in (classroom.stranger, classroom.ben):
            answer = ask(classroom, talk, userid=user_id)
            assert (answer.groups, answer.canaccessallgroups) == ([], False)
            assert answer.warnings is not UNSET
            assert [(each.item, each.itemid, each.warningcode) for each in answer.warnings] == [
                ("course", classroom.course, "1")
            ]

    def test_who_has_no_access_keeps_the_right_to_all_groups(
        self, web: Web, classroom: Classroom
    ) -> None:
        """The groups depend on access to the course, the right on the roles in it alone."""
        school, course = classroom.school, classroom.course
        talk = school.activity(course)
        school.enrol(classroom.teacher, course, "editingteacher", status=SUSPENDED)
        message = f"User {classroom.teacher} has no access to course {course}"
        params: dict[str, Any] = {"cmid": talk, "userid": classroom.teacher}
        token, function = web.token(), "core_group_get_activity_allowed_groups"
        assert web.call(function, token, **params).json == {
            "groups": [],
            "canaccessallgroups": True,
            "warnings": [
                {"item": "course", "itemid": course, "warningcode": "1", "message": message}
            ],
        }
        answer = web.call(function, token, format_="xml", **params)
        assert b'<KEY name="canaccessallgroups"><VALUE>1</VALUE>\n' in answer.body

    def test_a_hidden_course_keeps_its_students_out(self, classroom: Classroom) -> None:
        talk = classroom.school.activity(classroom.course)
        course_rows.change(classroom.site.session, classroom.course, {"visible": 0})
        answer = ask(classroom, talk, userid=classroom.ann)
        assert answer.warnings is not UNSET
        assert [each.warningcode for each in answer.warnings] == ["1"]
        assert ask(classroom, talk, userid=classroom.teacher).warnings == []

    def test_a_suspended_account_keeps_its_groups(
        self, classroom: Classroom, groups: dict[str, int]
    ) -> None:
        talk = classroom.school.activity(classroom.course)
        statement = update(users).where(users.c.id == classroom.ann).values(suspended=1)
        classroom.site.session.execute(statement)
        answer = ask(classroom, talk, userid=classroom.ann)
        assert [group.id for group in answer.groups] == [groups["Red"]]
