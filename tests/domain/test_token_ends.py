"""What ends tokens beside their own end: deleted users and services, passwords, time (TOK-8, 9)."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from coursewire.domain import console_sessions, token_ends, tokens
from coursewire.domain.call import Call
from coursewire.domain.tokens import NewToken
from coursewire.store import audit, services, users
from coursewire.store import tokens as token_rows
from tests.domain.gatehouse import FUNCTION, HOME, holder, knock, read
from tests.support import making
from tests.support.sites import TestSite

DAY = 86_400


@pytest.fixture
def ann(site: TestSite) -> int:
    return holder(site)


@pytest.fixture
def health(site: TestSite, ann: int) -> int:
    return making.service(site, "health", FUNCTION, users=[ann])


def revocations(site: TestSite) -> list[tuple[str, str, list[str]]]:
    """Target, reason and handles of what was recorded, oldest first."""
    found = reversed(audit.records(site.session, action="token.revoke"))
    return [(row.target, row.reason, json.loads(row.details)["handles"]) for row in found]


def within(site: TestSite, end: Callable[[Call], None]) -> None:
    """End tokens as part of another change."""
    call = site.call()
    with call.transaction():
        end(call)


def issued(site: TestSite, user: int, service: int, **values: Any) -> tokens.Issued:
    return tokens.issue(site.call(), NewToken(user_id=user, service_id=service, **values))


def test_tok_9_the_tokens_of_a_deleted_user_end_and_no_list_has_them(
    site: TestSite, ann: int, health: int
) -> None:
    other = making.service(site, "other", FUNCTION, users=[ann])
    first, second = issued(site, ann, health), issued(site, ann, other)
    within(site, lambda call: token_ends.revoke_of_users(call, [ann], "the user was deleted"))
    assert knock(site, first.token) == knock(site, second.token) == "invalidtoken"
    assert services.authorised_user(site.session, health, ann) is None
    assert services.authorised_user(site.session, other, ann) is None
    handles = sorted([first.handle, second.handle])
    assert revocations(site) == [("2 tokens", "the user was deleted", handles)]


def test_tok_9_the_tokens_of_a_deleted_service_end(site: TestSite, ann: int, health: int) -> None:
    other = making.service(site, "other", FUNCTION, users=[ann])
    ended, kept = issued(site, ann, health), issued(site, ann, other)
    within(site, lambda call: token_ends.revoke_of_service(call, health))
    assert (knock(site, ended.token), knock(site, kept.token)) == ("invalidtoken", "")
    target = f"token {ended.handle}"
    assert revocations(site) == [(target, "its service was deleted", [ended.handle])]
    # Nothing is left to end, and nothing is recorded.
    within(site, lambda call: token_ends.revoke_of_service(call, health))
    assert len(revocations(site)) == 1


@pytest.mark.parametrize("every", [False, True])
def test_d6_web_1_a_new_password_ends_sessions_and_what_log_in_gave(
    site: TestSite, ann: int, health: int, every: bool
) -> None:
    making.setting(site, "passwordchangetokendeletion", every)
    users.change(site.session, ann, {"console_role": "owner"})
    account = users.get(site.session, ann)
    assert account is not None
    opened = console_sessions.begin(site.call(ann), account, HOME, second_factor_due=False)
    by_hand, by_log_in = issued(site, ann, health), issued(site, ann, health)
    token_rows.change(site.session, by_log_in.id, {"origin": "login"})
    within(site, lambda call: token_ends.revoke_after_password_change(call, ann))
    assert knock(site, by_log_in.token) == "invalidtoken"
    assert knock(site, by_hand.token) == ("invalidtoken" if every else "")
    assert console_sessions.find(site.session, opened.identifier, site.now) is None
    assert [reason for _, reason, _ in revocations(site)] == ["the password was changed"]


def test_tok_8_the_record_of_an_expiry_tells_when_and_whose_once(
    site: TestSite, ann: int, health: int
) -> None:
    short = issued(site, ann, health, validuntil=site.now + 10)
    site.clock.pass_seconds(11)
    access = read(site, short.token)
    assert access is not None
    for _ in range(2):
        with site.session.transaction():
            token_ends.mark_expired(site.session, access, site.now)
    [row] = audit.records(site.session, action="token.expire")
    assert (row.time_ms, row.monotonic_ms) == (site.now * 1000, 0)
    assert (row.actor_id, row.actor, row.token_handle) == (ann, "ann", short.handle)
    assert (row.target, row.reason) == (f"token {short.handle}", "used after its end date")


def test_d12_an_ended_token_goes_on_the_second_after_30_days(
    site: TestSite, ann: int, health: int
) -> None:
    assert token_ends.purge(site.call()) == 0
    tokens.revoke(site.call(), issued(site, ann, health).id)
    site.clock.pass_seconds(30 * DAY)
    assert token_ends.purge(site.call()) == 0
    assert audit.records(site.session, action="token.purge") == []
    site.clock.pass_seconds(1)
    assert token_ends.purge(site.call()) == 1
    [row] = audit.records(site.session, action="token.purge")
    assert row.target == "1 token"


def test_d12_an_expired_token_that_nobody_used_since_is_told_of_whenever_that_is(
    site: TestSite, ann: int, health: int
) -> None:
    short = issued(site, ann, health, validuntil=site.now + 10)
    site.clock.pass_seconds(1000 * DAY)
    assert token_ends.purge(site.call()) == 0
    assert knock(site, short.token) == "accessexception"
    access = read(site, short.token)
    assert access is not None
    with site.session.transaction():
        token_ends.mark_expired(site.session, access, site.now)
    assert knock(site, short.token) == "invalidtoken"
    site.clock.pass_seconds(30 * DAY)
    assert token_ends.purge(site.call()) == 0
    site.clock.pass_seconds(1)
    assert token_ends.purge(site.call()) == 1
