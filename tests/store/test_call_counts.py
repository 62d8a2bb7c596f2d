"""The calls of tokens are counted as they are logged, and found again by their counts."""

import random
from collections.abc import Iterable, Iterator

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from coursewire.audit.calls import CallLog, CallRow
from coursewire.store import audit, call_counts
from coursewire.store.call_counts import PERIOD_MS
from coursewire.store.schema.audit import call_counts as table
from tests.support import seeds
from tests.support.sites import TestSite

HANDLES = ("a", "b", "c", "")


def made(chance: random.Random, number: int) -> Iterator[CallRow]:
    """Calls of three tokens and of none, over a few minutes, as they come in."""
    time_ms = 1_790_000_000_000
    for each in range(number):
        time_ms += chance.choice((0, 1, 900, PERIOD_MS, 3 * PERIOD_MS))
        yield CallRow(
            time_ms=time_ms,
            request_id=f"r-{each}",
            function="core_webservice_get_site_info",
            token_handle=chance.choice(HANDLES),
            user_id=3,
            address="192.0.2.7",
            outcome=chance.choice(("ok", "ok", "accessexception")),
            failed_check="",
            reason="",
            token_in_query=0,
            microseconds=80,
        )


def log(site: TestSite, calls: Iterable[CallRow]) -> None:
    with site.session.transaction():
        audit.append_calls(site.session, calls)


def counted(site: TestSite) -> list[tuple[object, ...]]:
    query = select(table).order_by(table.c.token_handle, table.c.period)
    return [tuple(row) for row in site.session.rows(query)]


def test_calls_and_counts_say_the_same_whatever_was_called(site: TestSite) -> None:
    chance = random.Random(seeds.chosen("call counts"))
    calls = list(made(chance, 300))
    for start in range(0, 300, 50):
        log(site, calls[start : start + 50])
    first = calls[0].time_ms
    for handle in "abc":
        mine = [call for call in calls if call.token_handle == handle]
        for since in (0, first + 20 * PERIOD_MS, calls[-1].time_ms + PERIOD_MS):
            whole = since - since % PERIOD_MS
            late = [call for call in mine if call.time_ms >= whole]
            refused = [call for call in late if call.outcome != "ok"]
            found = call_counts.outcomes(site.session, handle, since)
            assert found == (len(late), len(refused))
        newest = [call.request_id for call in reversed(mine)]
        for most in (1, 7, 300):
            rows = audit.recorded_calls(site.session, handle=handle, limit=most)
            assert [row.request_id for row in rows] == newest[:most]


def test_a_call_without_a_token_is_nobodys(site: TestSite) -> None:
    (call,) = made(random.Random(1), 1)
    log(site, [replace(call, token_handle="")])
    assert counted(site) == []
    assert len(audit.recorded_calls(site.session)) == 1


def test_aud_2_counts_go_with_the_calls_that_they_tell_of(site: TestSite) -> None:
    calls = CallLog(kept=2, trim_every=1)
    (call,) = made(random.Random(1), 1)
    begin = call.time_ms - call.time_ms % PERIOD_MS
    for number in range(5):
        calls.add(replace(call, token_handle="a", time_ms=begin + number * PERIOD_MS))
    calls.flush(site.session)
    assert [row[1] for row in counted(site)] == [begin // PERIOD_MS + number for number in (3, 4)]
    with site.session.transaction():
        audit.keep_newest_calls(site.session, 0)
    assert counted(site) == []
    assert audit.recorded_calls(site.session, handle="a") == []


def test_nothing_is_counted_twice_when_writing_failed(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = CallLog()
    (call,) = made(random.Random(1), 1)
    calls.add(replace(call, token_handle="a"))

    def broken(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(call_counts, "add", broken)
        with pytest.raises(OSError, match="no space"):
            calls.flush(site.session)
    assert audit.recorded_calls(site.session) == []
    calls.flush(site.session)
    assert [row[2:] for row in counted(site)] == [(1, int(call.outcome != "ok"))]
