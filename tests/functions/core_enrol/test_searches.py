"""Searches for people: who is found by what, rights, groups, pages, ways into a course."""

from typing import Any

import pytest

from coursewire.contracts import core_enrol as c
from coursewire.contracts.core_user.profiles import User
from coursewire.contracts.errors import InvalidParameter, MissingRecord, MoodleError, NoPermission
from coursewire.contracts.fields import UNSET
from coursewire.domain import contexts, enrolments, profile_fields, user_deletion
from coursewire.functions.core_enrol import searches as bodies
from coursewire.store import search_time
from tests.functions.core_enrol.test_people import held_up
from tests.support import making
from tests.support.participants import School
from tests.support.refusals import refused
from tests.support.sites import TestSite
from tests.support.statements import noted
from tests.support.web import Web

ADMIN, GUEST, UNKNOWN, SITE = 2, 1, 987654, 1
SEE, REVIEW = "moodle/course:viewparticipants", "moodle/course:enrolreview"
ENTER, KNOW = "moodle/course:view", "moodle/user:viewdetails"
PAGE: dict[str, Any] = {"searchanywhere": True, "page": 0, "perpage": 50}


def found(school: School, search: str = "", user: int = ADMIN, **values: Any) -> list[User]:
    asked = {"courseid": school.course, "search": search, **PAGE, **values}
    return bodies.search_users(school.site.call(user), c.SearchUsers(**asked))


def ids(school: School, search: str = "", user: int = ADMIN, **values: Any) -> list[int]:
    return [person.id for person in found(school, search, user, **values)]


def manual(school: School, course: int | None = None) -> int:
    """The way by which people are put into the course by hand."""
    there = enrolments.instances(school.site.session, school.course if course is None else course)
    return next(way.id for way in there if way.enrol == enrolments.MANUAL)


def others(school: School, search: str = "", user: int = ADMIN, **values: Any) -> list[int]:
    asked = {"courseid": school.course, "enrolid": manual(school), "search": search}
    params = c.GetPotentialUsers(**{**asked, **PAGE, **values})
    return [person.id for person in bodies.get_potential_users(school.site.call(user), params)]


def given(person: User) -> set[str]:
    return {name for name in person.__struct_fields__ if getattr(person, name) is not UNSET}


class TestWhoIsFound:
    def test_nothing_to_look_for_finds_everybody_in_any_state(self, school: School) -> None:
        s = school
        assert ids(s) == [s.ann, s.ben, s.cy, s.tina]

    def test_they_come_by_last_name_first_name_and_id(self, school: School) -> None:
        s = school
        named = [("Zed", "Able"), ("Abe", "Able"), ("Zed", "Able")]
        zed, abe, other = (
            making.user(s.site, f"n{number}", firstname=first, lastname=last)
            for number, (first, last) in enumerate(named)
        )
        for person in (zed, abe, other):
            making.enrol(s.site, person, s.course)
        assert ids(s)[:3] == [abe, zed, other]

    def test_a_piece_is_found_in_names_whatever_its_case(self, school: School) -> None:
        s = school
        elke = making.user(s.site, "elke", firstname="Élke", lastname="Ötker")
        making.enrol(s.site, elke, s.course)
        for piece in ("élk", "ÖTK", "ke ö", "ÉLKE ÖTKER"):
            assert ids(s, piece) == [elke]
        assert ids(s, "élke  ö") == []

    def test_not_anywhere_means_at_the_beginning(self, school: School) -> None:
        s = school
        elke = making.user(s.site, "elke", firstname="Elke", lastname="Otker")
        making.enrol(s.site, elke, s.course)
        for piece in ("elk", "otk", "elke o", "elke@"):
            assert ids(s, piece, searchanywhere=False) == [elke]
        assert ids(s, "ke", searchanywhere=False) == []

    def test_percent_and_underscore_stand_for_anything(self, school: School) -> None:
        s = school
        elke = making.user(s.site, "elke", firstname="Elke", lastname="Otker")
        making.enrol(s.site, elke, s.course)
        assert ids(s, "e_ke%ker") == [elke]
        assert ids(s, "e\\_ke") == []
        assert ids(s, "elke\\") == []

    def test_who_is_met_as_a_whole_comes_first(self, school: School) -> None:
        s = school
        named = [("Elke", "Adams"), ("Anna", "Elk"), ("Elk", "Zorn")]
        adams, anna, zorn = (
            making.user(s.site, f"n{number}", firstname=first, lastname=last)
            for number, (first, last) in enumerate(named)
        )
        for person in (adams, anna, zorn):
            making.enrol(s.site, person, s.course)
        assert ids(s, "ELK") == [anna, zorn, adams]

    @pytest.mark.parametrize("piece", ["a" * 256, "%_" * 9])
    def test_in_8_a_piece_too_long_or_too_wild_is_refused_after_rights(
        self, school: School, piece: str
    ) -> None:
        with refused(InvalidParameter):
            ids(school, piece)
        viewer = making.user_with(school.site, "viewer", ENTER)
        with refused(NoPermission):
            ids(school, piece, viewer)


class TestWhatIsSeen:
    def test_names_pictures_and_identity_come_and_nothing_else(self, school: School) -> None:
        pictures = {"profileimageurl", "profileimageurlsmall"}
        assert given(found(school, "ann")[0]) == {"id", "fullname", "email", *pictures}
        assert given(found(school, "", school.ann)[0]) == {"id", "fullname", *pictures}

    def test_nobody_is_found_by_what_the_caller_may_not_see(self, school: School) -> None:
        s = school
        assert ids(s, "ann@") == [s.ann]
        assert ids(s, "ann@", s.tina) == [s.ann]
        assert ids(s, "ann@", s.ann) == []
        assert s.ann in ids(s, "ann", s.ann)

    def test_more_fields_can_identify_people(self, school: School) -> None:
        s = school
        fields = ("idnumber", "username", "profile_field_team", "profile_field_secret")
        making.setting(s.site, "showuseridentity", fields)
        dora = making.user(s.site, "dorauser", idnumber="Üx-7", firstname="Do", lastname="Ra")
        making.enrol(s.site, dora, s.course)
        call = s.site.call()
        with call.transaction():
            profile_fields.create(call, "team", "Team")
            profile_fields.create(call, "secret", "Secret", visible=0)
            profile_fields.put(call, dora, {"team": "Blue Whales", "secret": "mole"})
        assert ids(s, "Üx-") == ids(s, "x-7") == ids(s, "whales") == ids(s, "mole") == [dora]
        assert ids(s, "Üx-", s.tina) == ids(s, "WHALES", s.tina) == [dora]
        # Of the account itself and of hidden fields a teacher sees nothing.
        assert ids(s, "dorauser", s.tina) == ids(s, "mole", s.tina) == []
        assert ids(s, "dorauser") == [dora]
        assert found(s, "Üx-", s.tina)[0].idnumber == "Üx-7"

    def test_last_names_that_the_site_keeps_back_are_not_searched(self, school: School) -> None:
        s = school
        making.setting(s.site, "fullnamedisplay", "firstname")
        elke = making.user(s.site, "elke", firstname="Elke", lastname="Otker")
        making.enrol(s.site, elke, s.course)
        assert ids(s, "otker", s.ann) == ids(s, "elke o", s.ann) == []
        assert ids(s, "elke", s.ann) == ids(s, "otker", s.tina) == [elke]

    def test_people_whom_the_caller_may_not_see_are_missing_in_their_page(
        self, school: School
    ) -> None:
        s = school
        viewer = making.user_with(s.site, "viewer", ENTER, SEE)
        # Teachers are contacts of their course: everybody may know who they are.
        assert ids(s, "", viewer) == [s.tina]
        assert ids(s, "", viewer, perpage=3) == []


class TestPages:
    def test_pages_count_from_0_and_hold_so_many(self, school: School) -> None:
        s = school
        assert ids(s, page=0, perpage=3) == [s.ann, s.ben, s.cy]
        assert ids(s, page=1, perpage=3) == [s.tina]
        assert ids(s, page=-1, perpage=1) == [s.ann]
        assert ids(s, page=2, perpage=3) == ids(s, page=2**62, perpage=2**62) == []

    @pytest.mark.parametrize("size", [0, -1])
    def test_a_page_of_nobody_is_empty(self, school: School, size: int) -> None:
        assert ids(school, perpage=size) == others(school, perpage=size) == []


class TestRightsInACourse:
    def test_an_unknown_course_is_a_missing_record(self, school: School) -> None:
        with refused(MissingRecord):
            ids(school, courseid=UNKNOWN)

    def test_a_course_that_cannot_be_entered_is_told_as_one_error(self, school: School) -> None:
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            ids(school, "", school.lone)

    def test_one_of_two_rights_is_needed(self, school: School) -> None:
        viewer = making.user_with(school.site, "viewer", ENTER)
        with refused(NoPermission):
            ids(school, "", viewer)
        for right in (SEE, REVIEW):
            reader = making.user_with(school.site, right[-6:], ENTER, KNOW, right)
            assert len(ids(school, "", reader)) == 4

    def test_everybody_but_the_guest_takes_part_in_the_front_page(self, school: School) -> None:
        everybody = ids(school, courseid=SITE)
        assert GUEST not in everybody
        assert {ADMIN, school.lone} <= set(everybody)


class TestPlaces:
    def test_the_place_of_an_activity_or_of_the_course_may_be_given(self, school: School) -> None:
        s = school
        course = making.course_context(s.site, s.course)
        page = making.activity(s.site, s.course)
        module = making.context(s.site, contexts.MODULE, page)
        assert ids(s, contextid=course.id) == ids(s, contextid=module.id) == ids(s)

    def test_an_unknown_place_is_a_missing_record(self, school: School) -> None:
        with refused(MissingRecord):
            ids(school, contextid=UNKNOWN)

    def test_rights_in_another_place_do_not_count(self, school: School) -> None:
        s = school
        own = making.course(s.site, "OWN")
        making.enrol(s.site, s.lone, own, "editingteacher")
        for place in (making.course_context(s.site, own), s.site.call().site.system):
            with refused(MoodleError, "errorcoursecontextnotvalid"):
                ids(s, "", s.lone, contextid=place.id)
            with refused(InvalidParameter):
                ids(s, "", s.tina, contextid=place.id)

    def test_a_place_elsewhere_is_told_of_only_to_those_with_the_right(
        self, school: School
    ) -> None:
        viewer = making.user_with(school.site, "viewer", ENTER)
        with refused(NoPermission):
            ids(school, "", viewer, contextid=school.site.call().site.system.id)

    def test_an_activity_that_cannot_be_entered_is_told_as_one_error(self, school: School) -> None:
        page = making.activity(school.site, school.course, visible=0)
        module = making.context(school.site, contexts.MODULE, page)
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            ids(school, "", school.ann, contextid=module.id)


class TestGroups:
    def test_separate_groups_show_those_of_ones_own(self, site: TestSite) -> None:
        s = School(site, groupmode=1)
        s.group("Secret", s.ann, s.cy, visibility=2)
        assert ids(s, "", s.ann) == [s.ann]
        s.group("Mixed", s.ann, s.ben)
        assert ids(s, "", s.ann) == [s.ann, s.ben]
        assert ids(s, "", s.person("dora")) == []
        assert len(ids(s, "", s.tina)) == 5

    def test_an_activity_keeps_groups_apart_by_its_own_mode(self, school: School) -> None:
        s = school
        page = making.activity(s.site, s.course, groupmode=1)
        module = making.context(s.site, contexts.MODULE, page)
        assert len(ids(s, "", s.ann)) == 4
        assert ids(s, "", s.ann, contextid=module.id) == [s.ann]
        assert len(ids(s, "", s.tina, contextid=module.id)) == 4

    def test_an_activity_can_leave_groups_together(self, site: TestSite) -> None:
        s = School(site, groupmode=1)
        module = making.context(site, contexts.MODULE, making.activity(site, s.course))
        assert len(ids(s, "", s.ann, contextid=module.id)) == 4


class TestPotentialUsers:
    def test_those_who_use_the_way_and_the_guest_are_left_out(self, school: School) -> None:
        s = school
        assert sorted(others(s)) == [ADMIN, s.lone]
        gone = making.user(s.site, "gone")
        call = s.site.call()
        with call.transaction():
            user_deletion.delete(call, gone)
        making.user(s.site, "unsure", confirmed=0)
        assert sorted(others(s)) == [ADMIN, s.lone]

    def test_those_who_use_another_way_are_listed(self, school: School) -> None:
        s = school
        call = s.site.call()
        with call.transaction():
            way = enrolments.add_instance(call, s.course, enrolments.SELF)
        assert {s.ann, s.cy, s.tina, s.lone} <= set(others(s, enrolid=way))

    def test_they_are_searched_like_the_people_of_a_course(self, school: School) -> None:
        s = school
        assert others(s, "lone@") == others(s, "LON", searchanywhere=False) == [s.lone]
        assert others(s, "ann") == []

    def test_a_way_that_is_not_one_of_the_course_is_a_missing_record(self, school: School) -> None:
        elsewhere = manual(school, making.course(school.site, "BET"))
        for way in (UNKNOWN, elsewhere):
            with refused(MissingRecord):
                others(school, enrolid=way)

    def test_the_course_comes_first_and_then_the_right(self, school: School) -> None:
        s = school
        with refused(MissingRecord):
            others(s, courseid=UNKNOWN)
        with refused(MoodleError, "errorcoursecontextnotvalid"):
            others(s, "", s.lone)
        with refused(NoPermission):
            others(s, "", s.ann, enrolid=UNKNOWN)

    def test_teachers_find_whom_they_may_see(self, school: School) -> None:
        s = school
        # In their own course a teacher may look at everybody's details.
        assert s.lone in others(s, "", s.tina)
        viewer = making.user_with(s.site, "viewer", ENTER, REVIEW)
        assert s.lone not in others(s, "", viewer)


def test_many_people_cost_no_more_queries_than_few(school: School) -> None:
    found(school, "a")
    with noted(school.site.session) as few:
        found(school, "a")
    for number in range(12):
        school.person(f"anna{number}")
    found(school, "a")
    with noted(school.site.session) as many:
        assert len(found(school, "a")) >= 12
    assert len(many) <= len(few)


def test_in_8_a_search_that_takes_too_long_is_refused(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_time, "SECONDS", 0.001)
    call = site.call()
    assert call.hindrance is None
    params = c.SearchUsers(courseid=SITE, search="example", **PAGE)
    call.permissions.require(SEE, call.site.front_page)
    with held_up(site), refused(InvalidParameter):
        bodies.search_users(call, params)


def test_the_answers_fit_their_contracts(web: Web) -> None:
    school = School(web.site)
    asked = {**PAGE, "searchanywhere": 1, "search": "", "courseid": school.course}
    answer = web.call("core_enrol_search_users", web.token(), **asked)
    assert [user["id"] for user in answer.json] == ids(school)
    answer = web.call(
        "core_enrol_get_potential_users", web.token(), enrolid=manual(school), **asked
    )
    assert sorted(user["id"] for user in answer.json) == [ADMIN, school.lone]
