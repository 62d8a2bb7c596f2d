"""Records of changes: written with the change, or neither is (AUD-1, AUD-2)."""

import json
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError

from coursewire.audit import records
from coursewire.domain import settings
from coursewire.domain.call import Call, Origin
from coursewire.store import audit as store
from coursewire.store.schema.audit import audit_records
from tests.support.refusals import unchanged
from tests.support.sites import TestSite


def count(site: TestSite) -> int:
    found: int = site.session.scalar(select(func.count()).select_from(audit_records))
    return found


def fail(call: Call, inside: AbstractContextManager[None], action: str) -> None:
    """Record something and fail."""
    with inside:
        call.audit.record(action, "5")
        raise ZeroDivisionError


def test_aud_1_a_record_tells_who_what_when_and_from_where(site: TestSite) -> None:
    origin = Origin(request_id="r-1", token_handle="abcdefgh2345", address="192.0.2.7")
    call = site.call(origin=origin)
    site.clock.pass_seconds(1.5)
    with call.transaction():
        call.audit.record("group.create", "group 5", names=["A", "B"])
    [row] = store.records(site.session, action="group.create")
    assert (row.actor_id, row.actor, row.token_handle) == (2, "admin", "abcdefgh2345")
    assert (row.address, row.request_id, row.target) == ("192.0.2.7", "r-1", "group 5")
    assert (row.outcome, row.reason) == ("ok", "")
    assert (row.time_ms, row.monotonic_ms) == (site.clock.now_ms(), 1500)
    assert json.loads(row.details) == {"names": ["A", "B"]}


def test_aud_2_a_change_that_is_undone_leaves_no_record(site: TestSite) -> None:
    call = site.call()
    with unchanged(site.session), pytest.raises(ZeroDivisionError):
        fail(call, call.transaction(), "group.create")
    before = count(site)
    with call.transaction():
        call.audit.record("group.delete", "group 6")
    assert count(site) == before + 1
    assert store.records(site.session, action="group.create") == []


def test_aud_2_a_record_that_cannot_be_written_undoes_the_change(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(store, "append", broken)
    call = site.call()
    with unchanged(site.session), pytest.raises(OSError, match="no space"), call.transaction():
        settings.put(call, "country", "DE")


def test_aud_2_an_item_that_is_undone_takes_its_record_along(site: TestSite) -> None:
    call = site.call()
    with call.transaction():
        call.audit.record("item.one", "1")
        with pytest.raises(ZeroDivisionError):
            fail(call, call.item(), "item.two")
        with call.item():
            call.audit.record("item.three", "3")
    found = [row.action for row in store.records(site.session) if row.action.startswith("item.")]
    assert found == ["item.three", "item.one"]


def test_aud_2_an_inner_transaction_that_fails_keeps_the_outer_records(site: TestSite) -> None:
    call = site.call()
    with call.transaction():
        call.audit.record("outer.change", "1")
        with pytest.raises(ZeroDivisionError):
            fail(call, call.transaction(), "inner.change")
    assert store.records(site.session, action="outer.change")
    assert not store.records(site.session, action="inner.change")


def test_aud_2_records_are_never_written_outside_a_transaction(site: TestSite) -> None:
    call = site.call()
    call.audit.record("group.create", "group 5")
    with pytest.raises(RuntimeError, match="transaction"):
        call.audit.write()


def test_aud_3_records_are_neither_changed_nor_removed(site: TestSite) -> None:
    call = site.call()
    with call.transaction():
        call.audit.record("group.create", "group 5")
    with pytest.raises(DatabaseError):
        site.session.execute(update(audit_records), {"actor": "somebody else"})
    with pytest.raises(DatabaseError):
        site.session.execute(delete(audit_records))
    assert count(site) > 0


def test_hostile_and_secret_parts_are_made_harmless(site: TestSite) -> None:
    call = site.call()
    with call.transaction():
        call.audit.record("x.y", "a\nb", "refused", "c\x1b[0m", password="p1", kept="d\r")
        call.audit.record("x.long", "t" * 5000, name="n" * 4000, more=["m" * 4000] * 3)
    [row] = store.records(site.session, action="x.y")
    assert (row.target, row.reason) == ("a\\u000ab", "c\\u001b[0m")
    assert json.loads(row.details) == {"password": "***", "kept": "d\\u000d"}
    [row] = store.records(site.session, action="x.long")
    assert len(row.target) == 1024
    assert "characters" in json.loads(row.details)["omitted"]
    assert records.details({}) == ""


def test_details_of_8192_characters_are_kept_and_longer_ones_say_so() -> None:
    def written(last: int) -> str:
        return records.details({"texts": ["t" * 4096, "t" * last]})

    kept = 8192 - len(written(0))
    assert len(written(kept)) == 8192
    assert json.loads(written(kept))["texts"][1] == "t" * kept
    assert json.loads(written(kept + 1)) == {"omitted": "8193 characters of details"}
