"""The groups of a user, with warnings in place of refusals."""

import pytest
from sqlalchemy import update

from coursewire.contracts.core_group import members as c
from coursewire.contracts.errors import MissingRecord, MoodleError
from coursewire.contracts.fields import UNSET
from coursewire.domain.enrolments import SUSPENDED
from coursewire.functions.core_group import user_groups as bodies
from coursewire.store import courses as course_rows
from coursewire.store.schema.users import users
from tests.support.refusals import refused
from tests.support.school import UNKNOWN, Classroom

GUEST = 1


def ask(
    room: Classroom,
    *,
    user: int | None = None,
    courseid: int = 0,
    userid: int = 0,
    groupingid: int = 0,
) -> c.UserGroups:
    params = c.GetCourseUserGroups(courseid=courseid, userid=userid, groupingid=groupingid)
    return bodies.get_course_user_groups(room.call(user), params)


def names(answer: c.UserGroups) -> list[str]:
    return [group.name for group in answer.groups]


def warnings(answer: c.UserGroups) -> list[tuple[object, str]]:
    assert answer.warnings is not UNSET
    assert all(warning.item == "course" for warning in answer.warnings)
    return [(warning.itemid, warning.warningcode) for warning in answer.warnings]


def test_my_groups_of_a_course_come_by_name(classroom: Classroom) -> None:
    school, course = classroom.school, classroom.course
    zed = school.group(course, "Zed", [classroom.ann])
    school.group(course, "A & B", [classroom.ann], description="<p>d</p>", idnumber="ab")
    school.group(course, "Ben's", [classroom.ben])
    answer = ask(classroom, user=classroom.ann, courseid=course)
    assert names(answer) == ["A &amp; B", "Zed"]
    assert warnings(answer) == []
    assert answer.groups[1] == c.UserGroup(
        id=zed, name="Zed", description="", descriptionformat=1, idnumber="", courseid=course
    )


def test_the_caller_asked_for_by_id_is_the_caller(classroom: Classroom) -> None:
    classroom.school.group(classroom.course, "Red", [classroom.ann])
    answer = ask(classroom, user=classroom.ann, courseid=classroom.course, userid=classroom.ann)
    assert (names(answer), warnings(answer)) == (["Red"], [])


def test_all_courses_of_a_user_come_newest_first_and_hidden_ones_not_at_all(
    classroom: Classroom,
) -> None:
    school = classroom.school
    school.group(classroom.course, "old", [classroom.ann])
    for shortname, visible in (("NEW", 1), ("HID", 0), ("GONE", 1)):
        course = school.course(shortname, visible=visible)
        school.enrol(classroom.ann, course, status=SUSPENDED if shortname == "GONE" else 0)
        school.group(course, shortname, [classroom.ann])
    answer = ask(classroom, userid=classroom.ann)
    assert names(answer) == ["NEW", "old"]
    assert warnings(answer) == []


def test_a_grouping_narrows_the_answer(classroom: Classroom) -> None:
    school = classroom.school
    red = school.group(classroom.course, "Red", [classroom.ann])
    school.group(classroom.course, "Blue", [classroom.ann])
    grouping = school.grouping(classroom.course, "All", [red])
    foreign = school.grouping(school.course("BIO"), "Foreign", [])
    asked = {"user": classroom.ann, "courseid": classroom.course}
    assert names(ask(classroom, **asked, groupingid=grouping)) == ["Red"]
    assert names(ask(classroom, **asked, groupingid=foreign)) == []


def test_kinds_of_groups_are_shown_to_oneself_and_to_who_sees_hidden_ones(
    classroom: Classroom,
) -> None:
    for name, visibility in (("all", 0), ("members", 1), ("own", 2), ("none", 3)):
        classroom.school.group(classroom.course, name, [classroom.ann], visibility=visibility)
    asked = {"courseid": classroom.course, "userid": classroom.ann}
    assert names(ask(classroom, user=classroom.ann, **asked)) == ["all", "members", "own"]
    assert names(ask(classroom, user=classroom.teacher, **asked)) == [
        "all",
        "members",
        "none",
        "own",
    ]


def test_whose_own_group_it_is_is_shown_to_others_too(classroom: Classroom) -> None:
    """Moodle asks whether the membership exists, not whose it is."""
    capabilities = ("moodle/course:view", "moodle/course:managegroups")
    manager = classroom.school.holder("grouper", *capabilities)
    classroom.school.group(classroom.course, "own", [classroom.ann], visibility=2)
    answer = ask(classroom, user=manager, courseid=classroom.course, userid=classroom.ann)
    assert names(answer) == ["own"]


def test_other_people_are_for_who_manages_groups(classroom: Classroom) -> None:
    classroom.school.group(classroom.course, "Red", [classroom.ann])
    answer = ask(classroom, user=classroom.ben, courseid=classroom.course, userid=classroom.ann)
    assert names(answer) == []
    assert warnings(answer) == [(classroom.course, "cannotmanagegroups")]


def test_a_course_that_cannot_be_entered_is_warned_of(classroom: Classroom) -> None:
    answer = ask(classroom, user=classroom.stranger, courseid=classroom.course)
    assert (names(answer), warnings(answer)) == ([], [(classroom.course, "1")])


def test_courses_are_all_entered_before_one_is_looked_into(classroom: Classroom) -> None:
    school = classroom.school
    newer = school.course("NEW")
    for user in (classroom.ann, classroom.ben):
        school.enrol(user, newer)
    older = classroom.course
    closed = school.course("SHUT")
    school.enrol(classroom.ann, closed)
    course_rows.change(classroom.site.session, closed, {"sortorder": 99_999})
    answer = ask(classroom, user=classroom.ben, userid=classroom.ann)
    manage = "cannotmanagegroups"
    assert warnings(answer) == [(closed, "1"), (newer, manage), (older, manage)]


def test_who_is_not_enrolled_in_the_course_asked_for_is_warned_of(classroom: Classroom) -> None:
    answer = ask(classroom, courseid=classroom.course, userid=classroom.stranger)
    assert (names(answer), warnings(answer)) == ([], [(classroom.course, "notenrolled")])
    assert warnings(ask(classroom, courseid=1, userid=classroom.stranger)) == []


def test_an_enrolment_in_any_state_is_one(classroom: Classroom) -> None:
    classroom.school.enrol(classroom.ann, classroom.course, status=SUSPENDED)
    assert warnings(ask(classroom, courseid=classroom.course, userid=classroom.ann)) == []


def test_an_unknown_user_is_a_missing_record(classroom: Classroom) -> None:
    with refused(MissingRecord):
        ask(classroom, courseid=classroom.course, userid=UNKNOWN)


def test_an_unknown_course_is_a_missing_record(classroom: Classroom) -> None:
    with refused(MissingRecord):
        ask(classroom, courseid=UNKNOWN)


@pytest.mark.parametrize(
    ("state", "code"), [({"deleted": 1}, "userdeleted"), ({"confirmed": 0}, "usernotconfirmed")]
)
def test_users_who_cannot_take_part_are_refused_before_the_course(
    classroom: Classroom, state: dict[str, int], code: str
) -> None:
    statement = update(users).where(users.c.id == classroom.ann).values(state)
    classroom.site.session.execute(statement)
    with refused(MoodleError, code):
        ask(classroom, courseid=UNKNOWN, userid=classroom.ann)


def test_the_guest_is_refused(classroom: Classroom) -> None:
    with refused(MoodleError, "guestsarenotallowed"):
        ask(classroom, courseid=classroom.course, userid=GUEST)
