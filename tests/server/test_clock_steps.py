"""Steps of the wall clock: what ends does end, what has ended stays so, in order (DUR-12).

Eight steps by six features. Time passes on both clocks; a step moves the wall clock alone, and may
be undone, more than a second late.
"""

import asyncio
from collections.abc import Callable

import pytest

from coursewire.audit import sealing
from coursewire.domain import console_links, console_sessions, login_limits
from coursewire.domain.gate import REST_CAPABILITY
from coursewire.domain.login_limits import Limits
from coursewire.domain.site import ADMIN_ID
from coursewire.store import audit, audit_segments, users
from tests.support import making
from tests.support.sites import TestSite
from tests.support.web import Web, web

MINUTE, HOUR, DAY = 60, 3600, 86_400
TEN_YEARS = 3650 * DAY
STEPS = {
    "-10 years": -TEN_YEARS,
    "-1 day": -DAY,
    "-1 hour": -HOUR,
    "-1 second": -1,
    "+1 second": 1,
    "+1 hour": HOUR,
    "+1 day": DAY,
    "+10 years": TEN_YEARS,
}
HOME = "192.0.2.1"
LATE = 2


def step_clock(site: TestSite, step: int) -> None:
    site.clock.set(site.now + step)


def lock_out(site: TestSite, _served: Web, step: int) -> None:
    """A lock-out ends after its own length, whether the step is undone or not."""
    limits = Limits()

    def is_refused(account: str) -> bool:
        place = login_limits.take(site.session, limits, account, HOME, site.now)
        return bool(place.refused)

    for account in ("ann", "ben"):
        for _ in range(limits.pair.failures):
            assert not is_refused(account)
        assert is_refused(account)
    step_clock(site, step)
    is_refused("ann")
    site.clock.pass_seconds(limits.pair.refusal)
    assert not is_refused("ann")
    step_clock(site, -step)
    assert not is_refused("ben")


def session(site: TestSite, served: Web, step: int) -> None:
    """A session that is used all the time ends, and does not begin again as time goes on."""
    users.change(site.session, ADMIN_ID, {"console_role": "owner"})
    call = site.call(ADMIN_ID)
    account = users.get(site.session, ADMIN_ID)
    assert account is not None
    opened = console_sessions.begin(call, account, HOME, second_factor_due=False)
    step_clock(site, step)
    lived = used = 0
    while lived < 2 * console_sessions.LONGEST + DAY:
        found = console_sessions.find(site.session, opened.identifier, site.now)
        if found is not None:
            used = lived
            console_sessions.note_seen(site.session, found.record, site.now)
        lived += 10 * MINUTE
        site.clock.pass_seconds(10 * MINUTE)
        asyncio.run(served.server.keep_up())
    assert used <= 2 * console_sessions.LONGEST
    if step > 0:
        step_clock(site, -step)
        assert console_sessions.find(site.session, opened.identifier, site.now) is None


def token(site: TestSite, served: Web, step: int) -> None:
    """A token that has ended is refused once the step is undone, used meanwhile or not."""
    user = making.user_with(site, "ann", REST_CAPABILITY)
    values = [served.token(user, validuntil=site.now + HOUR) for _ in range(2)]

    def passes(value: str) -> bool:
        answer = served.call("core_webservice_get_site_info", value)
        return "userid" in answer.json

    assert all(passes(value) for value in values)
    site.clock.pass_seconds(HOUR + 1)
    assert not passes(values[0])
    step_clock(site, step)
    assert not passes(values[0])
    passes(values[1])
    site.clock.pass_seconds(LATE)
    step_clock(site, -step)
    assert not passes(values[0])
    assert not passes(values[1])


def guesses(site: TestSite, _served: Web, step: int) -> None:
    """A network that guesses at tokens is refused for a minute, by the clock that never jumps."""
    with web(site, unknown_tokens=3) as limited:

        def status(value: str) -> int:
            return limited.call("core_webservice_get_site_info", value).status

        for number in range(3):
            assert status(f"{number:032x}") == 200
        assert status("f" * 32) == 429
        step_clock(site, step)
        assert status("e" * 32) == 429
        site.clock.pass_seconds(MINUTE + 1)
        assert status("d" * 32) == 200


def link(site: TestSite, _served: Web, step: int) -> None:
    """A one-time link is never usable for longer than half an hour, all taken together."""
    users.change(site.session, ADMIN_ID, {"console_role": "owner"})
    secret = console_links.make(site.call(ADMIN_ID), ADMIN_ID)
    step_clock(site, step)
    usable = 0
    for _ in range(3 * HOUR // MINUTE):
        site.clock.pass_seconds(MINUTE)
        usable += MINUTE * (console_links.whose(site.session, secret, site.now) is not None)
    assert usable <= console_links.VALID + MINUTE


def record(site: TestSite, _served: Web, step: int) -> None:
    """The audit record keeps the order in which things were done, and stays sound."""
    names = ["before", "after", "undone"]
    for number, name in enumerate(names):
        making.user(site, name)
        call = site.call()
        with call.transaction():
            call.audit.record("test.note", name)
        sealing.seal_waiting(site.session, site.keys, site.clock.now_ms())
        site.clock.pass_seconds(1)
        step_clock(site, step if number == 0 else -step if number == 1 else 0)
    rows = {row.id: row for row in audit.records(site.session, action="test.note")}
    sealed = [
        number
        for segment in audit_segments.all_of(site.session)
        for number in sealing.read_ids(segment.record_ids)
    ]
    in_order = [rows[number] for number in sealed if number in rows]
    assert [row.target for row in in_order] == names
    assert [row.monotonic_ms for row in in_order] == sorted(row.monotonic_ms for row in in_order)
    assert sealing.verify(site.session, site.keys).wrong == ""


FEATURES: dict[str, Callable[[TestSite, Web, int], None]] = {
    "lock-out": lock_out,
    "session": session,
    "token": token,
    "guesses at tokens": guesses,
    "one-time link": link,
    "audit record": record,
}


@pytest.mark.parametrize("step", sorted(STEPS))
@pytest.mark.parametrize("feature", sorted(FEATURES))
def test_dur_12_a_step_of_the_clock_prolongs_and_revives_nothing(
    site: TestSite, feature: str, step: str
) -> None:
    with web(site) as served:
        FEATURES[feature](site, served, STEPS[step])
