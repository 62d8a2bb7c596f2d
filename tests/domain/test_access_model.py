"""AUTHZ-9: resolution of capabilities equals an independent, deliberately naive model."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import insert, update

from coursewire.contracts.capabilities import ARCHETYPES, known
from coursewire.domain import contexts, permissions, role_assignments, roles
from coursewire.domain import settings as site_settings
from coursewire.domain.role_definitions import ALLOW, INHERIT, PREVENT, PROHIBIT, Definitions
from coursewire.store.schema.access import contexts as context_table
from coursewire.store.schema.users import users as user_table
from tests.domain.naive_access import NaiveAccess
from tests.support.sites import TestSite
from tests.support.sizes import NIGHT, size

CAPABILITIES = (
    "moodle/course:view",
    "moodle/course:managegroups",
    "moodle/user:viewhiddendetails",
    "moodle/role:assign",
    "moodle/no:such",
)
LEVELS = (contexts.SYSTEM, contexts.CATEGORY, contexts.COURSE)
CHILD = {
    contexts.SYSTEM: contexts.CATEGORY,
    contexts.CATEGORY: contexts.COURSE,
    contexts.COURSE: contexts.MODULE,
}
PERMISSIONS = st.sampled_from([ALLOW, PREVENT, PROHIBIT, INHERIT])
GUEST, ADMIN = 1, 2
PICK = st.integers(min_value=0, max_value=1_000_000)


class AccessMachine(RuleBasedStateMachine):
    """Changes roles, overrides, assignments, places and people; compares every answer."""

    site: TestSite

    def __init__(self) -> None:
        super().__init__()
        self.open = self.site.session.transaction()
        self.open.__enter__()
        self.next = 1000
        self.model = naive(self.site)
        for _ in range(2):
            self.add_user()

    def teardown(self) -> None:
        self.open.__exit__(Undo, Undo(), None)

    @rule()
    @precondition(lambda self: len(self.model.users) < 6)
    def add_user(self) -> None:
        self.next += 1
        row = {"id": self.next, "username": f"u{self.next}"}
        self.site.session.execute(insert(user_table), row)
        self.model.users.add(self.next)

    @rule(pick=PICK)
    def delete_user(self, pick: int) -> None:
        user = self.person(pick)
        if user in (GUEST, ADMIN):
            return
        gone = update(user_table).where(user_table.c.id == user).values(deleted=1)
        self.site.session.execute(gone)
        self.model.users.discard(user)

    @rule(pick=PICK)
    def switch_admin(self, pick: int) -> None:
        self.model.admins ^= {self.person(pick)} - {GUEST}
        site_settings.store(self.site.session, "siteadmins", tuple(sorted(self.model.admins)))

    @rule(pick=PICK)
    @precondition(lambda self: len(self.model.parents) < 12)
    def add_place(self, pick: int) -> None:
        above = self.place(pick)
        if above.level not in CHILD or above.id == self.model.frontpage:
            return
        self.next += 1
        level = CHILD[above.level]
        made = contexts.create(self.site.session, level, self.next, above)
        self.model.parents[made.id] = above.id
        self.model.levels[made.id] = level

    @rule(pick=PICK, other=PICK)
    def move_course(self, pick: int, other: int) -> None:
        course, category = self.place(pick), self.place(other)
        if course.level != contexts.COURSE or category.level != contexts.CATEGORY:
            return
        if course.id == self.model.frontpage:
            return
        contexts.move(self.site.session, course, category)
        self.model.parents[course.id] = category.id

    @rule(pick=PICK)
    def remove_place(self, pick: int) -> None:
        place = self.place(pick)
        if place.level == contexts.SYSTEM or place.id == self.model.frontpage:
            return
        contexts.delete(self.site.session, place)
        self.model.remove(place.id)

    @rule(role=PICK, place=PICK, capability=st.sampled_from(CAPABILITIES[:4]), value=PERMISSIONS)
    def override(self, role: int, place: int, capability: str, value: int) -> None:
        call = self.site.call()
        if ADMIN not in self.model.admins:
            return
        role_id, context = self.role(role), self.place(place)
        if value == ALLOW and not self.model.may(ADMIN, capability, context.id):
            return
        roles.grant(call, role_id, {capability: value}, context)
        key = (role_id, context.id, capability)
        self.model.settings.pop(key, None)
        if value != INHERIT:
            self.model.settings[key] = value

    @rule(user=PICK, role=PICK, place=PICK)
    def assign(self, user: int, role: int, place: int) -> None:
        who, what, where = self.person(user), self.role(role), self.place(place)
        given = role_assignments.assign(self.site.call(), what, who, where)
        assert given == ((who, what, where.id) not in self.model.held)
        self.model.held.add((who, what, where.id))

    @rule(user=PICK, role=PICK, place=PICK)
    def unassign(self, user: int, role: int, place: int) -> None:
        who, what, where = self.person(user), self.role(role), self.place(place)
        taken = role_assignments.unassign(self.site.call(), what, who, where)
        assert taken == ((who, what, where.id) in self.model.held)
        self.model.held.discard((who, what, where.id))

    @rule(role=PICK, other=PICK)
    def let_give(self, role: int, other: int) -> None:
        giver, given = self.role(role), self.role(other)
        self.model.may_give ^= {(giver, given)}
        targets = [two for one, two in self.model.may_give if one == giver]
        roles.set_may_assign(self.site.call(), giver, targets)

    @rule(role=PICK, level=st.sampled_from(LEVELS))
    def let_be_given(self, role: int, level: int) -> None:
        given = self.role(role)
        self.model.given_at ^= {(given, level)}
        levels = [two for one, two in self.model.given_at if one == given]
        roles.set_levels(self.site.call(), given, levels)

    @rule(role=PICK)
    def change_default_role(self, role: int) -> None:
        self.model.default_role = self.role(role)
        site_settings.store(self.site.session, "defaultuserroleid", self.model.default_role)

    @rule(place=PICK)
    def lock(self, place: int) -> None:
        context = self.place(place)
        self.model.locked ^= {context.id}
        locked = update(context_table).where(context_table.c.id == context.id)
        locked = locked.values(locked=int(context.id in self.model.locked))
        self.site.session.execute(locked)

    @rule()
    def switch_locking(self) -> None:
        self.model.locking = not self.model.locking
        site_settings.store(self.site.session, "contextlocking", self.model.locking)

    @invariant()
    def answers_agree(self) -> None:
        site, session = self.site.load(), self.site.session
        everybody = [*sorted(self.model.users), GUEST, 999]
        read = permissions.of_users(session, everybody, site)
        places = contexts.many(session, list(self.model.parents))
        assert set(places) == set(self.model.parents)
        for user in everybody:
            asked = read.get(user) or permissions.of_user(session, user, site)
            for capability in CAPABILITIES:
                where = {key for key in places if self.model.may(user, capability, key)}
                assert asked.where(capability, places.values()) == where, (user, capability)
            for place in places.values():
                for capability in CAPABILITIES:
                    expected = self.model.may(user, capability, place.id)
                    assert asked.may(capability, place) == expected, (user, capability, place)
                    assert asked.explain(capability, place).allowed == expected
                given = role_assignments.assignable(asked, place)
                assert given == self.model.assignable(user, place.id), (user, place)

    def person(self, pick: int) -> int:
        people = [*sorted(self.model.users), GUEST]
        return people[pick % len(people)]

    def role(self, pick: int) -> int:
        return self.model.roles[pick % len(self.model.roles)]

    def place(self, pick: int) -> contexts.Context:
        keys = sorted(self.model.parents)
        found = contexts.by_id(self.site.session, keys[pick % len(keys)])
        assert found is not None
        return found


class Undo(Exception):
    """Ends the transaction of one example."""


def naive(site: TestSite) -> NaiveAccess:
    """The model of a fresh site; what it allows is read from the list of known capabilities."""
    numbers = {name: number for number, name in enumerate(ARCHETYPES, start=1)}
    listed = {name: known()[name] for name in CAPABILITIES if name in known()}
    system, course = site.load().system, site.load().front_page
    category = contexts.get(site.session, contexts.CATEGORY, 1)
    teaching = {"manager", "coursecreator", "editingteacher", "teacher", "student"}
    return NaiveAccess(
        capabilities={name: (entry.type, entry.risks) for name, entry in listed.items()},
        guest=GUEST,
        guest_role=numbers["guest"],
        default_role=numbers["user"],
        frontpage_role=numbers["frontpage"],
        frontpage=course.id,
        roles=list(numbers.values()),
        admins={ADMIN},
        users={ADMIN},
        parents={system.id: None, category.id: system.id, course.id: system.id},
        levels={system.id: 10, category.id: 40, course.id: 50},
        settings={
            (numbers[role], system.id, name): ALLOW
            for name, entry in listed.items()
            for role in entry.roles
        },
        may_give={(numbers["manager"], numbers[name]) for name in teaching}
        | {(numbers["editingteacher"], numbers[name]) for name in ("teacher", "student")},
        given_at={(numbers["manager"], level) for level in (10, 40, 50)}
        | {(numbers["coursecreator"], level) for level in (10, 40)}
        | {
            (numbers[name], level)
            for name in ("editingteacher", "teacher", "student")
            for level in (50, 70)
        },
    )


@pytest.mark.slow
def test_authz_9_resolution_equals_the_naive_model(site: TestSite) -> None:
    machine: Any = type("Machine", (AccessMachine,), {"site": site})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=size(50, 10_000),
            stateful_step_count=80 if NIGHT else 30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_model_notices_a_wrong_answer(site: TestSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolution that forgets prohibitions must not pass."""
    forgetful = Definitions.settings

    def settings_without_prohibitions(self: Definitions, role: int, name: str) -> dict[int, int]:
        found = forgetful(self, role, name)
        return {place: value for place, value in found.items() if value != PROHIBIT}

    monkeypatch.setattr(Definitions, "settings", settings_without_prohibitions)
    machine: Any = type("Machine", (AccessMachine,), {"site": site})()
    person, manager, editing_teacher, everywhere = 1, 0, 2, 0
    machine.assign(person, manager, everywhere)
    machine.assign(person, editing_teacher, everywhere)
    machine.answers_agree()
    machine.override(editing_teacher, everywhere, "moodle/course:managegroups", PROHIBIT)
    with pytest.raises(AssertionError, match="managegroups"):
        machine.answers_agree()
    machine.teardown()
