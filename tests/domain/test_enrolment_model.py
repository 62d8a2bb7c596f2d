"""Section 14: groups, groupings and enrolments under random calls, against sets of facts."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

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

from coursewire.contracts.errors import Refusal
from tests.support import making
from tests.support.calling import run
from tests.support.sites import TestSite
from tests.support.sizes import NIGHT, size

PICK = st.integers(min_value=0, max_value=1_000_000)
# Two at a time, so that a bad one beside a good one shows whether all or nothing is done.
PICKS = st.lists(PICK, min_size=1, max_size=2)
NAMES = ("red", "green", "blue", "Red")
NUMBERS = ("", "0", "7")
MOST = 5
PEOPLE = 4
GONE = 999_999

Pair = tuple[int, int]
T = TypeVar("T")


class Labelled:
    """The groups, or the groupings, of the model: course, name and id number of each."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[int, str, str]] = {}

    def takes(self, news: Iterable[tuple[int, str, str]]) -> bool:
        """Tell whether all of these may be there beside what is there, one after the other."""
        there = list(self.known.values())
        for course, name, number in news:
            for other_course, other_name, other_number in there:
                if course == other_course and name == other_name:
                    return False
                if course == other_course and number == other_number and number not in {"", "0"}:
                    return False
            there.append((course, name, number))
        return True

    def of(self, course: int) -> dict[int, tuple[str, str]]:
        return {key: (name, number) for key, (c, name, number) in self.known.items() if c == course}


class EnrolmentMachine(RuleBasedStateMachine):
    """Calls the functions that write to courses; reads everything back after each call."""

    site: TestSite
    courses: tuple[int, ...]
    people: tuple[int, ...]
    roles: tuple[int, ...]

    def __init__(self) -> None:
        super().__init__()
        # Each call is a transaction that is undone by itself, all of them by `teardown`.
        self.open = self.site.session.together(lambda: None)
        self.open.__enter__()
        self.enrolled: dict[Pair, set[int]] = {}
        self.groups, self.groupings = Labelled(), Labelled()
        self.members: set[Pair] = set()
        self.links: set[Pair] = set()
        self.there = set(self.people)

    def teardown(self) -> None:
        self.open.__exit__(Undo, Undo(), None)

    @rule(picks=PICKS, course=PICK, role=PICK)
    def enrol(self, picks: list[int], course: int, role: int) -> None:
        where, what = one(self.courses, course), one(self.roles, role)
        who = [one(self.people, pick) for pick in picks]
        items = [{"roleid": what, "userid": user, "courseid": where} for user in who]
        if self.done(self.there.issuperset(who), "enrol_manual_enrol_users", enrolments=items):
            for user in who:
                self.enrolled.setdefault((where, user), set()).add(what)

    @rule(picks=PICKS, course=PICK)
    def unenrol(self, picks: list[int], course: int) -> None:
        where = one(self.courses, course)
        who = [one(self.people, pick) for pick in picks]
        items = [{"userid": user, "courseid": where} for user in who]
        if self.done(self.there.issuperset(who), "enrol_manual_unenrol_users", enrolments=items):
            for user in who:
                self.leave(where, user)

    @rule(picks=PICKS, course=PICK, numbers=st.lists(st.sampled_from(NUMBERS), min_size=2))
    @precondition(lambda self: len(self.groups.known) < MOST)
    def create_groups(self, picks: list[int], course: int, numbers: list[str]) -> None:
        self.create("groups", self.groups, picks, course, numbers)

    @rule(picks=PICKS, course=PICK, numbers=st.lists(st.sampled_from(NUMBERS), min_size=2))
    @precondition(lambda self: len(self.groupings.known) < MOST)
    def create_groupings(self, picks: list[int], course: int, numbers: list[str]) -> None:
        self.create("groupings", self.groupings, picks, course, numbers)

    def create(
        self, noun: str, kind: Labelled, picks: list[int], course: int, numbers: list[str]
    ) -> None:
        where = one(self.courses, course)
        news = [
            (where, one(NAMES, pick), number) for pick, number in zip(picks, numbers, strict=False)
        ]
        items = [
            {"courseid": where, "name": name, "description": "", "idnumber": number}
            for where, name, number in news
        ]
        made = self.done(kind.takes(news), f"core_group_create_{noun}", **{noun: items})
        for created, new in zip(made or (), news, strict=False):
            kind.known[created["id"]] = new

    @rule(picks=PICKS)
    def delete_groups(self, picks: list[int]) -> None:
        ids = [self.group(pick) for pick in picks]
        # Unknown ids are passed over.
        self.done(True, "core_group_delete_groups", groupids=ids)
        for group in ids:
            self.groups.known.pop(group, None)
        self.members = {pair for pair in self.members if pair[0] not in ids}
        self.links = {pair for pair in self.links if pair[1] not in ids}

    @rule(picks=PICKS)
    def delete_groupings(self, picks: list[int]) -> None:
        ids = [self.grouping(pick) for pick in picks]
        self.done(True, "core_group_delete_groupings", groupingids=ids)
        for grouping in ids:
            self.groupings.known.pop(grouping, None)
        self.links = {pair for pair in self.links if pair[0] not in ids}

    @rule(picks=PICKS, user=PICK)
    def add_members(self, picks: list[int], user: int) -> None:
        pairs = [(self.group(pick), one(self.people, user + pick)) for pick in picks]
        fine = all(
            group in self.groups.known and (self.groups.known[group][0], who) in self.enrolled
            for group, who in pairs
        )
        items = [{"groupid": group, "userid": who} for group, who in pairs]
        if self.done(fine, "core_group_add_group_members", members=items):
            self.members.update(pairs)

    @rule(picks=PICKS, user=PICK)
    def delete_members(self, picks: list[int], user: int) -> None:
        pairs = [(self.group(pick), one(self.people, user + pick)) for pick in picks]
        fine = all(group in self.groups.known and who in self.there for group, who in pairs)
        items = [{"groupid": group, "userid": who} for group, who in pairs]
        if self.done(fine, "core_group_delete_group_members", members=items):
            self.members.difference_update(pairs)

    @rule(picks=PICKS, grouping=PICK)
    def assign(self, picks: list[int], grouping: int) -> None:
        self.link("assign", self.links.update, picks, grouping)

    @rule(picks=PICKS, grouping=PICK)
    def unassign(self, picks: list[int], grouping: int) -> None:
        self.link("unassign", self.links.difference_update, picks, grouping)

    def link(
        self, verb: str, change: Callable[[list[Pair]], None], picks: list[int], grouping: int
    ) -> None:
        pairs = [(self.grouping(grouping), self.group(pick)) for pick in picks]
        fine = all(
            which in self.groupings.known and group in self.groups.known for which, group in pairs
        )
        items = [{"groupingid": which, "groupid": group} for which, group in pairs]
        if self.done(fine, f"core_group_{verb}_grouping", **{f"{verb}ments": items}):
            change(pairs)

    @rule(pick=PICK)
    @precondition(lambda self: len(self.there) > 1)
    def delete_user(self, pick: int) -> None:
        user = one(self.people, pick)
        if self.done(user in self.there, "core_user_delete_users", userids=[user]):
            self.there.discard(user)
            for course in self.courses:
                self.leave(course, user)

    @invariant()
    def what_is_read_is_what_was_done(self) -> None:
        for course in self.courses:
            self.require_labels(course)
            people = self.read("core_enrol_get_enrolled_users", courseid=course)
            roles = {it["id"]: {role["roleid"] for role in it["roles"]} for it in people}
            assert roles == {user: held for (c, user), held in self.enrolled.items() if c == course}
        groups = sorted(self.groups.known)
        found: Any = self.read("core_group_get_group_members", groupids=groups) if groups else []
        assert {(row["groupid"], user) for row in found for user in row["userids"]} == self.members
        ids = sorted(self.groupings.known)
        asked: dict[str, Any] = {"groupingids": ids, "returngroups": 1}
        gathered: Any = self.read("core_group_get_groupings", **asked) if ids else []
        links = {(row["id"], group["id"]) for row in gathered for group in row.get("groups", ())}
        assert links == self.links

    def require_labels(self, course: int) -> None:
        for noun, kind in (("groups", self.groups), ("groupings", self.groupings)):
            rows = self.read(f"core_group_get_course_{noun}", courseid=course)
            found = {row["id"]: (row["name"], row["idnumber"]) for row in rows}
            assert found == kind.of(course)

    def read(self, function: str, **arguments: Any) -> Any:
        return run(self.site.call(), function, **arguments)

    def done(self, expected: bool, function: str, **arguments: Any) -> Any:
        """Call; give the answer (or True for none) exactly where the model says it is done."""
        try:
            answer = run(self.site.call(), function, **arguments)
        except Refusal:
            assert not expected, f"{function} refused {arguments}"
            return None
        assert expected, f"{function} took {arguments}"
        return True if answer is None else answer

    def leave(self, course: int, user: int) -> None:
        """Forget an enrolment with the memberships in the course."""
        self.enrolled.pop((course, user), None)
        there = self.groups.of(course)
        self.members = {pair for pair in self.members if pair[1] != user or pair[0] not in there}

    def group(self, pick: int) -> int:
        return one([*sorted(self.groups.known), GONE], pick)

    def grouping(self, pick: int) -> int:
        return one([*sorted(self.groupings.known), GONE], pick)


def one(choices: Sequence[T], pick: int) -> T:
    return choices[pick % len(choices)]


class Undo(Exception):
    """Ends the transaction of one example."""


@pytest.mark.slow
@pytest.mark.requirement("DUR-6", "DUR-11", "AUTHZ-4")
def test_groups_and_enrolments_equal_the_model(site: TestSite) -> None:
    facts: dict[str, Any] = {
        "site": site,
        "courses": tuple(making.course(site, name) for name in ("A", "B")),
        "people": tuple(making.user(site, f"person{number}") for number in range(PEOPLE)),
        "roles": tuple(making.role_id(site, name) for name in ("student", "teacher")),
    }
    machine: Any = type("Machine", (EnrolmentMachine,), facts)
    run_state_machine_as_test(
        machine,
        settings=settings(
            # A step on PostgreSQL takes five times as long: it asks as often.
            max_examples=size(50, 10_000) if site.engine_name == "sqlite" else size(10, 500),
            stateful_step_count=80 if NIGHT else 30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
