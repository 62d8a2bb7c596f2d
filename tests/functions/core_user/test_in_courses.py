"""Users read by exact values, and as they appear in courses."""

from typing import Any

import pytest
from msgspec import structs

from coursewire.contracts.core_user import profiles as c
from coursewire.contracts.errors import (
    CodingError,
    InvalidParameter,
    MoodleError,
    RequireLogin,
)
from coursewire.contracts.fields import UNSET
from coursewire.domain import contexts, group_members
from coursewire.domain.known_preferences import FORCE_PASSWORD_CHANGE
from coursewire.functions.core_user import profiles as bodies
from coursewire.store import groups as group_rows
from coursewire.store import preferences, users
from tests.support import making
from tests.support.refusals import refused
from tests.support.sites import TestSite
from tests.support.web import Web

ADMIN, GUEST, UNKNOWN = 2, 1, 987654
RIGHTS = (
    "moodle/course:view",
    "moodle/course:viewparticipants",
    "moodle/course:useremail",
    "moodle/user:viewdetails",
)


def by_field(site: TestSite, field: str, *values: str, user: int = ADMIN) -> list[int]:
    params = c.GetUsersByField(field=field, values=list(values))
    return [found.id for found in bodies.get_users_by_field(site.call(user), params)]


def profiles(
    site: TestSite, *pairs: tuple[int, int], user: int = ADMIN
) -> dict[int, c.UserProfile]:
    sent = [c.CourseUser(userid=user_id, courseid=course_id) for user_id, course_id in pairs]
    params = c.GetCourseUserProfiles(userlist=sent)
    return {found.id: found for found in bodies.get_course_user_profiles(site.call(user), params)}


def groups(profile: c.UserProfile) -> Any:
    return UNSET if profile.groups is UNSET else [group.name for group in profile.groups]


@pytest.fixture
def ann(site: TestSite) -> int:
    return making.user(site, "ann", idnumber="A-1", email="Ann@School.example")


class TestByField:
    def test_values_are_compared_as_they_are(self, site: TestSite, ann: int) -> None:
        ben = making.user(site, "ben", idnumber="B-1")
        gone = making.user(site, "gone")
        users.change(site.session, gone, {"deleted": 1})
        assert by_field(site, "id", str(ben), f" {ann}", str(ben), str(UNKNOWN)) == [ann, ben]
        assert by_field(site, "id", str(gone)) == [gone]
        assert by_field(site, "username", "ben", "nobody", "ann") == [ann, ben]
        assert by_field(site, "idnumber", "A-1", "b-1", "%") == [ann]
        assert by_field(site, "email", "Ann@School.example") == [ann]
        assert by_field(site, "email", "ann@school.example", "no mail") == []

    @pytest.mark.parametrize("form", ["00{}", "+{}", "{} ", "{}.0", "{}0e-1"])
    def test_an_id_may_be_written_in_any_way(self, site: TestSite, ann: int, form: str) -> None:
        assert by_field(site, "id", form.format(ann)) == [ann]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("id", ""),
            ("id", "abc"),
            ("id", "3x"),
            ("id", "1e999"),
            ("id", "\u0663"),
            ("id", "1.5"),
            ("id", "9" * 20),
            ("username", "ANN"),
            ("email", " Ann@School.example"),
        ],
    )
    def test_a_value_that_the_field_cannot_have_is_refused(
        self, site: TestSite, field: str, value: str
    ) -> None:
        with refused(InvalidParameter):
            by_field(site, field, value)

    @pytest.mark.parametrize("field", ["firstname", "", "ID", "auth"])
    def test_other_fields_are_refused(self, site: TestSite, field: str) -> None:
        with refused(CodingError):
            by_field(site, field, "x")

    def test_nobody_is_found_by_what_the_caller_may_not_see(self, site: TestSite, ann: int) -> None:
        viewer = making.user_with(site, "viewer", "moodle/user:viewdetails")
        assert by_field(site, "id", str(ann), user=viewer) == [ann]
        assert by_field(site, "username", "ann", user=viewer) == []
        assert by_field(site, "id", str(viewer), user=ann) == []

    def test_who_must_change_the_password_finds_nobody(self, site: TestSite, ann: int) -> None:
        preferences.put(site.session, ann, {FORCE_PASSWORD_CHANGE: "1"})
        with refused(MoodleError, "forcepasswordchangenotice"):
            by_field(site, "id", str(ann), user=ann)


class TestInCourses:
    def test_a_profile_tells_of_groups_roles_and_courses(self, site: TestSite, ann: int) -> None:
        course, other = making.course(site, "ALG"), making.course(site, "BIO", visible=0)
        making.enrol(site, ann, course, "teacher")
        making.enrol(site, ann, course)
        making.enrol(site, ann, other)
        red = making.group(site, course, "Red", description="<p>R<script>x</script></p>")
        making.group(site, course, "Blue")
        hidden = making.group(site, course, "Grey", visibility=3)
        group_members.add(site.call(), [(red, ann), (hidden, ann)])
        found = profiles(site, (ann, other), (ann, course), (GUEST, course), (UNKNOWN, course))
        assert list(found) == [GUEST, ann]
        profile = found[ann]
        assert groups(profile) == ["Grey", "Red"]
        assert profile.groups is not UNSET
        assert (profile.groups[1].description, profile.groups[1].descriptionformat) == (
            "<p>R</p>",
            1,
        )
        assert profile.roles is not UNSET
        assert [(role.shortname, role.name) for role in profile.roles] == [
            ("teacher", ""),
            ("student", ""),
        ]
        assert profile.enrolledcourses is not UNSET
        assert [each.shortname for each in profile.enrolledcourses] == ["ALG"]
        guest = found[GUEST]
        assert (groups(guest), guest.roles, guest.enrolledcourses) == (UNSET, [], UNSET)

    def test_a_group_of_an_odd_format_does_not_spoil_the_answer(
        self, site: TestSite, ann: int
    ) -> None:
        course = making.course(site, "ALG")
        making.enrol(site, ann, course)
        red = making.group(site, course, "Red", description="<b>x</b><script>y</script>")
        group_members.add(site.call(), [(red, ann)])
        with site.session.transaction():
            state = group_rows.of_ids(site.session, [red])[red]
            group_rows.change_many(site.session, [structs.replace(state, descriptionformat=7)])
        (shown,) = profiles(site, (ann, course))[ann].groups or []
        assert (shown.description, shown.descriptionformat) == ("<b>x</b>", 7)

    def test_separate_groups_hide_what_is_not_shared(self, site: TestSite, ann: int) -> None:
        course = making.course(site, "SEP", groupmode=1)
        ben, cy = making.user(site, "ben"), making.user(site, "cy")
        for user_id in (ann, ben, cy):
            making.enrol(site, user_id, course)
        red, blue = making.group(site, course, "Red"), making.group(site, course, "Blue")
        group_members.add(site.call(), [(red, ann), (blue, ann), (red, ben), (blue, cy)])
        assert groups(profiles(site, (ann, course), user=ben)[ann]) == ["Red"]
        assert groups(profiles(site, (cy, course), user=ben)[cy]) == []
        assert groups(profiles(site, (ann, course))[ann]) == ["Blue", "Red"]

    def test_a_site_may_hide_courses_and_accesses(self, site: TestSite, ann: int) -> None:
        course = making.course(site, "ALG")
        ben = making.user(site, "ben")
        making.enrol(site, ann, course)
        making.enrol(site, ben, course)
        making.setting(site, "hiddenuserfields", ("mycourses", "lastaccess"))
        profile = profiles(site, (ann, course), user=ben)[ann]
        assert (profile.enrolledcourses, profile.lastaccess) == (UNSET, UNSET)

    def test_a_course_that_cannot_be_entered_spoils_the_call(
        self, site: TestSite, ann: int
    ) -> None:
        course, ben = making.course(site, "ALG"), making.user(site, "ben")
        making.enrol(site, ben, course)
        with refused(InvalidParameter):
            profiles(site, (ann, UNKNOWN))
        with refused(RequireLogin):
            profiles(site, (ben, course), user=ann)
        users.change(site.session, ben, {"deleted": 1})
        assert profiles(site, (ben, course), user=ann) == {}

    def test_authz_6_a_locked_course_shows_no_hidden_address_beside_an_open_one(
        self, web: Web, ann: int
    ) -> None:
        """To see all addresses of a course is a right to write, which counts in no locked one."""
        site = web.site
        ben = making.user(site, "ben", maildisplay=0)
        users.change(site.session, ann, {"maildisplay": 0})
        open_, shut = making.course(site, "ALG"), making.course(site, "GEO")
        making.enrol(site, ann, open_)
        making.enrol(site, ben, shut)
        making.locked(site, making.course_context(site, shut))
        making.setting(site, "contextlocking", True)
        bot = making.user_with(site, "bot", "webservice/rest:use")
        making.role(site, "tutor", RIGHTS)
        making.assign(site, "tutor", bot, making.context(site, contexts.CATEGORY, 1))
        answer = web.call(
            "core_user_get_users_by_field", web.token(bot), field="id", values=[ann, ben]
        )
        seen = {each["id"]: each.get("email") for each in answer.json}
        assert seen == {ann: "Ann@School.example", ben: None}

    def test_whom_the_caller_may_not_see_is_left_out(self, site: TestSite, ann: int) -> None:
        course = making.course(site, "ALG")
        viewer = making.user_with(site, "viewer", "moodle/course:view")
        making.enrol(site, ann, course)
        assert profiles(site, (ann, course), user=viewer) == {}
