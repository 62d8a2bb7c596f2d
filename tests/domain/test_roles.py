"""Making and changing roles, and giving them: who may give which, where."""

import pytest

from coursewire.contracts.errors import InvalidParameter, MissingRecord, NoPermission
from coursewire.domain import contexts, permissions, role_assignments, roles
from coursewire.domain.role_definitions import ALLOW, PROHIBIT
from coursewire.domain.roles import NewRole
from coursewire.store import roles as rows
from tests.support import making
from tests.support.sites import TestSite

VIEW = "moodle/course:view"
MANAGE = "moodle/course:managegroups"


def named(site: TestSite, ids: list[int]) -> list[str]:
    return [roles.get(site.session, role_id).shortname for role_id in ids]


class TestMaking:
    def test_a_role_has_what_it_was_made_with(self, site: TestSite) -> None:
        call = site.call()
        new = NewRole(
            shortname="connector",
            name="Connector",
            capabilities=[VIEW, MANAGE],
            levels=[contexts.SYSTEM, contexts.COURSE],
            may_assign=[5],
        )
        with call.transaction():
            role_id = roles.create(call, new)
        definitions = permissions.of_user(site.session, 2, site.load()).definitions
        assert definitions.roles[role_id].name == "Connector"
        assert definitions.levels[role_id] == {contexts.SYSTEM, contexts.COURSE}
        assert definitions.may_assign[role_id] == {5}
        assert definitions.permissions[role_id] == {VIEW: {1: ALLOW}, MANAGE: {1: ALLOW}}
        found = roles.find(site.session, "connector")
        assert found is not None
        assert found.id == role_id
        assert [role.shortname for role in roles.everything(site.session)][-1] == "connector"

    @pytest.mark.parametrize(
        ("new", "reason"),
        [
            (NewRole(shortname="  "), "needs a short name"),
            (NewRole(shortname="My role"), "'My role' cannot be that of a role"),
            (NewRole(shortname="a" * 101), "cannot be that of a role"),
            (NewRole(shortname="student"), "'student' exists already"),
            (NewRole(shortname="a", archetype="wizard"), "'wizard' is no archetype"),
            (NewRole(shortname="a", levels=[11]), "11 is no level"),
            (NewRole(shortname="a", capabilities=["moodle/course:veiw"]), "no capability"),
        ],
    )
    def test_what_cannot_be_made_is_refused_and_leaves_nothing(
        self, site: TestSite, new: NewRole, reason: str
    ) -> None:
        call = site.call()
        with pytest.raises(InvalidParameter) as refused, call.transaction():
            roles.create(call, new)
        assert reason in refused.value.reason
        assert len(roles.everything(site.session)) == 8

    def test_a_misspelt_capability_comes_with_the_right_one(self, site: TestSite) -> None:
        call = site.call()
        with pytest.raises(InvalidParameter) as refused:
            roles.check_capability(call, "moodle/course:veiw")
        assert refused.value.remedy == "did you mean 'moodle/course:view'?"
        with pytest.raises(InvalidParameter) as refused:
            roles.check_capability(call, "xyzzy")
        assert refused.value.remedy == "check its spelling"

    def test_a_target_must_exist(self, site: TestSite) -> None:
        with pytest.raises(MissingRecord):
            roles.set_may_assign(site.call(), 1, [4711])


class TestGranting:
    def test_authz_8_nobody_grants_what_they_do_not_hold(self, site: TestSite) -> None:
        user = making.user_with(site, "ann", VIEW)
        role_id = making.role(site, "reader")
        call = site.call(user)
        roles.grant(call, role_id, {VIEW: ALLOW}, call.site.system)
        with pytest.raises(NoPermission) as refused:
            roles.grant(call, role_id, {MANAGE: ALLOW}, call.site.system)
        assert refused.value.capability == MANAGE
        roles.grant(call, role_id, {MANAGE: PROHIBIT}, call.site.system)

    def test_only_known_permissions_are_taken(self, site: TestSite) -> None:
        call = site.call()
        with pytest.raises(InvalidParameter) as refused:
            roles.grant(call, 5, {VIEW: 2}, call.site.system)
        assert "allow, prevent, prohibit, inherit" in refused.value.remedy

    def test_an_unknown_role_is_a_missing_record(self, site: TestSite) -> None:
        call = site.call()
        with pytest.raises(MissingRecord):
            roles.grant(call, 4711, {VIEW: ALLOW}, call.site.system)


class TestChanging:
    def test_names_change(self, site: TestSite) -> None:
        call = site.call()
        with call.transaction():
            roles.change(call, 5, name="Learner")
        assert roles.get(site.session, 5).name == "Learner"

    def test_a_role_goes_with_everybodys_hold_of_it(self, site: TestSite) -> None:
        user = making.user_with(site, "ann", VIEW)
        call = site.call()
        with call.transaction():
            roles.remove(call, making.role_id(site, "ann"))
        assert role_assignments.of_user(site.session, user) == []
        asked = permissions.of_user(site.session, user, site.load())
        assert not asked.may(VIEW, site.load().system)

    def test_standard_roles_stay(self, site: TestSite) -> None:
        with pytest.raises(InvalidParameter, match="Invalid parameter") as refused:
            roles.remove(site.call(), 5)
        assert "standard" in refused.value.reason


class TestGiving:
    def test_a_role_is_given_once(self, site: TestSite) -> None:
        user, place = making.user(site, "ann"), making.course_context(site, 1)
        call = site.call()
        assert role_assignments.assign(call, 5, user, place)
        assert not role_assignments.assign(call, 5, user, place)
        assert role_assignments.assign(call, 4, user, place, component="enrol_x", itemid=7)
        found = rows.assignments_in(site.session, [place.id])
        assert [(one.role_id, one.component, one.itemid, one.modifierid) for one in found] == [
            (5, "", 0, 2),
            (4, "enrol_x", 7, 2),
        ]
        chosen = rows.assignments_in(site.session, [place.id], role_ids=[4])
        assert [one.role_id for one in chosen] == [4]

    def test_a_role_is_taken_where_it_was_given(self, site: TestSite) -> None:
        user, place = making.user(site, "ann"), making.course_context(site, 1)
        call = site.call()
        role_assignments.assign(call, 5, user, place)
        assert not role_assignments.unassign(call, 5, user, site.load().system)
        assert not role_assignments.unassign(call, 5, user, place, component="enrol_x")
        assert role_assignments.unassign(call, 5, user, place)
        assert not role_assignments.unassign(call, 5, user, place)


class TestWhoMayGive:
    """functions.md 1.20, step 4."""

    def assignable(self, site: TestSite, user: int, place: contexts.Context) -> list[str]:
        asked = permissions.of_user(site.session, user, site.load())
        return named(site, role_assignments.assignable(asked, place))

    def test_an_administrator_gives_what_may_be_given_there(self, site: TestSite) -> None:
        course = making.course_context(site, making.course(site, "ALG"))
        assert self.assignable(site, 2, course) == [
            "manager",
            "editingteacher",
            "teacher",
            "student",
        ]
        assert self.assignable(site, 2, site.load().system) == ["manager", "coursecreator"]
        assert self.assignable(site, 2, making.context(site, contexts.USER, 2)) == []

    def test_a_teacher_gives_lesser_roles_in_the_own_course(self, site: TestSite) -> None:
        course = making.course_context(site, making.course(site, "ALG"))
        other = making.course_context(site, making.course(site, "BIO"))
        teacher = making.user(site, "ann")
        making.assign(site, "editingteacher", teacher, course)
        assert self.assignable(site, teacher, course) == ["teacher", "student"]
        assert self.assignable(site, teacher, other) == []

    def test_without_the_right_to_assign_nothing_is_given(self, site: TestSite) -> None:
        course = making.course_context(site, making.course(site, "ALG"))
        user = making.user(site, "ann")
        making.role(site, "helper", ["enrol/manual:enrol"], may_assign=["student"])
        making.assign(site, "helper", user)
        assert self.assignable(site, user, course) == []
        making.role(site, "assigner", ["moodle/role:assign"])
        making.assign(site, "assigner", user)
        assert self.assignable(site, user, course) == ["student"]

    def test_roles_that_everybody_has_give_no_right(self, site: TestSite) -> None:
        """Only assigned roles count, not the default role of every user."""
        course = making.course_context(site, making.course(site, "ALG"))
        user = making.user_with(site, "ann", "moodle/role:assign")
        roles.set_may_assign(site.call(), making.role_id(site, "user"), [5])
        assert self.assignable(site, user, course) == []

    def test_an_unknown_role_is_given_by_nobody(self, site: TestSite) -> None:
        asked = permissions.of_user(site.session, 2, site.load())
        assert not role_assignments.may_assign(asked, 4711, making.course_context(site, 1))
        assert role_assignments.may_assign(asked, 5, making.course_context(site, 1))


def test_authz_9_a_role_that_was_refused_is_known_to_nobody(site: TestSite) -> None:
    """What a transaction reads may be undone with it, and is not remembered for the others."""
    user = making.user_with(site, "maker", VIEW)
    making.role(site, "last")
    call = site.call(user)
    with pytest.raises(NoPermission), call.transaction():
        roles.create(call, NewRole(shortname="ghost", capabilities=[MANAGE]))
    known = {role.shortname for role in site.call(user).permissions.definitions.roles.values()}
    assert "last" in known
    assert "ghost" not in known
