"""The log of calls: written behind, bounded, never in the way (AUD-2)."""

import asyncio

import pytest
from msgspec.structs import replace

from coursewire.audit.calls import CallLog, CallRow
from coursewire.store import audit as store
from coursewire.store import call_counts
from coursewire.store.problems import OutcomeUnknown
from coursewire.store.session import Session
from tests.support.sites import TestSite
from tests.support.web import Web

ROW = CallRow(
    time_ms=5,
    request_id="r-0",
    function="core_webservice_get_site_info",
    token_handle="abcdefgh2345",
    user_id=3,
    address="192.0.2.7",
    outcome="ok",
    failed_check="",
    reason="",
    token_in_query=0,
    microseconds=80,
)


def rows(*numbers: int) -> list[CallRow]:
    return [replace(ROW, request_id=f"r-{number}") for number in numbers]


def test_calls_are_written_in_batches(site: TestSite) -> None:
    log = CallLog()
    for row in rows(1, 2, 3):
        log.add(row)
    assert len(log) == 3
    assert store.recorded_calls(site.session) == []
    assert log.flush(site.session) == 3
    assert log.flush(site.session) == 0
    found = store.recorded_calls(site.session, handle="abcdefgh2345")
    assert [row.request_id for row in found] == ["r-3", "r-2", "r-1"]
    call = store.call_of_request(site.session, "r-2")
    assert call is not None
    assert (call.function, call.user_id, call.microseconds) == (ROW.function, 3, 80)
    assert store.call_of_request(site.session, "r-9") is None
    assert store.recorded_calls(site.session, handle="other") == []


@pytest.mark.parametrize("count", [1, 49, 50, 51, 120])
def test_any_number_is_written_in_order(site: TestSite, count: int) -> None:
    log = CallLog()
    wanted = [
        replace(row, user_id=number, token_handle=f"t-{number % 60}")
        for number, row in enumerate(rows(*range(count)))
    ]
    for row in wanted:
        log.add(row)
    assert log.flush(site.session) == count
    found = store.recorded_calls(site.session, limit=count)
    assert [(row.request_id, row.user_id, row.token_handle) for row in reversed(found)] == [
        (row.request_id, row.user_id, row.token_handle) for row in wanted
    ]
    for number in (0, 7, 59):
        mine = [row.request_id for row in wanted if row.token_handle == f"t-{number}"]
        of_token = store.recorded_calls(site.session, handle=f"t-{number}")
        assert [row.request_id for row in reversed(of_token)] == mine


def test_when_writing_does_not_keep_up_the_oldest_are_lost_and_counted(site: TestSite) -> None:
    log = CallLog(capacity=2)
    for row in rows(1, 2, 3):
        log.add(row)
    assert (len(log), log.lost) == (2, 1)
    log.flush(site.session)
    assert [row.request_id for row in store.recorded_calls(site.session)] == ["r-3", "r-2"]


def test_what_could_not_be_written_waits(site: TestSite, monkeypatch: pytest.MonkeyPatch) -> None:
    log = CallLog(capacity=3)
    for row in rows(1, 2):
        log.add(row)

    def broken(*_: object) -> None:
        for row in rows(3, 4):  # calls that come in meanwhile
            log.add(row)
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(store, "append_calls", broken)
        with pytest.raises(OSError, match="no space"):
            log.flush(site.session)
    assert (len(log), log.lost) == (3, 1)
    assert log.flush(site.session) == 3
    found = [row.request_id for row in store.recorded_calls(site.session)]
    assert found == ["r-4", "r-3", "r-2"]


@pytest.mark.parametrize("is_kept", [True, False])
def test_aud_2_what_may_have_been_kept_is_written_once(
    site: TestSite, monkeypatch: pytest.MonkeyPatch, *, is_kept: bool
) -> None:
    """A connection that broke at the commit tells nobody."""
    log = CallLog()
    finish = Session.finish

    def broken(session: Session, *, kept: bool) -> None:
        finish(session, kept=kept and is_kept)
        raise OutcomeUnknown

    for row in rows(0, 1):
        log.add(row)
    with monkeypatch.context() as patch:
        patch.setattr(Session, "finish", broken)
        with pytest.raises(OutcomeUnknown):
            log.flush(site.session)
    log.add(rows(2)[0])
    assert log.flush(site.session) == (1 if is_kept else 3)
    found = [row.request_id for row in store.recorded_calls(site.session)]
    assert found == ["r-2", "r-1", "r-0"]
    assert call_counts.outcomes(site.session, ROW.token_handle, 0) == (3, 0)


def test_aud_2_the_log_in_the_database_is_bounded_too(site: TestSite) -> None:
    log = CallLog(kept=3, trim_every=4)
    for number in range(10):
        log.add(rows(number)[0])
        log.flush(site.session)
    found = [row.request_id for row in store.recorded_calls(site.session)]
    assert found == ["r-9", "r-8", "r-7", "r-6"]
    for row in rows(10, 11, 12):
        log.add(row)
    log.flush(site.session)
    found = [row.request_id for row in store.recorded_calls(site.session)]
    assert found == ["r-12", "r-11", "r-10"]


def test_aud_2_the_log_is_bounded_however_often_servers_begin_anew(site: TestSite) -> None:
    for number in range(5):
        log = CallLog(kept=2, trim_every=4)
        log.add(rows(number)[0])
        log.flush(site.session)
    assert [row.request_id for row in store.recorded_calls(site.session)] == ["r-4", "r-3"]


def test_aud_2_much_surplus_goes_little_by_little(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who lowers the bound by a million keeps nobody waiting while they go."""
    monkeypatch.setattr(store, "CALLS_REMOVED_AT_ONCE", 3)
    log = CallLog(kept=2, trim_every=100)
    left: list[int] = []
    for numbers in (range(9), range(9, 10), range(10, 11), range(11, 12)):
        for row in rows(*numbers):
            log.add(row)
        log.flush(site.session)
        left.append(len(store.recorded_calls(site.session)))
    assert left == [6, 4, 2, 3]


def test_hostile_parts_are_made_harmless(site: TestSite) -> None:
    log = CallLog()
    log.add(replace(ROW, function="x\n" * 300, outcome="<div>\n</div>", reason="r" * 5000))
    log.flush(site.session)
    [row] = store.recorded_calls(site.session)
    assert "\n" not in row.function
    assert len(row.function) == 255
    assert row.outcome == "<div>\\u000a</div>"
    assert len(row.reason) == 512


def test_a_call_is_logged_with_the_time_of_the_site(web: Web, site: TestSite) -> None:
    """By the clock that everything goes by that asks when a token was used."""
    site.clock.pass_seconds(86_400)
    web.call("core_webservice_get_site_info", web.token())
    asyncio.run(web.server.flush())
    (call,) = store.recorded_calls(site.session)
    assert call.time_ms == site.clock.now_ms()
