"""Private access keys: stable, nowhere stored, found by their owner, renewable."""

import re
from pathlib import Path

from coursewire.domain import gate, private_keys
from coursewire.store import audit, keys
from tests.domain.gatehouse import FUNCTION, HOME, holder, read
from tests.support import making
from tests.support.refusals import everything, unchanged
from tests.support.sites import TestSite


def key(site: TestSite, user_id: int, script: str = private_keys.FILES) -> str:
    return private_keys.of_user(site.session, site.keys, user_id, script)


def test_a_key_is_stable_and_needs_no_write(site: TestSite) -> None:
    with unchanged(site.session):
        first = key(site, 2)
        assert re.fullmatch(r"[0-9a-f]{32}", first)
        assert key(site, 2) == first
    assert len({first, key(site, 1), key(site, 2, "other")}) == 3


def test_who_presents_a_key_is_found_by_it(site: TestSite, tmp_path: Path) -> None:
    user_id = making.user(site, "ann")
    mine = key(site, user_id)
    assert private_keys.owner(site.session, site.keys, mine) == user_id
    last = "1" if mine[-1] == "0" else "0"
    for wrong in ("", "x" * 32, mine.upper(), mine[:-1], mine[:-1] + last, "0" * 32, mine + "0"):
        if wrong != mine:
            assert private_keys.owner(site.session, site.keys, wrong) is None, wrong
    assert private_keys.owner(site.session, site.keys, mine, "other") is None
    other = keys.create(tmp_path / "other.json")
    assert private_keys.owner(site.session, other, mine) is None


def test_a_renewed_key_replaces_the_old_one(site: TestSite) -> None:
    found = [key(site, 2)]
    for _ in range(2):
        private_keys.renew(site.call(), 2)
        found.append(key(site, 2))
    assert len(set(found)) == 3
    assert [private_keys.owner(site.session, site.keys, text) for text in found] == [None, None, 2]
    assert not any(text in repr(everything(site.session)) for text in found)
    assert len(audit.records(site.session, action="private_key.renew")) == 2


def test_the_callers_key_is_the_same_with_and_without_the_gate(site: TestSite) -> None:
    user_id = holder(site)
    token = making.token(site, user_id, making.service(site, "health", FUNCTION, users=[user_id]))
    for _ in range(2):
        access = read(site, token)
        assert access is not None
        by_token = site.call(user_id, origin=gate.origin(access, "r-1", HOME))
        assert private_keys.of_caller(by_token) == key(site, user_id)
        assert private_keys.of_caller(site.call(user_id)) == key(site, user_id)
        private_keys.renew(site.call(), user_id)
