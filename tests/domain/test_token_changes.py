"""What is stored and recorded of tokens as they are made and changed, at the limits (AUD-1)."""

import json
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from coursewire.contracts.errors import InvalidParameter, MissingRecord
from coursewire.domain import token_values, tokens
from coursewire.domain.tokens import Changes, NewToken
from coursewire.store import audit
from coursewire.store.schema.services import tokens as table
from coursewire.store.tokens import TokenRecord
from tests.domain.gatehouse import FUNCTION, holder
from tests.support import making
from tests.support.refusals import refused, unchanged
from tests.support.sites import TestSite

VALUE = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def ann(site: TestSite) -> int:
    return holder(site)


@pytest.fixture
def health(site: TestSite, ann: int) -> int:
    return making.service(site, "health", FUNCTION, users=[ann])


@pytest.fixture
def new(ann: int, health: int) -> NewToken:
    return NewToken(user_id=ann, service_id=health, validuntil=0)


def recorded(site: TestSite, action: str) -> tuple[str, dict[str, Any]]:
    """Target and details of the newest record of an action."""
    row = audit.records(site.session, action=action)[0]
    return row.target, json.loads(row.details) if row.details else {}


def stored(site: TestSite, token_id: int) -> TokenRecord:
    return tokens.require(site.call(), token_id)


def test_aud_1_the_record_of_a_new_token_says_what_it_may(
    site: TestSite, ann: int, health: int
) -> None:
    wanted = NewToken(user_id=ann, service_id=health, iprestriction="10.0.0.0/8", rate=60, burst=5)
    made = tokens.issue(site.call(), wanted)
    about = {
        "user": ann,
        "service": health,
        "addresses": "10.0.0.0/8",
        "validuntil": made.validuntil,
        "rate": 60,
        "burst": 5,
    }
    assert recorded(site, "token.issue") == (f"token {made.handle}", {"about": about})
    placed = tokens.place(site.call(), wanted, VALUE)
    target, details = recorded(site, "token.place")
    assert target == f"token {placed.handle}"
    assert details == {"about": {**about, "validuntil": 0}}


def test_auth_10_a_token_has_no_rate_unless_it_is_given_one(site: TestSite, new: NewToken) -> None:
    made = stored(site, tokens.issue(site.call(), new).id)
    assert (made.rate, made.burst) == (0, 0)


@pytest.mark.parametrize(
    ("rate", "burst"), [(0, 1), (-1, 0), (1, -1), (1_000_001, 0), (1, 1_000_001)]
)
def test_auth_10_a_rate_that_limits_nothing_is_refused(
    site: TestSite, ann: int, health: int, rate: int, burst: int
) -> None:
    wanted = NewToken(user_id=ann, service_id=health, rate=rate, burst=burst)
    with refused(InvalidParameter), unchanged(site.session):
        tokens.issue(site.call(), wanted)
    with refused(InvalidParameter), unchanged(site.session):
        tokens.place(site.call(), wanted, VALUE)


def test_tok_3_only_a_value_of_a_site_file_is_kept_sealed(site: TestSite, new: NewToken) -> None:
    tokens.issue(site.call(), new)
    tokens.place(site.call(), new, VALUE)
    made, placed = site.session.scalars(select(table.c.sealed).order_by(table.c.id))
    assert made is None
    assert site.keys.unseal(placed, tokens.SEALED) == VALUE


def test_a_token_that_nobody_named_gets_a_name(site: TestSite, new: NewToken) -> None:
    name = stored(site, tokens.issue(site.call(), new).id).name
    assert name.startswith("Token-")
    assert len(name) == len("Token-") + 5
    assert token_values.new_name() != name


@pytest.mark.parametrize("missing", ["user_id", "service_id"])
def test_a_value_is_placed_for_somebody_who_is_there(
    site: TestSite, new: NewToken, missing: str
) -> None:
    wanted = replace(new, **{missing: 4711})
    with refused(MissingRecord), unchanged(site.session):
        tokens.place(site.call(), wanted, VALUE)


def test_names_and_notes_may_be_as_long_as_they_may(site: TestSite, ann: int, health: int) -> None:
    name, note = "n" * 255, "x" * 2000
    made = tokens.issue(site.call(), NewToken(user_id=ann, service_id=health, name=name))
    edited = tokens.edit(site.call(), made.id, Changes(name=name[::-1], note=note))
    assert (edited.name, edited.note) == (name, note)
    for changes in (Changes(name=name + "n"), Changes(note=note + "x"), Changes(note=VALUE)):
        with refused(InvalidParameter), unchanged(site.session):
            tokens.edit(site.call(), made.id, changes)


def test_aud_1_the_record_of_another_end_holds_both(site: TestSite, new: NewToken) -> None:
    made, end = tokens.issue(site.call(), new), site.now + 100
    assert tokens.extend(site.call(), made.id, end).validuntil == end
    told = {"before": {"validuntil": 0}, "after": {"validuntil": end}}
    assert recorded(site, "token.edit") == (f"token {made.handle}", told)


def test_aud_1_a_token_is_stopped_once_and_works_again(site: TestSite, new: NewToken) -> None:
    made = tokens.issue(site.call(), new)
    target = f"token {made.handle}"
    for _ in range(2):
        assert tokens.disable(site.call(), made.id).disabled == site.now
    assert recorded(site, "token.disable") == (target, {})
    assert tokens.disable(site.call(), made.id, disabled=False).disabled == 0
    assert recorded(site, "token.enable") == (target, {})
    assert len(audit.records(site.session, action="token.disable")) == 1


def test_tok_9_an_overlap_of_a_second_lasts_a_second(site: TestSite, new: NewToken) -> None:
    made = tokens.issue(site.call(), new)
    tokens.rotate(site.call(), made.id, 1)
    old = stored(site, made.id)
    assert (old.revoked, old.validuntil) == (0, site.now + 1)
