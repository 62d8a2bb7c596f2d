"""Limits on failed log-ins, one implementation for every password path (AUTH-4 to AUTH-7).

An attempt takes its place in the counters before its password is looked at, so that attempts at
the same time cannot pass a limit together; a success gives the place back. Three rules count:

    account and network   5 failures in 15 minutes   refuse that pair for 15 minutes
    network             100 failures in 60 minutes   refuse that network for 60 minutes
    account              50 failures in 60 minutes   refuse networks without a success in the last
                                                     30 days, for 15 minutes

A failure counts for so long as the rule looks back, each by itself: no moment begins a new count.

The setting `lockoutthreshold` is the first number; the third is ten times as much; 0 switches
both off, as it switches lock-out off in Moodle, and leaves the limit on networks.
"""

import itertools
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from coursewire.domain.addresses import network
from coursewire.domain.site import Site
from coursewire.store import login_limits as store
from coursewire.store.login_limits import Counter, Failures, Name
from coursewire.store.session import Session

MINUTE = 60
DAY = 86_400
# An attempt knows its time before it waits for the counters, and clocks of hosts differ: who comes
# first may be later by so many seconds.
_CLOCKS_APART = MINUTE
# Counters kept at most (AUTH-9), and after how many attempts that is looked after.
CAPACITY = 100_000
_TIDY_EVERY = 500
_attempts = itertools.count(1)

PAIR = "account and network"
NETWORK = "network"
ACCOUNT = "account"


class Limit(Struct, frozen=True):
    """So many failures in any so many seconds refuse for so many seconds; 0 failures: no limit."""

    failures: int
    window: int
    refusal: int


class Limits(Struct, frozen=True, kw_only=True):
    """The three limits, and for how long a success makes a network a familiar one."""

    pair: Limit = Limit(5, 15 * MINUTE, 15 * MINUTE)
    network: Limit = Limit(100, 60 * MINUTE, 60 * MINUTE)
    account: Limit = Limit(50, 60 * MINUTE, 15 * MINUTE)
    familiar: int = 30 * DAY

    def of(self, rule: str) -> Limit:
        """Return the limit of a rule."""
        return {PAIR: self.pair, NETWORK: self.network, ACCOUNT: self.account}[rule]


class Place(Struct, frozen=True):
    """An attempt's place in the counters, taken at a time in Unix seconds.

    `refused` names the rule that refuses it; `reached` the rule whose limit it reached, so that
    the next one is refused. Both are mostly empty.
    """

    account: str
    network: str
    taken_at: int
    refused: str = ""
    reached: str = ""

    @property
    def obstacle(self) -> str:
        """Return why the attempt is refused, or nothing."""
        return f"too many failures by {self.refused}" if self.refused else ""

    @property
    def names(self) -> tuple[Name, ...]:
        """Return the counters that this attempt is counted in."""
        return (
            (PAIR, f"{self.account} {self.network}"),
            (NETWORK, self.network),
            (ACCOUNT, self.account),
        )


def of_site(site: Site) -> Limits:
    """Return the limits that a site has set."""
    threshold, standard = site.lockout_threshold, Limits()
    return Limits(
        pair=replace(standard.pair, failures=threshold),
        account=replace(standard.account, failures=10 * threshold),
    )


def take(session: Session, limits: Limits, account: str, address: str, now: int) -> Place:
    """Count an attempt in advance, or find that it is refused; in a transaction of its own."""
    place = Place(account, network(address), now)
    with session.transaction():
        if next(_attempts) % _TIDY_EVERY == 0:
            tidy(session, limits, now)
        counters = store.hold(session, place.names)
        refused = _refused_by(session, limits, place, counters, now)
        if refused:
            return replace(place, refused=refused)
        reached = ""
        for counter in counters.values():
            counted = _counted(counter, limits.of(counter.rule), now)
            store.save(session, counted)
            if counted.refused_until > max(counter.refused_until, now):
                reached = reached or counter.rule
    return replace(place, reached=reached)


def give_back(session: Session, limits: Limits, place: Place, now: int) -> None:
    """Take an attempt out of the counters: it succeeded. Part of the log-in's transaction."""
    withdraw(session, limits, place)
    store.forget(session, place.names[0])
    store.succeeded(session, place.account, place.network, now)


def withdraw(session: Session, limits: Limits, place: Place) -> None:
    """Take an attempt out of the counters: no guess was made."""
    for counter in store.hold(session, place.names).values():
        left = replace(counter, failed_at=_without(counter.failed_at, place.taken_at))
        if left != counter:
            lifted = _is_lifted(left, limits.of(counter.rule), place)
            store.save(session, replace(left, refused_until=0) if lifted else left)


def _is_lifted(left: Counter, limit: Limit, place: Place) -> bool:
    """Tell whether the limit would not have been reached without an attempt that was no failure.

    A refusal that began before it was made by others: that some of them are too old by now to
    count ends it no earlier.
    """
    began = left.refused_until - limit.refusal
    return left.failures < limit.failures and place.taken_at <= began


def tidy(session: Session, limits: Limits, now: int, capacity: int = CAPACITY) -> None:
    """Forget counters that no longer matter, and the longest unused beyond the capacity."""
    longest = max(limits.of(rule).window for rule in (PAIR, NETWORK, ACCOUNT))
    store.drop_idle(session, now, now - longest)
    store.drop_beyond(session, capacity, now)
    store.drop_old_networks(session, now - limits.familiar)


def _refused_by(
    session: Session, limits: Limits, place: Place, counters: dict[Name, Counter], now: int
) -> str:
    for rule, key in place.names:
        limit = limits.of(rule)
        counter = _without_clock_step(session, counters[rule, key], limit, now)
        if not limit.failures or counter.refused_until <= now:
            continue
        if rule != ACCOUNT or not _is_familiar(session, limits, place, now):
            return rule
    return ""


def _is_familiar(session: Session, limits: Limits, place: Place, now: int) -> bool:
    return store.last_success(session, place.account, place.network) > now - limits.familiar


def _without_clock_step(session: Session, counter: Counter, limit: Limit, now: int) -> Counter:
    """Shorten a refusal that a clock set back would prolong beyond its own length (DUR-12)."""
    if counter.refused_until - now <= limit.refusal:
        return counter
    shortened = replace(counter, refused_until=now + limit.refusal)
    store.save(session, shortened)
    return shortened


def _counted(counter: Counter, limit: Limit, now: int) -> Counter:
    recent = [each for each in counter.failed_at if -_CLOCKS_APART <= now - each[0] < limit.window]
    counted = replace(counter, failed_at=_with(recent, now))
    until = counter.refused_until if counter.refused_until > now else 0
    if limit.failures and counted.failures >= limit.failures and not until:
        until = now + limit.refusal
    return replace(counted, refused_until=until)


def _with(failed_at: Sequence[Failures], now: int) -> list[Failures]:
    """Return the failures and one more, oldest first."""
    then = dict(failed_at)
    return sorted({**then, now: then.get(now, 0) + 1}.items())


def _without(failed_at: Sequence[Failures], taken_at: int) -> list[Failures]:
    """Return the failures without one of that time; all of them where none is counted."""
    left = [(when, count - (when == taken_at)) for when, count in failed_at]
    return [each for each in left if each[1]]
