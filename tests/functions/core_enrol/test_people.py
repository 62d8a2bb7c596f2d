"""The people of a course: options, groups, pages, fields, and each refusal once."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest

from coursewire.contracts import core_enrol as c
from coursewire.contracts.errors import (
    CodingError,
    InvalidParameter,
    MissingRecord,
    MoodleError,
    NoPermission,
)
from coursewire.contracts.fields import UNSET
from coursewire.contracts.parts import NamedOption
from coursewire.domain import enrolled_people, profile_fields, user_search
from coursewire.functions.core_enrol import people as bodies
from coursewire.store import search_time, users
from tests.support import making
from tests.support.participants import School
from tests.support.refusals import refused
from tests.support.sites import TestSite
from tests.support.statements import noted
from tests.support.web import Web

ADMIN, GUEST, UNKNOWN, SITE = 2, 1, 987654, 1
PEOPLE = 5_000


def listed(
    school: School, user: int = ADMIN, course: int | None = None, **options: Any
) -> list[c.EnrolledUser]:
    sent = [NamedOption(name=name, value=str(value)) for name, value in options.items()]
    course_id = school.course if course is None else course
    params = c.GetEnrolledUsers(courseid=course_id, options=sent)
    parts = bodies.get_enrolled_users(school.site.call(user), params)
    return [found for part in parts for found in part]


def ids(school: School, user: int = ADMIN, **options: Any) -> list[int]:
    return [found.id for found in listed(school, user, **options)]


def given(found: c.EnrolledUser) -> set[str]:
    return {name for name in found.__struct_fields__ if getattr(found, name) is not UNSET}


@contextmanager
def held_up(site: TestSite) -> Generator[None]:
    """So many users, or a lock on their table, that reading them takes longer than a moment."""
    if site.engine_name == "sqlite":
        people = [{"username": f"u{n}", "email": f"{n}@x.example"} for n in range(PEOPLE)]
        with site.session.transaction():
            users.add_many(site.session, people)
        yield
        return
    with site.database.session() as other, other.transaction():
        other.connection.exec_driver_sql("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        yield


class TestOptions:
    def test_people_in_any_state_are_listed_by_id(self, school: School) -> None:
        s = school
        assert ids(s) == [s.ann, s.ben, s.cy, s.tina]
        assert ids(s, onlyactive="x") == [s.ann, s.ben, s.tina]
        assert ids(s, onlysuspended=1) == [s.cy]
        assert ids(s, onlyactive=0, bogus=1, groupid="x", withcapability="") == ids(s)

    def test_they_are_sorted_and_cut_as_asked(self, school: School) -> None:
        s = school
        making.enrol(s.site, making.user(s.site, "zed", lastname="Able"), s.course)
        zed = max(ids(s))
        by_name = [zed, s.ann, s.ben, s.cy, s.tina]
        assert ids(s, sortby="lastname") == ids(s, sortby="siteorder") == by_name
        assert ids(s, sortby="firstname") == [s.ann, s.ben, s.cy, s.tina, zed]
        assert ids(s, sortdirection="desc") == [zed, s.tina, s.cy, s.ben, s.ann]
        assert ids(s, limitfrom=1, limitnumber=2) == [s.ben, s.cy]
        assert ids(s, limitfrom=3) == [s.tina, zed]
        assert ids(s, limitfrom=-1, limitnumber=-1) == ids(s)

    def test_a_capability_is_that_of_roles_alone(self, school: School) -> None:
        s = school
        making.enrol(s.site, ADMIN, s.course)
        update = "moodle/course:update"
        assert ids(s, withcapability=update) == [s.tina]
        assert ids(s, withcapability="moodle/course:viewparticipants", limitnumber=1) == [ADMIN]
        assert ids(s, withcapability="nosuch/cap:x") == []

    def test_everybody_but_the_guest_takes_part_in_the_front_page(self, school: School) -> None:
        everybody = ids(school, course=SITE)
        assert GUEST not in everybody
        assert {ADMIN, school.lone, school.cy} <= set(everybody)

    @pytest.mark.parametrize(
        "option", [{"sortby": "bogus"}, {"sortby": ""}, {"sortdirection": "x"}]
    )
    def test_an_unknown_order_is_refused_before_all_else(
        self, school: School, option: dict[str, Any]
    ) -> None:
        with refused(InvalidParameter):
            ids(school, course=UNKNOWN, **option)

    def test_active_and_suspended_exclude_each_other(self, school: School) -> None:
        with refused(CodingError):
            ids(school, onlyactive=1, onlysuspended=1)


class TestRights:
    def test_an_unknown_course_is_a_missing_record(self, school: School) -> None:
        with refused(MissingRecord):
            ids(school, course=UNKNOWN)

    def test_a_course_that_cannot_be_entered_is_told_as_one_error(self, school: School) -> None:
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            ids(school, school.lone)

    def test_seeing_people_needs_a_right(self, school: School) -> None:
        viewer = making.user_with(school.site, "viewer", "moodle/course:view")
        with refused(NoPermission):
            ids(school, viewer)
        with refused(NoPermission):
            ids(school, school.ann, course=SITE)

    @pytest.mark.parametrize("option", ["withcapability", "onlyactive", "onlysuspended"])
    def test_options_need_rights_of_their_own(self, school: School, option: str) -> None:
        with refused(NoPermission):
            ids(school, school.ann, **{option: "1"})

    def test_people_whom_the_caller_may_not_see_are_left_out(self, school: School) -> None:
        viewer = making.user_with(
            school.site, "viewer", "moodle/course:view", "moodle/course:viewparticipants"
        )
        # Teachers are contacts of their course: everybody may know who they are.
        assert ids(school, viewer) == [school.tina]


class TestGroups:
    def test_one_group_can_be_asked_for(self, school: School) -> None:
        s = school
        assert ids(s, groupid=s.red) == [s.ann]
        assert ids(s, groupid=UNKNOWN) == []
        assert ids(s, s.ann, groupid=s.red) == [s.ann]
        with refused(NoPermission):
            ids(s, s.ann, groupid=s.blue)
        with refused(NoPermission):
            ids(s, s.ann, groupid=UNKNOWN)

    def test_a_group_that_hides_its_members_shows_only_oneself(self, school: School) -> None:
        s = school
        own = s.group("Own", s.ann, s.ben, visibility=2)
        nobody = s.group("None", s.ann, s.ben, visibility=3)
        assert ids(s, groupid=own) == [s.ann, s.ben]
        assert ids(s, s.ann, groupid=own) == [s.ann]
        with refused(NoPermission):
            ids(s, s.ann, groupid=nobody)

    def test_separate_groups_show_those_of_ones_own(self, site: TestSite) -> None:
        s = School(site, groupmode=1)
        s.group("Secret", s.ann, s.cy, visibility=2)
        assert ids(s, s.ann) == [s.ann]
        s.group("Mixed", s.ann, s.ben)
        assert ids(s, s.ann) == [s.ann, s.ben]
        dora = s.person("dora")
        assert ids(s, dora) == []
        assert len(ids(s, s.tina)) == len(ids(s)) == 5


class TestFields:
    def test_only_those_asked_for_come_and_the_name(self, school: School) -> None:
        s = school
        assert given(listed(s, s.ann, userfields="email, roles")[0]) == {
            "id",
            "fullname",
            "email",
            "roles",
        }
        assert given(listed(s, s.ann, userfields="groups")[1]) == {"id", "fullname", "groups"}
        assert {"lastcourseaccess", "enrolledcourses", "groups"} <= given(listed(s)[0])

    def test_authz_6_hidden_last_accesses_are_those_to_the_course_as_well(
        self, school: School
    ) -> None:
        s = school
        accesses = {"lastaccess", "lastcourseaccess"}
        assert accesses <= given(listed(s, s.ann)[1])
        making.setting(s.site, "hiddenuserfields", ("lastaccess",))
        assert accesses.isdisjoint(given(listed(s, s.ann)[1]))
        assert accesses <= given(listed(s, s.tina)[1])

    def test_an_administrator_gets_address_and_phones_anyway(self, site: TestSite) -> None:
        s = School(site)
        dora = making.user(site, "dora", address="1 Hill Road", phone1="1", phone2="2", city="X")
        making.enrol(site, dora, s.course)
        shown = given(listed(s, userfields="id")[-1])
        assert shown == {"id", "fullname", "address", "phone1", "phone2"}

    @pytest.mark.parametrize("fields", ["bogus", "fullname,bogus", "", "FULLNAME", "password"])
    def test_an_unknown_field_is_refused(self, school: School, fields: str) -> None:
        with refused(MoodleError, "invaliduserfield"):
            ids(school, userfields=fields)

    def test_custom_fields_come_as_they_are_stored(self, school: School) -> None:
        call = school.site.call()
        with call.transaction():
            profile_fields.create(call, "team", "Team")
            profile_fields.put(call, school.ann, {"team": "R & <b>D</b>"})
            profile_fields.put(call, school.ben, {"team": ""})
        found = listed(school, userfields="customfields")
        assert found[0].customfields == [
            c.EnrolledUserField(type="text", value="R & <b>D</b>", name="Team", shortname="team")
        ]
        assert found[1].customfields is UNSET


def test_many_people_cost_no_more_queries_than_few(school: School) -> None:
    listed(school)
    with noted(school.site.session) as few:
        listed(school)
    for number in range(12):
        made = school.person(f"more{number}")
        making.enrol(school.site, made, making.course(school.site, f"C{number}"))
    assert len(listed(school)) == 16
    with noted(school.site.session) as many:
        listed(school)
    assert len(many) <= len(few)


def test_in_8_a_search_that_takes_too_long_is_refused(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_time, "SECONDS", 0.001)
    call = site.call()
    wanted = enrolled_people.asked([])
    # What comes before the search is read before it is held up.
    assert call.hindrance is None
    call.permissions.require("moodle/site:viewparticipants", call.site.system)
    with held_up(site):
        with refused(InvalidParameter):
            list(enrolled_people.find(call, SITE, wanted))
        with refused(InvalidParameter):
            user_search.by_field(call, "email", [f"{n}@x.example" for n in range(PEOPLE)])


def test_the_answer_fits_its_contract(web: Web) -> None:
    school = School(web.site)
    answer = web.call("core_enrol_get_enrolled_users", web.token(), courseid=school.course)
    assert [user["id"] for user in answer.json] == ids(school)
