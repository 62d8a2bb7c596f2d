"""Limits on failed log-ins (AUTH-4 to AUTH-7, AUTH-9, DUR-12)."""

import itertools
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import TEXT, cast, func, insert, literal, select

from coursewire.domain import login_limits
from coursewire.domain.login_limits import ACCOUNT, NETWORK, PAIR, Limit, Limits, Place
from coursewire.store import audit
from coursewire.store import login_limits as store
from coursewire.store.schema.audit import login_failures, login_networks
from tests.domain import attempts
from tests.domain.doorway import HOME, Door
from tests.support import making
from tests.support.sites import TestSite
from tests.support.sizes import size

LIMITS = Limits()
_numbers = itertools.count()
OF_PAIRS_ALONE = Limits(network=Limit(0, 3600, 3600), account=Limit(0, 3600, 900))
MINUTE = 60


FAMILIAR = "203.0.113.1"


@pytest.fixture
def door(site: TestSite) -> Iterator[Door]:
    found = Door(site)
    yield found
    found.close()


def take(site: TestSite, account: str, address: str, now: int | None = None) -> Place:
    moment = site.now if now is None else now
    return login_limits.take(site.session, LIMITS, account, address, moment)


def come_in(site: TestSite, account: str, address: str) -> Place:
    """An attempt that succeeds."""
    place = take(site, account, address)
    with site.session.transaction():
        login_limits.give_back(site.session, LIMITS, place, site.now)
    return place


def fail_everywhere(site: TestSite, account: str, failures: int) -> list[Place]:
    """Failures on an account, each from another network."""
    with site.session.transaction():
        return [take(site, account, f"10.0.{number}.1") for number in range(failures)]


def test_auth_4_the_limits_of_a_fresh_site_are_those_of_the_specification(site: TestSite) -> None:
    assert login_limits.of_site(site.load()) == Limits(
        pair=Limit(5, 900, 900),
        network=Limit(100, 3600, 3600),
        account=Limit(50, 3600, 900),
        familiar=2_592_000,
    )


def test_auth_4a_the_fifth_failure_is_the_last_that_is_looked_at(door: Door) -> None:
    ann = door.user("ann")
    for failures in range(1, 5):
        assert not door.knock("ann", "wrong")
        assert door.guesses() == failures
    assert not door.knock("ann", "wrong")
    assert not door.knock("ann")
    assert door.guesses() == 5
    assert door.knock("ann", address="198.51.100.1") == ann


def test_auth_4a_a_success_before_the_limit_clears_the_count(door: Door) -> None:
    ann = door.user("ann")
    for _ in range(3):
        for _ in range(4):
            assert not door.knock("ann", "wrong")
        assert door.knock("ann") == ann


@pytest.mark.parametrize(("minutes", "let_in"), [(14.9, False), (15, True)])
def test_auth_4a_the_refusal_ends_after_15_minutes(
    door: Door, minutes: float, let_in: bool
) -> None:
    door.user("ann")
    for _ in range(5):
        door.knock("ann", "wrong")
    door.site.clock.pass_seconds(minutes * MINUTE)
    assert bool(door.knock("ann")) is let_in


def test_auth_4a_failures_older_than_15_minutes_do_not_count(door: Door) -> None:
    ann = door.user("ann")
    for _ in range(3):
        for _ in range(4):
            door.knock("ann", "wrong")
        door.site.clock.pass_seconds(15 * MINUTE)
    assert door.knock("ann") == ann


@pytest.mark.parametrize(("seconds", "let_in"), [(899, False), (900, True)])
def test_auth_4a_the_fifth_failure_counts_within_15_minutes_of_the_first(
    door: Door, seconds: int, let_in: bool
) -> None:
    door.user("ann")
    for _ in range(4):
        door.knock("ann", "wrong")
    door.site.clock.pass_seconds(seconds)
    door.knock("ann", "wrong")
    assert bool(door.knock("ann")) is let_in


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pauses=st.lists(st.integers(0, 400), min_size=8, max_size=40))
def test_auth_4a_no_15_minutes_see_a_sixth_guess_and_none_less_is_refused(
    site: TestSite, pauses: list[int]
) -> None:
    """Whenever the count began: a slow second look at all guesses before tells the same."""
    name = f"fresh{next(_numbers)}"
    looked_at: list[int] = []
    refused_until = 0
    for now in itertools.accumulate(pauses, initial=site.now):
        place = login_limits.take(site.session, OF_PAIRS_ALONE, name, HOME, now)
        is_refused = place.refused == PAIR
        assert is_refused == (now < refused_until)
        if not is_refused:
            looked_at.append(now)
            if sum(now - each < 15 * MINUTE for each in looked_at) == 5:
                refused_until = now + 15 * MINUTE
        assert max(sum(0 <= each - first < 900 for each in looked_at) for first in looked_at) <= 5


def test_auth_4_an_attempt_that_was_no_guess_takes_no_other_out(site: TestSite) -> None:
    early = take(site, "ann", HOME)
    later = site.now + 15 * MINUTE
    for _ in range(4):
        take(site, "ann", HOME, later)
    with site.session.transaction():
        login_limits.withdraw(site.session, LIMITS, early)
    assert take(site, "ann", HOME, later).reached == PAIR


@pytest.mark.parametrize("behind", [1, 59])
def test_auth_6_attempts_that_come_behind_their_time_are_counted_with_the_others(
    site: TestSite, behind: int
) -> None:
    """Each knows its time before it waits for the counters; clocks of processes differ, too."""
    places = [take(site, "ann", HOME, site.now - behind * (number % 2)) for number in range(5)]
    assert [place.reached for place in places] == ["", "", "", "", PAIR]
    assert take(site, "ann", HOME).refused == PAIR


def test_auth_6_an_attempt_that_came_behind_its_time_is_taken_out_alone(site: TestSite) -> None:
    for _ in range(3):
        take(site, "ann", HOME)
    late = take(site, "ann", HOME, site.now - 1)
    with site.session.transaction():
        login_limits.withdraw(site.session, LIMITS, late)
    assert take(site, "ann", HOME).reached == ""
    assert take(site, "ann", HOME).reached == PAIR


def test_auth_4a_attempts_while_refused_do_not_prolong_it(door: Door) -> None:
    ann = door.user("ann")
    for _ in range(10):
        door.knock("ann", "wrong")
    door.site.clock.pass_seconds(10 * MINUTE)
    door.knock("ann", "wrong")
    door.site.clock.pass_seconds(5 * MINUTE)
    assert door.knock("ann") == ann


def test_auth_4a_a_network_is_24_bits_of_ipv4_and_56_of_ipv6(site: TestSite) -> None:
    for last in range(5):
        take(site, "a", f"192.0.2.{last}")
        take(site, "b", f"2001:db8:0:{last}::1")
    assert take(site, "a", "192.0.2.99").refused == PAIR
    assert take(site, "a", "::ffff:192.0.2.99").refused == PAIR
    assert take(site, "a", "192.0.3.1").refused == ""
    assert take(site, "b", "2001:db8:0:fe::1").refused == PAIR
    assert take(site, "b", "2001:db8:0:100::1").refused == ""


def test_auth_4b_100_failures_over_all_accounts_refuse_a_network(site: TestSite) -> None:
    with site.session.transaction():
        places = [take(site, f"a{number}", HOME) for number in range(100)]
    assert [place.refused for place in places] == [""] * 100
    assert places[-1].reached == NETWORK
    assert take(site, "another", HOME).refused == NETWORK
    assert take(site, "another", "198.51.100.1").refused == ""
    assert take(site, "another", HOME, site.now + 60 * MINUTE - 1).refused == NETWORK
    assert take(site, "another", HOME, site.now + 60 * MINUTE).refused == ""


@pytest.mark.parametrize(("seconds", "reached"), [(3599, NETWORK), (3600, "")])
def test_auth_4b_failures_on_all_accounts_count_within_60_minutes(
    site: TestSite, seconds: int, reached: str
) -> None:
    with site.session.transaction():
        for number in range(99):
            take(site, f"a{number}", HOME)
    assert take(site, "another", HOME, site.now + seconds).reached == reached


def test_auth_4c_50_failures_refuse_unfamiliar_networks(site: TestSite) -> None:
    come_in(site, "ann", FAMILIAR)
    places = fail_everywhere(site, "ann", 50)
    assert [place.refused for place in places] == [""] * 50
    assert places[-1].reached == ACCOUNT
    assert take(site, "ann", "10.0.99.1").refused == ACCOUNT
    assert take(site, "ann", "203.0.113.99").refused == ""
    assert take(site, "bob", "10.0.99.1").refused == ""
    assert take(site, "ann", "10.0.99.1", site.now + 15 * MINUTE - 1).refused == ACCOUNT
    assert take(site, "ann", "10.0.99.1", site.now + 15 * MINUTE).refused == ""


@pytest.mark.parametrize(("seconds", "reached"), [(3599, ACCOUNT), (3600, "")])
def test_auth_4c_failures_from_all_networks_count_within_60_minutes(
    site: TestSite, seconds: int, reached: str
) -> None:
    fail_everywhere(site, "ann", 49)
    assert take(site, "ann", "10.0.99.1", site.now + seconds).reached == reached


def test_auth_4c_after_a_refusal_the_next_failure_refuses_again(site: TestSite) -> None:
    fail_everywhere(site, "ann", 50)
    later = site.now + 15 * MINUTE
    assert take(site, "ann", "10.0.98.1", later).reached == ACCOUNT
    assert take(site, "ann", "10.0.99.1", later).refused == ACCOUNT


def test_auth_4c_a_success_of_a_familiar_network_lets_no_other_in(site: TestSite) -> None:
    come_in(site, "ann", FAMILIAR)
    fail_everywhere(site, "ann", 50)
    assert come_in(site, "ann", FAMILIAR).refused == ""
    assert take(site, "ann", "10.0.99.1").refused == ACCOUNT


@pytest.mark.parametrize("minutes", [1, 14])
def test_auth_4c_a_success_of_a_familiar_network_lets_no_other_in_once_failures_are_old(
    site: TestSite, minutes: int
) -> None:
    come_in(site, "ann", FAMILIAR)
    take(site, "ann", "10.0.98.1", site.now - 60 * MINUTE + 1)
    fail_everywhere(site, "ann", 49)
    site.clock.pass_seconds(minutes * MINUTE)
    assert come_in(site, "ann", FAMILIAR).refused == ""
    assert take(site, "ann", "10.0.99.1").refused == ACCOUNT


def test_auth_4c_a_success_counts_for_30_days(site: TestSite) -> None:
    month = 30 * 86400
    for address, age in ((FAMILIAR, month - 1), ("198.51.100.1", month)):
        network = f"{address.rpartition('.')[0]}.0/24"
        store.succeeded(site.session, "ann", network, site.now - age)
    fail_everywhere(site, "ann", 50)
    assert take(site, "ann", FAMILIAR).refused == ""
    assert take(site, "ann", "198.51.100.1").refused == ACCOUNT


@pytest.mark.slow
def test_auth_5_nobody_can_lock_another_out(door: Door) -> None:
    ann = door.user("ann")
    assert door.knock("ann") == ann
    account = f"user:{ann}"
    with door.site.session.transaction():
        # All of them on SQLite; PostgreSQL takes its time, so there fewer by day.
        failures = 10_000 if door.site.engine_name == "sqlite" else size(1_000, 10_000)
        for number in range(failures):
            network = number % 1_000
            take(door.site, account, f"10.{network // 256}.{network % 256}.5")
    assert take(door.site, account, "10.99.99.1").refused == ACCOUNT
    assert door.knock("ann") == ann


def test_auth_7_all_spellings_hit_one_counter(door: Door) -> None:
    making.setting(door.site, "authloginviaemail", True)
    door.user("ann.lee", email="Ann.Lee@School.example")
    spellings = [
        *("ann.lee", "ANN.LEE", "Ann.Lee", "aNN.lEE", " ann.lee", "ann.lee ", "  ANN.lee  "),
        *("ann.lee\n", "\tann.lee", "ann. lee", "a n n.lee", "ann.lee!", "ann'.lee", 'ann".lee'),
        *("ann.lee\x00", "ann.lee;", "(ann.lee)", "ann.lee%", "ann.lee#", "ann.lee,", "ann.lee:"),
        *("ann.lee\u00a0", "\ufeffann.lee", "ann.lee\u200b", "ann.lee+", "ann.\u0301lee"),
        *("ann.lee@school.example", "ANN.LEE@SCHOOL.EXAMPLE", " Ann.Lee@School.example "),
        *("Ann.lee@school.Example", "ann.LEE@school.example\n"),
    ]
    assert len(set(spellings)) >= 30
    for text in spellings:
        door.knock(text, "wrong")
    assert door.guesses() == 5


def test_auth_7_names_of_nobody_count_too_and_are_not_stored(door: Door) -> None:
    typed_into_the_wrong_field = "my-secret-password"
    for _ in range(6):
        door.knock(typed_into_the_wrong_field, "x")
    refused = audit.records(door.site.session, action="login.failure")[0]
    assert refused.reason == "too many failures by account and network"
    keys = door.site.session.scalars(select(login_failures.c.key))
    assert not any(typed_into_the_wrong_field in key for key in keys)
    records = audit.records(door.site.session)
    assert not any(typed_into_the_wrong_field in repr(row) for row in records)


def test_auth_7_names_of_nobody_in_other_letters_are_not_one_account(door: Door) -> None:
    for name in ("Иван", "иван ", "ИВАН", "иван", "иван"):
        assert not door.knock(name)
    for name, reason in (
        ("иван", "too many failures by account and network"),
        ("мария", "unknown account"),
    ):
        assert not door.knock(name)
        assert audit.records(door.site.session, action="login.failure")[0].reason == reason


@pytest.mark.slow
def test_auth_6_attempts_at_once_in_four_processes_are_few_guesses(
    door: Door, site_address: str, tmp_path: Path
) -> None:
    rounds, processes, each = size(20, 500), 4, 50
    names = [f"u{number}" for number in range(rounds)]
    for name in names:
        door.user(name)
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(processes, context) as pool:
        start = manager.Barrier(processes)
        arguments = (site_address, str(tmp_path), names, each, start, door.site.now)
        running = [pool.submit(attempts.guess, *arguments) for _ in range(processes)]
        counts = [future.result(60 + 15 * rounds) for future in running]
    guesses = [sum(of_name) for of_name in zip(*counts, strict=True)]
    assert max(guesses) <= 5
    assert min(guesses) >= 1


def test_the_setting_is_the_first_number_and_0_leaves_the_network(door: Door) -> None:
    door.user("ann")
    making.setting(door.site, "lockoutthreshold", 2)
    for _ in range(3):
        door.knock("ann", "wrong")
    assert door.guesses() == 2
    making.setting(door.site, "lockoutthreshold", 0)
    door.user("bob")
    for _ in range(30):
        door.knock("bob", "wrong")
    assert door.guesses() == 32
    limits = login_limits.of_site(door.site.load())
    assert (limits.pair.failures, limits.network.failures, limits.account.failures) == (0, 100, 0)


def test_auth_9_the_counters_are_bounded_refusing_ones_last_out(site: TestSite) -> None:
    with site.session.transaction():
        for _ in range(5):
            take(site, "refused", "192.0.2.1", site.now - 100)
        for number in range(20):
            take(site, f"a{number}", f"10.0.{number}.1", site.now - 50 + number)
    login_limits.tidy(site.session, LIMITS, site.now, capacity=10)
    left = site.session.scalar(select(func.count()).select_from(login_failures))
    assert left == 10
    assert take(site, "refused", "192.0.2.1").refused == PAIR
    assert take(site, "a0", "10.0.0.1").refused == ""


def test_auth_9_100_000_counters_are_kept(site: TestSite) -> None:
    number = select(literal(0).label("n")).cte("number", recursive=True)
    number = number.union_all(select(number.c.n + 1).where(number.c.n < 100_000))
    row = literal(PAIR), cast(number.c.n, TEXT), literal("[]"), literal(site.now), literal(0)
    columns = ["rule", "key", "failed_at", "last_failure", "refused_until"]
    site.session.execute(insert(login_failures).from_select(columns, select(*row)))
    login_limits.tidy(site.session, LIMITS, site.now)
    left = site.session.scalar(select(func.count()).select_from(login_failures))
    assert left == 100_000


def test_auth_9_what_no_longer_matters_is_forgotten(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_in(site, "ann", HOME)
    take(site, "bob", HOME)
    monkeypatch.setattr(login_limits, "_TIDY_EVERY", 1)
    take(site, "eve", "198.51.100.1", site.now + 31 * 86_400)
    names = site.session.scalars(select(login_failures.c.key))
    assert sorted(names) == ["198.51.100.0/24", "eve", "eve 198.51.100.0/24"]
    assert site.session.scalars(select(login_networks.c.network)) == []


def test_auth_9_a_counter_that_was_forgotten_meanwhile_stays_at_nothing(site: TestSite) -> None:
    place = take(site, "ann", HOME)
    login_limits.tidy(site.session, LIMITS, site.now, capacity=0)
    with site.session.transaction():
        login_limits.withdraw(site.session, LIMITS, place)
    assert set(site.session.scalars(select(login_failures.c.failed_at))) == {"[]"}


@pytest.mark.parametrize("step", [-3600, 3600, -86_400, 86_400, 315_360_000])
def test_dur_12_a_clock_step_never_prolongs_a_refusal_beyond_its_length(
    site: TestSite, step: int
) -> None:
    for _ in range(5):
        take(site, "ann", HOME)
    stepped = site.now + step
    take(site, "ann", HOME, stepped)
    assert take(site, "ann", HOME, stepped + 15 * MINUTE).refused == ""


def test_dur_12_a_clock_that_is_set_back_ends_no_refusal(site: TestSite) -> None:
    for _ in range(5):
        take(site, "ann", HOME)
    stepped = site.now - 3600
    assert take(site, "ann", HOME, stepped).refused == PAIR
    assert take(site, "ann", HOME, stepped + 15 * MINUTE - 1).refused == PAIR


def test_aud_1_reaching_a_limit_is_recorded_once(door: Door) -> None:
    door.user("ann")
    for _ in range(8):
        door.knock("ann", "wrong")
    [row] = audit.records(door.site.session, action="login.lockout")
    assert row.reason == "too many failures by account and network"
    assert row.address == HOME


def test_aud_1_a_limit_that_was_reached_is_not_reached_again_from_a_familiar_network(
    site: TestSite,
) -> None:
    come_in(site, "ann", FAMILIAR)
    assert fail_everywhere(site, "ann", 50)[-1].reached == ACCOUNT
    assert take(site, "ann", FAMILIAR).reached == ""
