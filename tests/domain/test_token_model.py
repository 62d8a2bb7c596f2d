"""Section 14: tokens and services under random changes, against a model that only keeps facts."""

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
from msgspec import Struct

from coursewire.contracts.errors import Refusal
from coursewire.domain import authorised_users, services, tokens, users
from coursewire.domain.authorised_users import Limits
from coursewire.domain.services import Changes
from coursewire.domain.tokens import NewToken
from tests.domain.gatehouse import FUNCTION, OTHER, holder, knock
from tests.support import making
from tests.support.sites import TestSite
from tests.support.sizes import NIGHT, size

PICK = st.integers(min_value=0, max_value=1_000_000)
FUNCTIONS = (FUNCTION, OTHER)
FAR = 10_000_000


class Held(Struct):
    """A token as the model knows it."""

    id: int
    user: int
    service: int
    end: int
    disabled: bool = False
    revoked: bool = False


class Offered(Struct):
    """A service as the model knows it: who is listed, until when, and what it offers."""

    listed: dict[int, int]
    functions: set[str]
    enabled: bool = True
    restricted: bool = True


class TokenMachine(RuleBasedStateMachine):
    """Changes tokens, services, lists and people; asks the gate for every token and function."""

    site: TestSite
    people: tuple[int, ...]

    def __init__(self) -> None:
        super().__init__()
        self.open = self.site.session.transaction()
        self.open.__enter__()
        self.begun = self.site.clock.now()
        self.suspended: set[int] = set()
        self.tokens: dict[str, Held] = {}
        self.services: dict[int, Offered] = {}
        self.issue(0, 0, 100)

    def teardown(self) -> None:
        self.site.clock.set(self.begun)
        self.open.__exit__(Undo, Undo(), None)

    @rule()
    @precondition(lambda self: len(self.services) < 3)
    def add_service(self) -> None:
        name = f"s{len(self.services)}"
        made = making.service(self.site, name, FUNCTION, users=self.people)
        self.services[made] = Offered(dict.fromkeys(self.people, 0), {FUNCTION})

    @rule(user=PICK, service=PICK, life=st.sampled_from([0, 5, 100]))
    @precondition(lambda self: len(self.tokens) < 6)
    def issue(self, user: int, service: int, life: int) -> None:
        if not self.services:
            self.add_service()
        who, what = self.person(user), self.service(service)
        end = self.now + life if life else 0
        new = NewToken(user_id=who, service_id=what, validuntil=end)
        offered = self.services[what]
        try:
            issued = tokens.issue(self.site.call(), new)
        except Refusal:
            until = offered.listed.get(who)
            listed = until is not None and (not until or self.now <= until)
            assert who in self.suspended or (offered.restricted and not listed)
        else:
            self.tokens[issued.token] = Held(issued.id, who, what, end)

    @rule(token=PICK)
    def revoke(self, token: int) -> None:
        held = self.token(token)
        tokens.revoke(self.site.call(), held.id)
        held.revoked = True

    @rule(token=PICK)
    def switch_token(self, token: int) -> None:
        held = self.token(token)
        held.disabled = not held.disabled
        tokens.disable(self.site.call(), held.id, disabled=held.disabled)

    @rule(token=PICK, life=st.sampled_from([0, 5, 100]))
    def change_end(self, token: int, life: int) -> None:
        held = self.token(token)
        if held.revoked or 0 < held.end < self.now:
            return
        held.end = self.now + life if life else 0
        tokens.edit(self.site.call(), held.id, tokens.Changes(validuntil=held.end))

    @rule(token=PICK)
    @precondition(lambda self: len(self.tokens) < 6)
    def rotate(self, token: int) -> None:
        old = self.token(token)
        if old.revoked or 0 < old.end < self.now:
            return
        issued = tokens.rotate(self.site.call(), old.id, 0)
        old.revoked = True
        self.tokens[issued.token] = Held(issued.id, old.user, old.service, issued.validuntil)

    @rule(service=PICK)
    def switch_service(self, service: int) -> None:
        number = self.service(service)
        offered = self.services[number]
        offered.enabled = not offered.enabled
        services.edit(self.site.call(), number, Changes(enabled=offered.enabled))

    @rule(service=PICK)
    def switch_list(self, service: int) -> None:
        number = self.service(service)
        offered = self.services[number]
        offered.restricted = not offered.restricted
        services.edit(self.site.call(), number, Changes(restrictedusers=offered.restricted))

    @rule(service=PICK, name=st.sampled_from(FUNCTIONS))
    def switch_function(self, service: int, name: str) -> None:
        number = self.service(service)
        offered = self.services[number].functions
        if name in offered:
            services.remove_functions(self.site.call(), number, [name])
        else:
            services.add_functions(self.site.call(), number, [name], FUNCTIONS.__contains__)
        offered ^= {name}

    @rule(user=PICK, service=PICK, life=st.sampled_from([0, 5, 100]))
    def switch_listed(self, user: int, service: int, life: int) -> None:
        who, number = self.person(user), self.service(service)
        listed = self.services[number].listed
        if who in listed:
            authorised_users.deauthorise(self.site.call(), number, who)
            del listed[who]
        else:
            listed[who] = self.now + life if life else 0
            limits = Limits(validuntil=listed[who])
            authorised_users.authorise(self.site.call(), number, who, limits)

    @rule(user=PICK)
    def switch_person(self, user: int) -> None:
        who = self.person(user)
        self.suspended ^= {who}
        users.suspend(self.site.call(), who, suspended=who in self.suspended)

    @rule(seconds=st.sampled_from([1, 5, 60]))
    def pass_time(self, seconds: int) -> None:
        self.site.clock.pass_seconds(seconds)

    @invariant()
    def the_gate_agrees(self) -> None:
        for value, held in self.tokens.items():
            for function in FUNCTIONS:
                refused = knock(self.site, value, function)
                assert (not refused) == self.may(held, function), (held, function, refused)

    def may(self, held: Held, function: str) -> bool:
        """Every condition by itself, in no order."""
        offered = self.services[held.service]
        until = offered.listed.get(held.user)
        return all(
            (
                not held.revoked,
                not held.disabled,
                not held.end or self.now <= held.end,
                held.user not in self.suspended,
                offered.enabled,
                function in offered.functions,
                not offered.restricted or (until is not None and (not until or self.now <= until)),
            )
        )

    @property
    def now(self) -> int:
        return self.site.clock.now()

    def person(self, pick: int) -> int:
        return self.people[pick % len(self.people)]

    def service(self, pick: int) -> int:
        return sorted(self.services)[pick % len(self.services)]

    def token(self, pick: int) -> Held:
        return list(self.tokens.values())[pick % len(self.tokens)]


class Undo(Exception):
    """Ends the transaction of one example."""


@pytest.mark.slow
@pytest.mark.requirement("TOK-6", "TOK-8", "AUTHZ-5")
def test_tokens_and_services_equal_the_model(site: TestSite) -> None:
    people = (holder(site, "ann"), holder(site, "bob"))
    machine: Any = type("Machine", (TokenMachine,), {"site": site, "people": people})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=size(50 if site.engine_name == "sqlite" else 10, 10_000),
            stateful_step_count=80 if NIGHT else 30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
