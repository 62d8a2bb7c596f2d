"""Explanations: the gate's own list, run to its end, with a fact and a fix for each check."""

from typing import Any

import pytest
from msgspec.structs import replace

from coursewire.domain import explain, gate, permissions, services, tokens
from coursewire.domain.explain import Answer
from coursewire.domain.services import Changes
from tests.domain.gatehouse import FUNCTION, Fact, facts, holder, read
from tests.support import making
from tests.support.sites import TestSite


@pytest.fixture
def token(site: TestSite) -> str:
    user_id = holder(site)
    return making.token(site, user_id, making.service(site, "health", FUNCTION, users=[user_id]))


def answers(site: TestSite, token: str | None, **values: Fact) -> dict[str, Answer]:
    return {answer.name: answer for answer in explain.explain(facts(site, token, **values))}


def states(found: dict[str, Answer], state: str) -> list[str]:
    return [name for name, answer in found.items() if answer.state == state]


def test_every_check_answers_in_the_gates_order(site: TestSite, token: str) -> None:
    found = answers(site, token)
    assert list(found) == [check.name for check in gate.CHECKS]
    assert states(found, "pass") == list(found)
    assert all(answer.fact for answer in found.values())


def test_everything_that_is_wrong_is_shown_at_once(site: TestSite) -> None:
    user_id = making.user(site, "bob")
    service_id = making.service(site, "off", users=[user_id])
    token = making.token(site, user_id, service_id, iprestriction="10.0.0.1")
    services.edit(site.call(), service_id, Changes(enabled=False))
    found = answers(site, token)
    assert states(found, "fail") == [
        "token address",
        "protocol capability",
        "service enabled",
        "function in service",
    ]
    for name in states(found, "fail"):
        assert found[name].errorcode == "accessexception"
        assert found[name].remedy
    assert "webservice/rest:use" in found["protocol capability"].remedy
    assert "'10.0.0.1'" in found["token address"].fact


def test_a_function_that_nobody_has_is_not_said_to_be_one_of_moodles(
    site: TestSite, token: str
) -> None:
    found = answers(site, token, function="nosuch", known=False, kind=None)
    assert "Moodle's" not in found["function implemented"].fact
    assert found["function implemented"].fact == found["function known"].fact


def test_what_was_not_asked_is_unknown_only_where_it_matters(site: TestSite, token: str) -> None:
    access = read(site, token)
    assert access is not None
    found = answers(site, token, function=None, known=False, kind=None, address=None, method=None)
    assert states(found, "unknown") == [
        "function named",
        "function known",
        "function in service",
        "function implemented",
    ]
    tokens.edit(site.call(), access.id, tokens.Changes(iprestriction="10.0.0.1"))
    closed = Changes(forbid_query_tokens=True, forbid_get_writes=True)
    services.edit(site.call(), access.service_id, closed)
    found = answers(site, token, kind="write", address=None, method=None, in_query=None)
    assert states(found, "unknown") == [
        "token address",
        "token in body",
        "writing by this method",
    ]
    assert states(found, "fail") == []


def test_a_token_that_does_not_exist_leaves_the_rest_unknown(site: TestSite) -> None:
    found = answers(site, "nothing")
    assert states(found, "fail") == ["token known"]
    assert states(found, "pass") == ["function named", "function known", "function implemented"]
    assert len(states(found, "unknown")) == len(gate.CHECKS) - 4
    assert "wstoken" in answers(site, None)["token known"].remedy


def test_the_server_and_the_explanation_agree(site: TestSite, token: str) -> None:
    right = facts(site, token)
    turned: list[dict[str, Any]] = [
        {},
        {"revoked": 7, "revoked_reason": "lost"},
        {"expired_seen": 7, "validuntil": 5},
        {"validuntil": 5},
        {"suspended": 1},
        {"service_enabled": 0, "in_service": 0},
        {"listed_until": 5},
        {"listed_id": None},
        {"requiredcapability": "moodle/user:create"},
    ]
    for change in turned:
        wrong = replace(right, access=replace(right.held, **change))
        failed = [answer for answer in explain.explain(wrong) if answer.state == "fail"]
        first = gate.first_refusal(wrong)
        if first is None:
            assert failed == []
        else:
            assert failed[0].name == first.check.name
            assert failed[0].fact == first.refusal.reason


def test_passing_facts_tell_what_is_so(site: TestSite, token: str) -> None:
    right = facts(site, token)
    limited = replace(
        right.held,
        validuntil=1_800_000_000,
        iprestriction="127.0.0.1",
        listed_ip="127.0.",
        listed_until=1_800_000_000,
        requiredcapability=gate.REST_CAPABILITY,
        forbid_query_tokens=1,
        forbid_get_writes=1,
    )
    found = {a.name: a.fact for a in explain.explain(replace(right, access=limited))}
    assert found["token in date"] == "valid until 2027-01-15 08:00:00 UTC"
    assert found["authorisation in date"] == found["token in date"]
    assert "'127.0.'" in found["authorised address"]
    assert gate.REST_CAPABILITY in found["required capability"]
    assert "body" in found["token in body"]
    assert found["writing by this method"] == "the function only reads"
    writing = replace(right, access=limited, kind="write")
    assert {a.name: a.fact for a in explain.explain(writing)}["writing by this method"].endswith(
        "POST"
    )
    opened = replace(right, access=replace(limited, restrictedusers=0))
    assert "open to all" in {a.name: a.fact for a in explain.explain(opened)}["user authorised"]


def test_the_doors_before_the_gate(site: TestSite) -> None:
    opened = replace(site.load(), webservices_enabled=True, rest_enabled=True)
    assert [door.state for door in explain.doors(opened)] == ["pass", "pass"]
    shut = explain.doors(replace(opened, webservices_enabled=False, rest_enabled=False))
    assert [(door.state, door.remedy) for door in shut] == [
        ("fail", "coursewire webservices on"),
        ("fail", "coursewire protocol rest on"),
    ]


def test_a_check_on_a_token_that_is_not_there_is_a_fault(site: TestSite) -> None:
    with pytest.raises(LookupError, match="there is none"):
        gate.CHECKS[1].test(facts(site, None))


def test_maintenance_that_lets_the_user_work_is_said(site: TestSite) -> None:
    making.setting(site, "maintenance_enabled", True)
    token = making.token(site, 2, making.service(site, "health", FUNCTION, users=[2]))
    assert "admin may work" in answers(site, token)["no maintenance"].fact


def test_capabilities_are_asked_once(site: TestSite, token: str) -> None:
    access = read(site, token)
    assert access is not None
    held = permissions.of_access(site.session, access, site.load())
    may = explain.capabilities(site.session, access, held)
    assert may(gate.REST_CAPABILITY)
    assert not may("moodle/user:create")
    asked = {(gate.REST_CAPABILITY, 1): True, ("moodle/user:create", 1): False}
    assert access.verdicts == asked
    access.verdicts["moodle/user:create", 1] = True
    assert may("moodle/user:create")
