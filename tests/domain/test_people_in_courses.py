"""What users see of each other in courses, in separate groups, and in large sets."""

import pytest
from msgspec import structs

from coursewire.contracts.core_user.profiles import User
from coursewire.contracts.fields import UNSET
from coursewire.domain import contexts, group_members, user_details
from coursewire.domain.role_definitions import PREVENT, PROHIBIT
from coursewire.store import users
from coursewire.store.enrolments import SUSPENDED
from tests.support import making
from tests.support.people_seen import (
    ADMIN,
    VIEW,
    filled_person,
    seen,
    seen_in,
    shown,
)
from tests.support.sites import TestSite
from tests.support.statements import noted


@pytest.fixture
def ann(site: TestSite) -> int:
    return filled_person(site)


class TestCourses:
    def test_people_are_seen_in_a_course_they_share(self, site: TestSite, ann: int) -> None:
        course = making.course(site, "ALG")
        mate = making.user(site, "mate")
        for user in (ann, mate):
            making.enrol(site, user, course)
        assert seen(site, mate, ann) is not None

    def test_the_viewer_needs_the_right_and_no_enrolment(self, site: TestSite, ann: int) -> None:
        course = making.course(site, "ALG")
        making.enrol(site, ann, course)
        viewer = making.user(site, "viewer")
        assert seen(site, viewer, ann) is None
        making.assign(site, "teacher", viewer, making.course_context(site, course))
        assert seen(site, viewer, ann) is not None

    def test_whoever_is_suspended_there_is_not_seen(self, site: TestSite, ann: int) -> None:
        course = making.course(site, "ALG")
        mate = making.user(site, "mate")
        making.enrol(site, mate, course)
        making.enrol(site, ann, course, status=SUSPENDED)
        assert seen(site, mate, ann) is None

    def test_in_hidden_courses_only_those_who_see_them_are_seen(
        self, site: TestSite, ann: int
    ) -> None:
        course = making.course(site, "HID", visible=0)
        teacher, other = making.user(site, "teacher"), making.user(site, "other")
        making.enrol(site, teacher, course, "teacher")
        making.enrol(site, other, course, "teacher")
        making.enrol(site, ann, course)
        assert seen(site, teacher, ann) is None
        assert seen(site, teacher, other) is not None

    def test_the_last_course_counts(self, site: TestSite, ann: int) -> None:
        # Of two courses the one made later comes first in its category.
        last, first = making.course(site, "OLD"), making.course(site, "NEW")
        viewer = making.user(site, "viewer")
        for course in (first, last):
            making.enrol(site, ann, course)
            making.enrol(site, viewer, course)
        assert "email" not in shown(seen(site, viewer, ann))
        making.assign(site, "editingteacher", viewer, making.course_context(site, first))
        assert "email" not in shown(seen(site, viewer, ann))
        making.assign(site, "editingteacher", viewer, making.course_context(site, last))
        assert "email" in shown(seen(site, viewer, ann))

    def test_a_course_contact_is_seen_by_everybody(self, site: TestSite, ann: int) -> None:
        course = making.course(site, "ALG")
        stranger = making.user(site, "stranger")
        making.enrol(site, ann, course, "teacher")
        assert seen(site, stranger, ann) is None
        making.enrol(site, ann, course, "editingteacher")
        assert seen(site, stranger, ann) is not None

    def test_in_a_given_course_the_right_there_is_enough(self, site: TestSite, ann: int) -> None:
        course = making.course(site, "ALG")
        mate = making.user(site, "mate")
        making.enrol(site, mate, course)
        assert seen_in(site, mate, ann, course) is not None
        assert seen_in(site, making.user(site, "stranger"), ann, course) is None

    def test_an_override_in_somebodys_own_context_counts(self, site: TestSite, ann: int) -> None:
        viewer = making.user_with(site, "viewer", VIEW)
        other = making.user(site, "other")
        place = contexts.get(site.session, contexts.USER, ann)
        making.override(site, "viewer", VIEW, PREVENT, place)
        assert seen(site, viewer, ann) is None
        assert seen(site, viewer, other) is not None
        parent = making.user(site, "parent")
        making.assign(site, "viewer", parent, contexts.get(site.session, contexts.USER, other))
        assert seen(site, parent, other) is not None
        assert seen(site, parent, ann) is None

    def test_a_prohibition_in_a_course_hides_people_in_it(self, site: TestSite, ann: int) -> None:
        course = making.course(site, "ALG")
        mate = making.user(site, "mate")
        for user in (ann, mate):
            making.enrol(site, user, course)
        making.override(site, "student", VIEW, PROHIBIT, making.course_context(site, course))
        assert seen(site, mate, ann) is None

    def test_the_guest_has_no_courses(self, site: TestSite) -> None:
        viewer = making.user(site, "viewer")
        assert seen(site, viewer, 1) is None


class TestSeparateGroups:
    @pytest.fixture
    def course(self, site: TestSite, ann: int) -> int:
        course = making.course(site, "SEP", groupmode=1)
        making.enrol(site, ann, course)
        return course

    def group(self, site: TestSite, course: int, *members: int, visibility: int = 0) -> None:
        group = making.group(site, course, "Red", visibility=visibility)
        group_members.add(site.call(), [(group, member) for member in members])

    @pytest.mark.parametrize(("visibility", "sees"), [(0, True), (1, True), (2, False), (3, False)])
    def test_a_shared_group_lets_members_see_each_other(
        self, site: TestSite, ann: int, course: int, visibility: int, *, sees: bool
    ) -> None:
        mate = making.user(site, "mate")
        making.enrol(site, mate, course)
        assert seen(site, mate, ann) is None
        self.group(site, course, ann, mate, visibility=visibility)
        assert (seen(site, mate, ann) is not None) is sees

    def test_open_profiles_are_seen_across_groups_with_the_right(
        self, site: TestSite, ann: int, course: int
    ) -> None:
        mate = making.user(site, "mate")
        making.enrol(site, mate, course)
        making.setting(site, "forceloginforprofiles", value=False)
        assert seen(site, mate, ann) is not None
        assert seen(site, making.user(site, "stranger"), ann) is None

    def test_who_may_access_all_groups_sees_everybody(
        self, site: TestSite, ann: int, course: int
    ) -> None:
        assistant, teacher = making.user(site, "assistant"), making.user(site, "teacher")
        making.enrol(site, assistant, course, "teacher")
        making.enrol(site, teacher, course, "editingteacher")
        assert seen(site, assistant, ann) is None
        assert seen(site, teacher, ann) is not None


class TestSets:
    def test_many_people_are_shown_in_few_queries(self, site: TestSite) -> None:
        course = making.course(site, "ALG")
        teacher = making.user(site, "teacher")
        making.enrol(site, teacher, course, "editingteacher")
        few = [making.user(site, f"user{n}") for n in range(3)]
        for user in few:
            making.enrol(site, user, course)
        many = few + [making.user(site, f"more{n}", description="x") for n in range(20)]
        for user in many[3:]:
            making.enrol(site, user, course)
        counts: list[int] = []
        for ids in (few, many):
            people = list(users.of_ids(site.session, ids).values())
            call = site.call(teacher)
            with noted(site.session) as statements:
                shown = user_details.in_any_course(call, people)
            assert len(shown) == len(ids)
            counts.append(len(statements))
        # The descriptions ask one question more, for all of them.
        assert counts[1] <= counts[0] + 1

    def test_shown_as_tells_the_details_as_an_answer_does(self, site: TestSite, ann: int) -> None:
        details = seen(site, ADMIN, ann)
        assert details is not None
        (person,) = user_details.shown_as(User, [details])
        shown = structs.asdict(person)
        assert {name: value for name, value in shown.items() if value is not UNSET} == details
