"""Tokens that are used while the key for digests changes (TOK-4)."""

import pytest

from coursewire.domain import token_rekeying
from coursewire.domain.token_rekeying import Rekeying
from coursewire.store import access as accesses
from coursewire.store import tokens as rows
from coursewire.store.access import Access
from coursewire.store.keys import Digest
from coursewire.store.problems import NeedsWriter
from coursewire.store.session import Session
from tests.domain.gatehouse import FUNCTION, holder
from tests.support import making
from tests.support.sites import TestSite


@pytest.fixture
def access(site: TestSite) -> Access:
    person = holder(site)
    service = making.service(site, "health", FUNCTION, users=[person])
    value = making.token(site, person, service)
    found = accesses.read(site.session, site.keys.digests(value), FUNCTION)
    assert found is not None
    return found


def place(site: TestSite, digest: Digest) -> int | None:
    return rows.id_by_digests(site.session, [digest])


def test_tok_4_a_token_moves_to_the_new_key(site: TestSite, access: Access) -> None:
    rekeying, after = Rekeying(), Digest(access.key_number + 1, b"n" * 32)
    assert rekeying.flush(site.session) == 0
    rekeying.note(access, after)
    assert rekeying.flush(site.session) == 1
    assert place(site, after) == access.id
    assert rekeying.flush(site.session) == 0


def test_tok_4_one_of_the_active_key_stays(site: TestSite, access: Access) -> None:
    rekeying = Rekeying()
    rekeying.note(access, Digest(access.key_number, b"n" * 32))
    assert rekeying.flush(site.session) == 0


def test_tok_4_one_that_another_machine_moved_does_not_move_back(
    site: TestSite, access: Access
) -> None:
    rekeying = Rekeying()
    rekeying.note(access, Digest(access.key_number - 1, b"o" * 32))
    assert rekeying.flush(site.session) == 0


def test_tok_4_one_that_was_rotated_meanwhile_keeps_its_new_value(
    site: TestSite, access: Access
) -> None:
    rekeying, rotated = Rekeying(), Digest(access.key_number, b"r" * 32)
    rekeying.note(access, Digest(access.key_number + 1, b"n" * 32))
    with site.session.transaction():
        rows.set_digest(site.session, access.id, rotated, "last")
    rekeying.flush(site.session)
    assert place(site, rotated) == access.id


def test_tok_4_what_could_not_be_written_waits(site: TestSite, access: Access) -> None:
    rekeying, after = Rekeying(), Digest(access.key_number + 1, b"n" * 32)
    rekeying.note(access, after)
    reader = Session(site.session.connection, begin=None)
    with pytest.raises(NeedsWriter):
        rekeying.flush(reader)
    assert rekeying.flush(site.session) == 1
    assert place(site, after) == access.id


def test_tok_4_so_many_wait_at_most(
    site: TestSite, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_rekeying, "CAPACITY", 0)
    rekeying = Rekeying()
    rekeying.note(access, Digest(access.key_number + 1, b"n" * 32))
    assert rekeying.flush(site.session) == 0


def test_nothing_is_moved_where_nothing_is_wanted(site: TestSite) -> None:
    rows.move_digests(site.session, {})
