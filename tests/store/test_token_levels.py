"""AUTH-10: the calls of a token with a rate are counted once for all that serve a database."""

import threading

import pytest

from coursewire.store import token_levels
from coursewire.store.schema.services import token_levels as table
from coursewire.store.token_levels import DOUBT, MINUTE, SECOND, Pace
from tests.support.sites import TestSite

pytestmark = pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
NOW = 1_790_000_000 * SECOND
# 30 a minute, 5 at once.
PACE = Pace(2 * SECOND, 10 * SECOND)


def take(site: TestSite, later: int = 0, pace: Pace = PACE, token_id: int = 1) -> int:
    return token_levels.take(site.session, token_id, pace, NOW + later)


def test_a_rate_as_times(site: TestSite) -> None:
    del site
    assert Pace.of(30, 5) == PACE
    assert Pace.of(30, 0) == Pace(2 * SECOND, MINUTE)
    # Rounded up: no more pass than the rate says.
    assert Pace.of(7, 1) == Pace(8_571_429, 8_571_429)


def test_auth_10_so_many_at_once_and_then_one_by_one(site: TestSite) -> None:
    assert [take(site) for _ in range(7)] == [0] * 5 + [2 * SECOND] * 2
    assert take(site, SECOND) == SECOND
    assert [take(site, 2 * SECOND) for _ in range(2)] == [0, 2 * SECOND]
    # Rest fills it up, no further.
    assert [take(site, 3600 * SECOND) for _ in range(6)] == [0] * 5 + [2 * SECOND]


def test_auth_10_each_token_for_itself(site: TestSite) -> None:
    assert [take(site, token_id=1) for _ in range(6)][-1] > 0
    assert take(site, token_id=2) == 0


def test_dur_12_a_clock_that_was_set_back_locks_nobody_out(site: TestSite) -> None:
    for _ in range(5):
        take(site)
    # As much as the clocks of machines may differ: waited for.
    assert take(site, -SECOND) == 3 * SECOND
    assert [take(site, -DOUBT - SECOND) for _ in range(6)] == [0] * 5 + [2 * SECOND]


def test_auth_10_of_calls_at_the_same_time_no_more_pass(site: TestSite) -> None:
    waits: list[int] = []
    begin = threading.Barrier(4)

    def call_often() -> None:
        with site.database.session() as session:
            begin.wait()
            waits.extend(token_levels.take(session, 1, PACE, NOW) for _ in range(20))

    threads = [threading.Thread(target=call_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (waits.count(0), len(waits)) == (5, 80)


def test_tok_9_a_count_lets_no_server_read_anew(site: TestSite) -> None:
    before = site.database.facts_version(site.session)
    take(site)
    assert site.database.facts_version(site.session) == before


def test_what_tells_nothing_is_forgotten(site: TestSite) -> None:
    take(site, token_id=1)
    take(site, 3 * SECOND, token_id=2)
    token_levels.purge(site.session, NOW + 4 * SECOND)
    assert site.session.scalars(table.select()) == [2]
