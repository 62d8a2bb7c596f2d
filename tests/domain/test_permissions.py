"""May this user do that here: every rule of resolution, one by one."""

import pytest
from sqlalchemy import update

from coursewire.contracts.errors import NoPermission
from coursewire.domain import contexts, permissions
from coursewire.domain.permissions import Permissions
from coursewire.domain.role_definitions import ALLOW, INHERIT, PREVENT, PROHIBIT
from coursewire.store.schema.users import users as user_table
from tests.support import making
from tests.support.sites import TestSite
from tests.support.statements import noted

MANAGE = "moodle/course:managegroups"
VIEW = "moodle/course:view"
COURSES = "moodle/category:viewcourselist"


def of(site: TestSite, user_id: int) -> Permissions:
    return permissions.of_user(site.session, user_id, site.load())


def may(site: TestSite, user_id: int, course_id: int, capability: str = MANAGE) -> bool:
    """The answer for a course, which must be the same with its reasons."""
    asked = of(site, user_id)
    context = making.course_context(site, course_id)
    answer = asked.may(capability, context)
    assert asked.explain(capability, context).allowed == answer
    assert asked.where(capability, [context]) == ({context.id} if answer else set())
    return answer


class TestWhoIsAsked:
    def test_an_unknown_capability_is_nobodys(self, site: TestSite) -> None:
        assert not may(site, 2, 1, "moodle/course:flytothemoon")

    def test_an_administrator_may_everything_whatever_the_roles_say(self, site: TestSite) -> None:
        making.assign(site, "student", 2)
        making.override(site, "student", MANAGE, PROHIBIT)
        assert may(site, 2, 1)

    def test_a_user_who_never_was_may_nothing(self, site: TestSite) -> None:
        assert not may(site, 4711, 1, COURSES)

    @pytest.mark.parametrize("made_admin", [False, True])
    def test_a_deleted_user_may_nothing(self, site: TestSite, made_admin: bool) -> None:
        user = making.user_with(site, "ann", VIEW)
        if made_admin:
            making.setting(site, "siteadmins", (2, user))
        assert may(site, user, 1, VIEW)
        site.session.execute(update(user_table).where(user_table.c.id == user).values(deleted=1))
        assert not may(site, user, 1, VIEW)

    @pytest.mark.parametrize("user", [1, 0])
    def test_guests_have_their_role_alone(self, site: TestSite, user: int) -> None:
        assert may(site, user, 1, COURSES)
        assert not may(site, user, 1, "moodle/grade:view")
        making.assign(site, "student", 1)
        assert not may(site, user, 1, "moodle/grade:view")
        assert of(site, user).is_guest

    @pytest.mark.parametrize("user", [1, 0])
    @pytest.mark.parametrize(
        "capability",
        [MANAGE, "moodle/webservice:createmobiletoken", "enrol/manual:enrol"],
    )
    def test_guests_never_write(self, site: TestSite, user: int, capability: str) -> None:
        making.override(site, "guest", capability, ALLOW)
        assert not may(site, user, 1, capability)

    def test_guests_may_read_personal_data_when_they_are_allowed(self, site: TestSite) -> None:
        """Only the risks of configuration, scripts and data loss keep guests out."""
        making.override(site, "guest", "moodle/user:viewhiddendetails", ALLOW)
        assert may(site, 1, 1, "moodle/user:viewhiddendetails")


class TestWhichRolesCount:
    def test_a_role_counts_where_it_is_assigned_and_below(self, site: TestSite) -> None:
        outer = making.category(site, "Outer")
        inner = making.category(site, "Inner", parent=outer)
        inside = making.course(site, "IN", category=inner)
        outside = making.course(site, "OUT")
        user = making.user(site, "ann")
        making.assign(site, "manager", user, making.context(site, contexts.CATEGORY, outer))
        assert may(site, user, inside)
        assert not may(site, user, outside)
        place = making.context(site, contexts.CATEGORY, outer)
        assert of(site, user).may(MANAGE, place)
        assert not of(site, user).may(MANAGE, site.load().system)

    def test_every_real_user_has_the_default_role(self, site: TestSite) -> None:
        user = making.user(site, "ann")
        making.override(site, "user", VIEW, ALLOW)
        assert may(site, user, 1, VIEW)
        making.setting(site, "defaultuserroleid", making.role_id(site, "student"))
        assert not may(site, user, 1, VIEW)

    def test_the_frontpage_role_counts_in_the_site_course_alone(self, site: TestSite) -> None:
        other = making.course(site, "OTHER")
        user = making.user(site, "ann")
        making.override(site, "frontpage", VIEW, ALLOW)
        assert may(site, user, 1, VIEW)
        assert not may(site, user, other, VIEW)
        assert not of(site, user).may(VIEW, site.load().system)

    def test_a_role_in_another_course_is_of_no_use(self, site: TestSite) -> None:
        here, there = making.course(site, "HERE"), making.course(site, "THERE")
        user = making.user(site, "ann")
        making.assign(site, "editingteacher", user, making.course_context(site, there))
        assert may(site, user, there)
        assert not may(site, user, here)


class TestWhatRolesSay:
    """The nearest setting of a role wins; one allow suffices; a prohibition beats everything."""

    def teacher(self, site: TestSite) -> tuple[int, int]:
        course = making.course(site, "ALG")
        user = making.user(site, "ann")
        making.assign(site, "editingteacher", user, making.course_context(site, course))
        return user, course

    def test_an_override_takes_away(self, site: TestSite) -> None:
        user, course = self.teacher(site)
        making.override(
            site, "editingteacher", MANAGE, PREVENT, making.course_context(site, course)
        )
        assert not may(site, user, course)

    def test_an_override_gives(self, site: TestSite) -> None:
        course = making.course(site, "ALG")
        user = making.user(site, "ann")
        making.assign(site, "student", user, making.course_context(site, course))
        assert not may(site, user, course)
        making.override(site, "student", MANAGE, ALLOW, making.course_context(site, course))
        assert may(site, user, course)

    def test_the_nearest_override_of_a_role_wins(self, site: TestSite) -> None:
        user, course = self.teacher(site)
        category = making.context(site, contexts.CATEGORY, 1)
        making.override(site, "editingteacher", MANAGE, PREVENT, category)
        assert not may(site, user, course)
        making.override(site, "editingteacher", MANAGE, ALLOW, making.course_context(site, course))
        assert may(site, user, course)

    def test_an_override_below_does_not_count(self, site: TestSite) -> None:
        user, course = self.teacher(site)
        page = making.activity(site, course)
        below = making.context(site, contexts.MODULE, page)
        making.override(site, "editingteacher", MANAGE, PREVENT, below)
        assert may(site, user, course)
        assert not of(site, user).may(MANAGE, below)

    def test_prevent_does_not_cancel_what_another_role_allows(self, site: TestSite) -> None:
        user, course = self.teacher(site)
        making.assign(site, "manager", user)
        making.override(
            site, "editingteacher", MANAGE, PREVENT, making.course_context(site, course)
        )
        assert may(site, user, course)

    def test_prohibit_beats_every_other_role(self, site: TestSite) -> None:
        user, course = self.teacher(site)
        making.assign(site, "manager", user)
        making.override(
            site, "editingteacher", MANAGE, PROHIBIT, making.course_context(site, course)
        )
        assert not may(site, user, course)

    def test_prohibit_cannot_be_overridden_below(self, site: TestSite) -> None:
        user, course = self.teacher(site)
        making.override(site, "editingteacher", MANAGE, PROHIBIT)
        making.override(site, "editingteacher", MANAGE, ALLOW, making.course_context(site, course))
        assert not may(site, user, course)

    def test_inherit_removes_the_override(self, site: TestSite) -> None:
        user, course = self.teacher(site)
        place = making.course_context(site, course)
        making.override(site, "editingteacher", MANAGE, PREVENT, place)
        making.override(site, "editingteacher", MANAGE, INHERIT, place)
        assert may(site, user, course)

    def test_the_reasons_name_role_and_place(self, site: TestSite) -> None:
        user, course = self.teacher(site)
        place = making.course_context(site, course)
        making.override(site, "editingteacher", MANAGE, PREVENT, place)
        decision = of(site, user).explain(MANAGE, place)
        assert decision.reason == "no role that counts here allows it"
        said = {
            answer.role_id: (answer.permission, answer.context_id) for answer in decision.answers
        }
        assert said[making.role_id(site, "editingteacher")] == (PREVENT, place.id)
        assert said[making.role_id(site, "user")] == (0, None)


class TestLocking:
    def test_locked_places_refuse_writing_when_locking_is_on(self, site: TestSite) -> None:
        course = making.course(site, "ALG")
        user = making.user_with(site, "ann", MANAGE, VIEW)
        category = making.context(site, contexts.CATEGORY, 1)
        making.locked(site, category)
        assert may(site, user, course)
        making.setting(site, "contextlocking", True)
        assert not may(site, user, course)
        assert may(site, user, course, VIEW)
        assert may(site, user, 1)


class TestAsking:
    def test_require_names_capability_and_place(self, site: TestSite) -> None:
        course = making.course(site, "ALG")
        user = making.user(site, "ann")
        with pytest.raises(NoPermission) as refused:
            of(site, user).require(MANAGE, making.course_context(site, course))
        assert refused.value.errorcode == "nopermissions"
        assert refused.value.reason == f"the caller lacks {MANAGE} in course {course}"

    def test_may_any_needs_one_place(self, site: TestSite) -> None:
        here, there = making.course(site, "HERE"), making.course(site, "THERE")
        user = making.user(site, "ann")
        places = [making.course_context(site, course) for course in (here, there)]
        assert not of(site, user).may_any(MANAGE, places)
        making.assign(site, "editingteacher", user, places[1])
        assert of(site, user).may_any(MANAGE, places)
        assert not of(site, user).may_any(MANAGE, [])

    def test_many_courses_cost_no_more_queries_than_one(self, site: TestSite) -> None:
        ids = [making.course(site, f"C{number}") for number in range(12)]
        user = making.user_with(site, "ann", MANAGE)
        asked = of(site, user)
        places = contexts.of_courses(site.session, ids)
        asked.definitions  # noqa: B018 - read once for all calls of the process
        with noted(site.session) as statements:
            assert all(asked.may(MANAGE, places[course]) for course in ids)
        assert len(statements) == 1

    def test_many_places_need_no_more_than_one(self, site: TestSite) -> None:
        making.setting(site, "contextlocking", True)
        ids = [making.course(site, f"C{number}") for number in range(12)]
        places = contexts.of_courses(site.session, ids).values()
        user = making.user_with(site, "ann", MANAGE, VIEW)
        # Read once for all calls of the process.
        assert of(site, user).definitions.roles
        for capability, asked_about, needed in (
            (MANAGE, [], 0),
            (VIEW, places, 1),
            (MANAGE, places, 2),
        ):
            asked = of(site, user)
            with noted(site.session) as statements:
                assert len(asked.where(capability, asked_about)) == len(asked_about)
            # What the user holds; and what is locked, for what changes something.
            assert len(statements) == needed

    def test_many_users_are_read_at_once(self, site: TestSite) -> None:
        ann = making.user_with(site, "ann", MANAGE)
        bob = making.user(site, "bob")
        found = permissions.of_users(site.session, [ann, bob, 2, 4711], site.load())
        system = site.load().system
        assert set(found) == {ann, bob, 2}
        assert [found[user].may(MANAGE, system) for user in (ann, bob, 2)] == [True, False, True]

    def test_changes_of_roles_are_seen_by_the_next_call(self, site: TestSite) -> None:
        """Definitions are shared by the calls of a process until a role changes."""
        user = making.user(site, "ann")
        for permission in (ALLOW, PREVENT, ALLOW, PROHIBIT, INHERIT):
            making.override(site, "user", VIEW, permission)
            assert may(site, user, 1, VIEW) == (permission == ALLOW)
