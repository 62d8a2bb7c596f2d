"""The order of the gate's checks, and each of them (protocol.md 3.3)."""

from itertools import product
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import update

from coursewire.contracts.errors import (
    AccessDenied,
    InvalidParameter,
    MissingRecord,
    MoodleError,
    Refusal,
)
from coursewire.domain import authorised_users, gate, services, token_ends, tokens, user_deletion
from coursewire.domain.authorised_users import Limits
from coursewire.domain.gate import CHECKS
from coursewire.domain.services import Changes
from coursewire.domain.token_ends import mark_expired
from coursewire.store.schema.users import users
from tests.domain.gatehouse import FUNCTION, HOME, OTHER, facts, holder, knock, outcome, read
from tests.support import making
from tests.support.sites import TestSite

DENIED = "accessexception"

# What is wrong with a request, in the order in which the gate must find it, and its code.
FAULTS: list[tuple[str, dict[str, Any], dict[str, Any], str, str]] = [
    ("revoked", {"revoked": 5}, {}, "invalidtoken", "token known"),
    ("seen expired", {"expired_seen": 5}, {}, "invalidtoken", "token known"),
    ("expired", {"validuntil": 5}, {}, DENIED, "token in date"),
    ("token address", {"iprestriction": "10.0.0.1"}, {}, DENIED, "token address"),
    ("query", {"forbid_query_tokens": 1}, {"in_query": True}, DENIED, "token in body"),
    ("maintenance", {}, {"maintenance": True}, "sitemaintenance", "no maintenance"),
    ("deleted", {"deleted": 1}, {}, "wsaccessuserdeleted", "user not deleted"),
    ("unconfirmed", {"confirmed": 0}, {}, "wsaccessuserunconfirmed", "user confirmed"),
    ("suspended", {"suspended": 1}, {}, "wsaccessusersuspended", "user not suspended"),
    ("nologin", {"auth": "nologin"}, {}, "wsaccessusernologin", "user may log in"),
    ("no rest:use", {}, {"may": False}, DENIED, "protocol capability"),
    ("no function", {}, {"function": ""}, "invalidparameter", "function named"),
    ("unknown function", {}, {"known": False}, "invalidrecordunknown", "function known"),
    ("service off", {"service_enabled": 0}, {}, DENIED, "service enabled"),
    ("not in service", {"in_service": 0}, {}, DENIED, "function in service"),
    ("not listed", {"listed_id": None}, {}, DENIED, "user authorised"),
    ("listing ended", {"listed_until": 5}, {}, DENIED, "authorisation in date"),
    ("listed address", {"listed_ip": "10.0.0.1"}, {}, DENIED, "authorised address"),
    (
        "write by GET",
        {"forbid_get_writes": 1},
        {"kind": "write", "method": "GET"},
        DENIED,
        "writing by this method",
    ),
    ("not implemented", {}, {"kind": None}, "functionnotimplemented", "function implemented"),
]


@pytest.fixture
def token(site: TestSite) -> str:
    """A token that works, of a service for authorised users."""
    user_id = holder(site)
    return making.token(site, user_id, making.service(site, "health", FUNCTION, users=[user_id]))


def faulty(site: TestSite, token: str, *wrong: int) -> tuple[str, str]:
    """What the gate answers when the faults of these numbers are all there."""
    right = facts(site, token)
    access, values, maintenance = right.held, dict[str, Any](), False
    for number in wrong:
        _, of_access, of_request, _, _ = FAULTS[number]
        access = replace(access, **of_access)
        values |= of_request
    if values.pop("maintenance", False):
        maintenance = True
    may = values.pop("may", True)
    if maintenance or not may:
        values["may"] = lambda capability: may and capability == gate.REST_CAPABILITY
    site_now = replace(right.site, maintenance=maintenance)
    return outcome(gate.first_refusal(replace(right, access=access, site=site_now, **values)))


def test_a_request_with_everything_right_is_let_in(site: TestSite, token: str) -> None:
    assert gate.first_refusal(facts(site, token)) is None


@pytest.mark.parametrize("value", [None, "", "zzz", "A" * 32, "0" * 5000, "a\x00b", "\udcff"])
def test_row_5_a_token_that_is_not_there(site: TestSite, token: str, value: str | None) -> None:
    found = gate.first_refusal(facts(site, value))
    assert outcome(found) == ("invalidtoken", "token known")
    assert found is not None
    assert not found.used
    assert type(found.refusal) is MoodleError
    assert knock(site, token.upper()) == "invalidtoken"
    assert knock(site, f" {token}") == "invalidtoken"


def test_each_fault_is_found_by_its_check(site: TestSite, token: str) -> None:
    for number, (name, _, _, code, check) in enumerate(FAULTS):
        assert faulty(site, token, number) == (code, check), name


def test_the_first_of_two_faults_is_the_one_answered(site: TestSite, token: str) -> None:
    # The last two exclude each other: what is not implemented neither reads nor writes.
    last = len(FAULTS) - 1
    for first, second in product(range(len(FAULTS)), repeat=2):
        if first < second and (first, second) != (last - 1, last):
            answer = faulty(site, token, first, second)
            assert answer == FAULTS[first][3:5], (FAULTS[first][0], FAULTS[second][0])


def test_the_tuple_holds_every_row_that_applies_here() -> None:
    rows = [check.row for check in CHECKS]
    assert list(dict.fromkeys(rows)) == [
        *("5", "6", "8", "9", "10", "11", "12", "14", "15", "16", "17", "19", "after 19"),
    ]
    assert len({check.name for check in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize(
    ("fault", "kind", "exception"),
    [
        ("expired", AccessDenied, "webservice_access_exception"),
        ("suspended", MoodleError, "core\\exception\\moodle_exception"),
        ("no function", InvalidParameter, "core\\exception\\invalid_parameter_exception"),
        ("unknown function", MissingRecord, "dml_missing_record_exception"),
    ],
)
def test_refusals_have_moodles_names(
    site: TestSite, token: str, fault: str, kind: type[Refusal], exception: str
) -> None:
    number = next(place for place, row in enumerate(FAULTS) if row[0] == fault)
    _, of_access, of_request, _, _ = FAULTS[number]
    right = facts(site, token, **of_request)
    found = gate.first_refusal(replace(right, access=replace(right.held, **of_access)))
    assert found is not None
    assert type(found.refusal) is kind
    assert found.refusal.exception == exception


def test_a_refusal_after_the_address_counts_as_a_use(site: TestSite, token: str) -> None:
    right = facts(site, token)
    for _, of_access, of_request, _, check in FAULTS:
        if "maintenance" in of_request or "may" in of_request:
            continue
        wrong = replace(right, access=replace(right.held, **of_access), **of_request)
        found = gate.first_refusal(wrong)
        assert found is not None
        before = check in {"token known", gate.EXPIRED, gate.ADDRESS}
        assert found.used is not before, check


def test_tok_11_the_state_matrix(site: TestSite, token: str) -> None:
    names = ["expired", "maintenance", "deleted", "unconfirmed", "suspended", "nologin", "query"]
    numbers = [place for place, row in enumerate(FAULTS) if row[0] in names]
    assert len(numbers) == 7
    for flags in product([False, True], repeat=7):
        wrong = [number for number, flag in zip(numbers, flags, strict=True) if flag]
        expected = FAULTS[wrong[0]][3:5] if wrong else ("", "")
        assert faulty(site, token, *wrong) == expected


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("deleted", 1, "wsaccessuserdeleted"),
        ("confirmed", 0, "wsaccessuserunconfirmed"),
        ("suspended", 1, "wsaccessusersuspended"),
        ("auth", "nologin", "wsaccessusernologin"),
    ],
)
def test_tok_11_states_in_the_store_are_refused(
    site: TestSite, token: str, column: str, value: object, code: str
) -> None:
    site.session.execute(update(users).where(users.c.username == "ann"), {column: value})
    assert knock(site, token) == code


def test_tok_11_maintenance_lets_administrators_work(site: TestSite) -> None:
    admin_service = making.service(site, "admins", FUNCTION, users=[2])
    user_id = holder(site)
    of_ann = making.token(site, user_id, making.service(site, "others", FUNCTION, users=[user_id]))
    of_admin = making.token(site, 2, admin_service)
    making.setting(site, "maintenance_enabled", True)
    assert knock(site, of_ann) == "sitemaintenance"
    assert knock(site, of_admin) == ""


def test_tok_9_a_deleted_user_leaves_no_token(site: TestSite, token: str) -> None:
    call = site.call()
    access = read(site, token)
    assert access is not None
    user_deletion.delete(call, access.user_id)
    assert knock(site, token) == "invalidtoken"


def test_tok_9_a_revoked_token_is_unknown(site: TestSite, token: str) -> None:
    access = read(site, token)
    assert access is not None
    tokens.revoke(site.call(), access.id)
    found = gate.first_refusal(facts(site, token))
    assert outcome(found) == ("invalidtoken", "token known")
    assert found is not None
    assert "was revoked" in found.refusal.reason


def test_tok_9_taken_off_the_list_or_service_disabled(site: TestSite, token: str) -> None:
    access = read(site, token)
    assert access is not None
    authorised_users.deauthorise(site.call(), access.service_id, access.user_id)
    assert knock(site, token) == DENIED
    authorised_users.authorise(site.call(), access.service_id, access.user_id)
    assert knock(site, token) == ""
    services.edit(site.call(), access.service_id, Changes(enabled=False))
    assert knock(site, token) == DENIED
    services.edit(site.call(), access.service_id, Changes(enabled=True))
    assert knock(site, token) == ""
    services.delete(site.call(), access.service_id)
    assert knock(site, token) == "invalidtoken"


def test_tok_9_a_password_change_ends_login_tokens_and_others_where_asked(
    site: TestSite, token: str
) -> None:
    access = read(site, token)
    assert access is not None
    with site.session.transaction():
        token_ends.revoke_after_password_change(site.call(), access.user_id)
    assert knock(site, token) == ""
    making.setting(site, "passwordchangetokendeletion", True)
    call = site.call()
    with call.transaction():
        token_ends.revoke_after_password_change(call, access.user_id)
    assert knock(site, token) == "invalidtoken"


def test_tok_6_a_token_calls_the_functions_of_its_service_only(site: TestSite) -> None:
    functions = [FUNCTION, OTHER, "core_group_create_groups", "core_user_get_users"]
    user_id = holder(site)
    made = {
        name: making.token(site, user_id, making.service(site, f"s{number}", name, users=[user_id]))
        for number, name in enumerate(functions)
    }
    for own, name in product(functions, repeat=2):
        expected = ("", "") if own == name else (DENIED, "function in service")
        found = gate.first_refusal(facts(site, made[own], name))
        assert outcome(found) == expected


def test_tok_6_another_service_of_the_same_user_does_not_help(site: TestSite) -> None:
    user_id = holder(site)
    narrow = making.service(site, "narrow", FUNCTION, users=[user_id])
    making.service(site, "wide", FUNCTION, OTHER, users=[user_id])
    assert knock(site, making.token(site, user_id, narrow), OTHER) == DENIED


@pytest.mark.parametrize(("offset", "code"), [(-1, ""), (0, ""), (1, DENIED)])
def test_tok_8_valid_up_to_and_including_its_end(site: TestSite, offset: int, code: str) -> None:
    user_id = holder(site)
    service_id = making.service(site, "health", FUNCTION, users=[user_id])
    end = site.now + 1000
    token = making.token(site, user_id, service_id, validuntil=end)
    site.clock.set(end + offset)
    assert knock(site, token) == code


def test_tok_8_d12_first_use_after_the_end_differs_from_later_ones(site: TestSite) -> None:
    user_id = holder(site)
    service_id = making.service(site, "health", FUNCTION, users=[user_id])
    token = making.token(site, user_id, service_id, validuntil=site.now + 1)
    site.clock.pass_seconds(2)
    found = gate.first_refusal(facts(site, token))
    assert outcome(found) == (DENIED, gate.EXPIRED)
    access = read(site, token)
    assert access is not None
    for _ in range(2):  # two requests at once may both get here
        with site.session.transaction():
            mark_expired(site.session, access, site.now)
    assert knock(site, token) == "invalidtoken"
    # Setting the clock back does not revive it (DUR-12).
    site.clock.set(site.now - 3600)
    assert knock(site, token) == "invalidtoken"


@pytest.mark.parametrize(("offset", "code"), [(-1, ""), (0, ""), (1, DENIED)])
def test_authz_5_d3_an_authorisation_ends_after_its_date(
    site: TestSite, token: str, offset: int, code: str
) -> None:
    access = read(site, token)
    assert access is not None
    end = site.now + 1000
    limits = Limits(validuntil=end)
    authorised_users.change(site.call(), access.service_id, access.user_id, limits)
    site.clock.set(end + offset)
    assert knock(site, token) == code


def test_authz_5_truth_table(site: TestSite, token: str) -> None:
    right = facts(site, token)
    turned: list[dict[str, Any]] = [
        {"service_enabled": 0},
        {"in_service": 0},
        {"listed_id": None, "listed_ip": None, "listed_until": None},
        {"listed_until": site.now - 1},
        {"listed_ip": "10.0.0.0/8"},
    ]
    rows = 0
    for bits in product([False, True], repeat=6):
        *of_access, wanted = bits
        access = replace(right.held, requiredcapability="moodle/user:create" if wanted else "")
        for bit, change in zip(of_access, turned, strict=True):
            if bit:
                access = replace(access, **change)
        found = gate.first_refusal(replace(right, access=access))
        assert (found is None) is (not any(bits)), bits
        assert found is None or type(found.refusal) is AccessDenied
        rows += 1
    assert rows == 64


def test_authz_5_a_service_open_to_all_asks_for_no_list(site: TestSite, token: str) -> None:
    right = facts(site, token)
    opened = replace(right.held, restrictedusers=0, listed_id=None, listed_until=5, listed_ip="x")
    assert gate.first_refusal(replace(right, access=opened)) is None


def test_ip_6_both_lists_apply_and_are_not_revealed(site: TestSite, token: str) -> None:
    access = read(site, token)
    assert access is not None
    tokens.edit(site.call(), access.id, tokens.Changes(iprestriction="192.168.0.0/16"))
    limits = Limits(iprestriction="192.168.7.0/24")
    authorised_users.change(site.call(), access.service_id, access.user_id, limits)
    answers = {
        address: outcome(gate.first_refusal(facts(site, token, address=address)))
        for address in ("192.168.7.5", "192.168.8.5", HOME, "")
    }
    assert answers == {
        "192.168.7.5": ("", ""),
        "192.168.8.5": (DENIED, "authorised address"),
        HOME: (DENIED, "token address"),
        "": (DENIED, "token address"),
    }
    found = gate.first_refusal(facts(site, token, address=HOME))
    assert found is not None
    assert "192.168" not in found.refusal.message
    assert "192.168.0.0/16" in found.refusal.reason


def test_tok_10_a_service_may_forbid_tokens_in_the_query(site: TestSite, token: str) -> None:
    assert knock(site, token, in_query=True) == ""
    access = read(site, token)
    assert access is not None
    services.edit(site.call(), access.service_id, Changes(forbid_query_tokens=True))
    assert knock(site, token, in_query=True) == DENIED
    assert knock(site, token, in_query=False) == ""


def test_net_9_a_service_may_forbid_writing_by_get(site: TestSite, token: str) -> None:
    access = read(site, token)
    assert access is not None
    assert knock(site, token, kind="write", method="GET") == ""
    services.edit(site.call(), access.service_id, Changes(forbid_get_writes=True))
    assert knock(site, token, kind="write", method="GET") == DENIED
    assert knock(site, token, kind="read", method="GET") == ""
    assert knock(site, token, kind="write", method="POST") == ""


def test_administrators_pass_capabilities_but_not_lists(site: TestSite) -> None:
    call = site.call()
    service_id = making.service(site, "closed", FUNCTION, users=[2])
    services.edit(call, service_id, Changes(requiredcapability="moodle/user:create"))
    token = making.token(site, 2, service_id)
    assert knock(site, token) == ""
    assert knock(site, token, OTHER) == DENIED
    authorised_users.deauthorise(site.call(), service_id, 2)
    assert knock(site, token) == DENIED


def test_a_capability_is_asked_in_the_tokens_context(site: TestSite) -> None:
    course_id = making.course(site, "C1")
    user_id = making.user(site, "tom")
    making.role(site, "local", [gate.REST_CAPABILITY])
    making.assign(site, "local", user_id, making.course_context(site, course_id))
    service_id = making.service(site, "health", FUNCTION, users=[user_id])
    anywhere = making.token(site, user_id, service_id)
    context_id = making.course_context(site, course_id).id
    confined = making.token(site, user_id, service_id, context_id=context_id)
    assert knock(site, anywhere) == DENIED
    assert knock(site, confined) == ""


def test_caller_and_origin_are_those_of_the_token(site: TestSite, token: str) -> None:
    access = read(site, token)
    assert access is not None
    caller = gate.caller(access, site.load())
    assert (caller.username, caller.auth, caller.is_admin, caller.is_guest) == (
        "ann",
        "manual",
        False,
        False,
    )
    origin = gate.origin(access, "r-1", HOME)
    assert (origin.token_handle, origin.service_id, origin.context_path) == (
        access.handle,
        access.service_id,
        "/1",
    )
