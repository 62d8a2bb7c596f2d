"""The people of courses who have capabilities there: who counts, rights, groups, pages, fields."""

from typing import Any

import pytest

from coursewire.contracts import core_enrol as c
from coursewire.contracts.errors import InvalidParameter, MissingRecord, MoodleError, NoPermission
from coursewire.contracts.fields import UNSET
from coursewire.contracts.parts import NamedOption
from coursewire.domain import able_people, group_members, profile_fields
from coursewire.functions.core_enrol import people as bodies
from coursewire.store import search_time
from tests.functions.core_enrol.test_people import held_up
from tests.support import making
from tests.support.participants import School
from tests.support.refusals import refused
from tests.support.sites import TestSite
from tests.support.statements import noted
from tests.support.web import Web

ADMIN, UNKNOWN, SITE = 2, 987654, 1
FUNCTION = "core_enrol_get_enrolled_users_with_capability"
UPDATE, SEE = "moodle/course:update", "moodle/course:viewparticipants"
GROUPS = "moodle/course:managegroups"


def lists(
    school: School, *asked: tuple[int, list[str]], user: int = ADMIN, **options: Any
) -> list[c.UsersWithCapability]:
    sent = [NamedOption(name=name, value=str(value)) for name, value in options.items()]
    params = c.GetEnrolledUsersWithCapability(
        coursecapabilities=[
            c.CourseCapabilities(courseid=course, capabilities=names) for course, names in asked
        ],
        options=sent,
    )
    return bodies.get_enrolled_users_with_capability(school.site.call(user), params)


def ids(
    school: School,
    capability: str = "",
    user: int = ADMIN,
    course: int | None = None,
    **options: Any,
) -> list[int]:
    course_id = school.course if course is None else course
    (found,) = lists(school, (course_id, [capability]), user=user, **options)
    assert (found.courseid, found.capability) == (course_id, capability)
    return [person.id for person in found.users]


def given(found: c.CapableUser) -> set[str]:
    return {name for name in found.__struct_fields__ if getattr(found, name) is not UNSET}


class TestWhoIsAble:
    def test_no_capability_is_everybodys_in_any_state_by_id(self, school: School) -> None:
        s = school
        assert ids(s) == [s.ann, s.ben, s.cy, s.tina]
        assert ids(s, onlyactive=1) == [s.ann, s.ben, s.tina]

    def test_roles_give_it_and_not_the_administration_of_the_site(self, school: School) -> None:
        s = school
        making.enrol(s.site, ADMIN, s.course)
        assert ids(s, UPDATE) == [s.tina]
        assert ids(s, SEE) == [ADMIN, s.ann, s.ben, s.cy, s.tina]

    def test_work_in_activities_is_for_nobody_until_a_role_gets_it(self, school: School) -> None:
        assert ids(school, "mod/assign:submit") == []
        making.override(school.site, "student", "mod/assign:submit", 1)
        assert ids(school, "mod/assign:submit") == [school.ann, school.ben, school.cy]

    def test_overrides_and_prohibitions_count(self, school: School) -> None:
        s = school
        place = making.course_context(s.site, s.course)
        making.override(s.site, "student", GROUPS, 1, place)
        assert ids(s, GROUPS) == [s.ann, s.ben, s.cy, s.tina]
        making.override(s.site, "student", GROUPS, -1000)
        assert ids(s, GROUPS) == [s.tina]

    def test_who_holds_a_role_without_being_enrolled_is_not_listed(self, school: School) -> None:
        s = school
        making.assign(s.site, "manager", s.lone)
        assert s.lone not in ids(s, UPDATE)

    def test_each_capability_of_each_course_has_its_list_in_the_order_asked(
        self, school: School
    ) -> None:
        s = school
        other = making.course(s.site, "BET")
        making.enrol(s.site, s.lone, other)
        found = lists(s, (other, [SEE]), (s.course, [UPDATE, "", UPDATE]))
        assert [(each.courseid, each.capability) for each in found] == [
            (other, SEE),
            (s.course, UPDATE),
            (s.course, ""),
            (s.course, UPDATE),
        ]
        assert [[person.id for person in each.users] for each in found] == [
            [s.lone],
            [s.tina],
            [s.ann, s.ben, s.cy, s.tina],
            [s.tina],
        ]

    def test_asked_for_nothing_it_lists_nothing(self, school: School) -> None:
        assert lists(school) == []
        assert lists(school, (school.course, [])) == []

    def test_everybody_but_the_guest_takes_part_in_the_front_page(self, school: School) -> None:
        assert {ADMIN, school.lone} <= set(ids(school, course=SITE))


class TestRights:
    def test_an_unknown_course_is_a_missing_record(self, school: School) -> None:
        with refused(MissingRecord):
            ids(school, course=UNKNOWN)

    def test_a_course_that_cannot_be_entered_is_told_as_one_error(self, school: School) -> None:
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            ids(school, user=school.lone)

    def test_the_first_course_that_is_refused_ends_the_call(self, school: School) -> None:
        with refused(MissingRecord):
            lists(school, (school.course, [""]), (UNKNOWN, [""]))

    def test_seeing_people_needs_a_right(self, school: School) -> None:
        viewer = making.user_with(school.site, "viewer", "moodle/course:view", "moodle/role:review")
        with refused(NoPermission):
            ids(school, user=viewer)
        with refused(NoPermission):
            ids(school, user=school.tina, course=SITE)

    @pytest.mark.parametrize("right", [SEE, "moodle/course:enrolreview"])
    def test_one_of_two_rights_is_enough_to_see_them(self, school: School, right: str) -> None:
        viewer = making.user_with(
            school.site, "viewer", "moodle/course:view", "moodle/role:review", right
        )
        # Teachers are contacts of their course: everybody may know who they are.
        assert ids(school, user=viewer) == [school.tina]

    def test_what_roles_allow_is_for_those_who_may_review_them(self, school: School) -> None:
        for capability in ("", SEE):
            with refused(NoPermission):
                ids(school, capability, user=school.ann)
        with refused(NoPermission):
            lists(school, (school.course, []), user=school.ann)

    def test_only_active_people_are_for_those_who_may_review_enrolments(
        self, school: School
    ) -> None:
        tutor = school.person("tutor", "teacher")
        assert school.cy in ids(school, user=tutor, onlyactive=0)
        with refused(NoPermission):
            ids(school, user=tutor, onlyactive=1)


class TestOptions:
    def test_options_of_other_lists_mean_nothing(self, school: School) -> None:
        bogus: dict[str, Any] = {
            "sortby": "bogus",
            "sortdirection": "x",
            "onlysuspended": 1,
            "more": 1,
        }
        assert ids(school, withcapability=UPDATE, **bogus) == ids(school)

    def test_each_list_is_cut_by_itself(self, school: School) -> None:
        s = school
        found = lists(s, (s.course, ["", UPDATE]), limitfrom=1, limitnumber=2)
        assert [[person.id for person in each.users] for each in found] == [[s.ben, s.cy], []]
        assert ids(s, limitfrom=3) == [s.tina]
        assert ids(s, limitfrom=-1, limitnumber=-1) == ids(s)

    def test_it_is_cut_before_the_unseen_are_left_out(self, school: School) -> None:
        s = school
        viewer = making.user_with(s.site, "viewer", "moodle/course:view", "moodle/role:review", SEE)
        assert ids(s, user=viewer, limitnumber=3) == []
        assert ids(s, user=viewer, limitfrom=3) == [s.tina]

    def test_only_the_fields_asked_for_come_and_the_name(self, school: School) -> None:
        s = school
        (found,) = lists(s, (s.course, [""]), user=s.tina, userfields="email, idnumber,groups")
        assert given(found.users[0]) == {"id", "fullname", "email", "groups"}
        assert found.users[0].groups == [c.CapableUserGroup(id=s.red, name="Red", description="")]
        (everything,) = lists(s, (s.course, [""]))
        assert {"roles", "enrolledcourses", "lastcourseaccess"} <= given(everything.users[0])

    @pytest.mark.parametrize("fields", ["bogus", "", "password"])
    def test_an_unknown_field_is_refused(self, school: School, fields: str) -> None:
        with refused(MoodleError, "invaliduserfield"):
            ids(school, userfields=fields)

    def test_custom_fields_come_as_they_are_stored(self, school: School) -> None:
        call = school.site.call()
        with call.transaction():
            profile_fields.create(call, "team", "Team")
            profile_fields.put(call, school.ann, {"team": "R & <b>D</b>"})
        (found,) = lists(school, (school.course, [""]), userfields="customfields")
        assert found.users[0].customfields == [
            c.EnrolledUserField(type="text", value="R & <b>D</b>", name="Team", shortname="team")
        ]


class TestGroups:
    def test_ones_own_group_can_be_asked_for_others_need_a_right(self, school: School) -> None:
        s = school
        tutor = s.person("tutor", "teacher")
        mine = s.group("Mine", tutor, s.ann)
        assert ids(s, user=tutor, groupid=mine) == [s.ann, tutor]
        assert ids(s, SEE, groupid=s.red) == [s.ann]
        assert ids(s, groupid=UNKNOWN) == []
        for group in (s.blue, UNKNOWN):
            with refused(NoPermission):
                ids(s, user=tutor, groupid=group)

    def test_a_group_of_another_course_has_nobody_here(self, school: School) -> None:
        s = school
        other = making.course(s.site, "BET")
        making.enrol(s.site, s.ann, other)
        elsewhere = making.group(s.site, other, "There")
        group_members.add(s.site.call(), [(elsewhere, s.ann)])
        assert ids(s, groupid=elsewhere) == ids(s, user=s.tina, groupid=elsewhere) == []

    def test_a_group_that_hides_its_members_shows_only_oneself(self, school: School) -> None:
        s = school
        tutor = making.user_with(s.site, "viewer", "moodle/course:view", "moodle/role:review", SEE)
        making.enrol(s.site, tutor, s.course)
        own = s.group("Own", s.ann, tutor, visibility=2)
        assert ids(s, groupid=own) == [s.ann, tutor]
        assert ids(s, user=tutor, groupid=own) == [tutor]

    def test_separate_groups_leave_nobody_out(self, site: TestSite) -> None:
        s = School(site, groupmode=1)
        tutor = s.person("tutor", "teacher")
        assert ids(s, user=tutor) == [s.ann, s.ben, s.cy, s.tina, tutor]


def test_a_capability_that_is_not_known_is_refused_by_its_type(web: Web) -> None:
    school = School(web.site)
    for name in ("nosuch/cap:x", "UPPER", "<b>"):
        asked = [{"courseid": school.course, "capabilities": [name]}]
        answer = web.call(FUNCTION, web.token(), coursecapabilities=asked)
        assert answer.json["errorcode"] == "invalidparameter"


def test_many_people_cost_no_more_queries_than_few(school: School) -> None:
    asked = (school.course, ["", SEE, UPDATE])
    lists(school, asked)
    with noted(school.site.session) as few:
        lists(school, asked)
    for number in range(12):
        made = school.person(f"more{number}")
        making.enrol(school.site, made, making.course(school.site, f"C{number}"))
    lists(school, asked)
    with noted(school.site.session) as many:
        assert len(lists(school, (school.course, ["", SEE, UPDATE, GROUPS]))[0].users) == 16
    assert len(many) <= len(few)


def test_what_is_asked_for_again_is_not_read_again(school: School) -> None:
    once = (school.course, ["", UPDATE])
    lists(school, once)
    with noted(school.site.session) as few:
        single = lists(school, once)
    with noted(school.site.session) as many:
        again = lists(school, once, (school.course, [UPDATE, UPDATE]), once)
    assert again == [*single, single[1], single[1], *single]
    assert len(many) <= len(few)


def test_locked_places_are_read_once_for_all_people(school: School) -> None:
    making.setting(school.site, "contextlocking", True)
    asked = (school.course, [UPDATE])
    lists(school, asked)
    with noted(school.site.session) as few:
        assert ids(school, UPDATE) == [school.tina]
    for number in range(12):
        school.person(f"more{number}")
    lists(school, asked)
    with noted(school.site.session) as many:
        assert ids(school, UPDATE) == [school.tina]
    assert len(many) <= len(few)


def test_in_8_a_search_that_takes_too_long_is_refused(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_time, "SECONDS", 0.001)
    call = site.call()
    assert call.hindrance is None
    for capability, place in (
        ("moodle/site:viewparticipants", call.site.system),
        ("moodle/role:review", call.site.front_page),
    ):
        call.permissions.require(capability, place)
    with held_up(site), refused(InvalidParameter):
        list(able_people.find(call, [(SITE, [""])], able_people.asked([])))


def test_the_answer_fits_its_contract(web: Web) -> None:
    school = School(web.site)
    asked = [{"courseid": school.course, "capabilities": ["", UPDATE]}]
    answer = web.call(FUNCTION, web.token(), coursecapabilities=asked)
    assert [(each["courseid"], each["capability"]) for each in answer.json] == [
        (school.course, ""),
        (school.course, UPDATE),
    ]
    assert [user["id"] for user in answer.json[0]["users"]] == ids(school)
    assert [user["id"] for user in answer.json[1]["users"]] == [school.tina]
