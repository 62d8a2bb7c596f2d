"""Refusals of tokens in the record of changes: few of them, whatever somebody does (AUD-1)."""

import json

import pytest
from sqlalchemy import Row

from coursewire.domain import gate, refused_tokens
from coursewire.domain.gate import Failed
from coursewire.domain.refused_tokens import RefusedTokens
from coursewire.store import audit
from coursewire.store.access import Access
from tests.domain.gatehouse import FUNCTION, facts, holder, read
from tests.support import making
from tests.support.sites import TestSite

HOUR = 3600


@pytest.fixture
def access(site: TestSite) -> Access:
    user_id = holder(site)
    token = making.token(site, user_id, making.service(site, "health", FUNCTION, users=[user_id]))
    found = read(site, token)
    assert found is not None
    return found


@pytest.fixture
def refused(site: TestSite) -> RefusedTokens:
    return RefusedTokens(site.clock)


def failed(site: TestSite, check: str) -> Failed:
    """A refusal by a check; what it says is that of an unknown token."""
    refusal = gate.first_refusal(facts(site, "0" * 32))
    assert refusal is not None
    (found,) = [each for each in gate.CHECKS if each.name == check]
    return Failed(found, refusal.refusal, used=False)


def written(site: TestSite) -> list[Row[tuple[object, ...]]]:
    return list(reversed(audit.records(site.session, action="token.refuse")))


def test_aud_1_a_refused_token_is_recorded_once_an_hour_for_each_check(
    site: TestSite, access: Access, refused: RefusedTokens
) -> None:
    for _ in range(3 * HOUR // 60):
        for check in ("token known", "token address"):
            refused.note(access, failed(site, check), "192.0.2.1", "r-1")
        refused.flush(site.session)
        site.clock.pass_seconds(60)
    rows = written(site)
    assert [json.loads(row.details) for row in rows] == [
        {"check": "token known"},
        {"check": "token address"},
    ] * 3
    first = rows[0]
    assert (first.actor, first.token_handle) == ("ann", access.handle)
    assert (first.target, first.outcome) == (f"token {access.handle}", "refused")
    assert (first.address, first.request_id) == ("192.0.2.1", "r-1")
    assert first.reason == failed(site, "token known").refusal.reason


@pytest.mark.parametrize("check", ["token in date", "no maintenance", "function known"])
def test_aud_1_what_refuses_no_token_or_has_its_own_record_is_left_out(
    site: TestSite, access: Access, refused: RefusedTokens, check: str
) -> None:
    refused.note(access, failed(site, check), "", "r-1")
    assert refused.flush(site.session) == 0


def test_aud_1_unknown_tokens_are_counted_and_recorded_once_an_hour(
    site: TestSite, refused: RefusedTokens
) -> None:
    for _ in range(2 * HOUR):
        refused.note_unknown()
        refused.flush(site.session)
        site.clock.pass_seconds(1)
    site.clock.pass_seconds(1)
    refused.flush(site.session)
    rows = written(site)
    assert [json.loads(row.details)["calls"] for row in rows] == [1, HOUR, HOUR - 1]
    assert {(row.target, row.actor, row.outcome) for row in rows} == {
        ("unknown tokens", "", "refused")
    }


def test_aud_1_refusals_are_gathered_in_bounded_memory(
    site: TestSite,
    access: Access,
    refused: RefusedTokens,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(refused_tokens, "CAPACITY", 2)
    for check in ("token known", "token address", "service enabled", "user not suspended"):
        refused.note(access, failed(site, check), "", "r-1")
    assert refused.flush(site.session) == 2
    # What is an hour old is forgotten, and makes room.
    site.clock.pass_seconds(HOUR)
    refused.note(access, failed(site, "service enabled"), "", "r-2")
    assert refused.flush(site.session) == 1


def test_aud_1_refusals_that_cannot_be_written_are_kept_for_the_next_time(
    site: TestSite,
    access: Access,
    refused: RefusedTokens,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    refused.note(access, failed(site, "token known"), "", "r-1")
    refused.note_unknown()
    with monkeypatch.context() as patched:
        patched.setattr(audit, "append", fail)
        with pytest.raises(OSError, match="No space"):
            refused.flush(site.session)
    refused.note_unknown()
    assert refused.flush(site.session) == 2
    assert [row.details for row in written(site)] == ['{"check":"token known"}', '{"calls":2}']
    assert refused.flush(site.session) == 0
