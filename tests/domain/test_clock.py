"""The one source of time."""

import time

from coursewire.domain.clock import Clock
from tests.support.clock import SetClock


def test_the_clock_tells_the_machines_time() -> None:
    clock = Clock()
    before = time.time()
    assert before - 1 <= clock.now() <= time.time()
    assert abs(clock.now_ms() - time.time() * 1000) < 1000
    first = clock.monotonic()
    assert clock.monotonic() >= first


def test_dur_12_a_step_of_the_wall_clock_is_no_passing_of_time() -> None:
    clock = SetClock(1000)
    clock.set(1000 + 3600)
    assert (clock.now(), clock.now_ms(), clock.monotonic()) == (4600, 4_600_000, 0.0)
    clock.pass_seconds(1.5)
    assert (clock.now_ms(), clock.monotonic()) == (4_601_500, 1.5)
    clock.set(10)
    assert (clock.now(), clock.monotonic()) == (10, 1.5)
