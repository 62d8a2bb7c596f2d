"""The one source of time; tests put another clock in its place (DUR-12)."""

import time


class Clock:
    """The time as the machine has it."""

    def now(self) -> int:
        """Return Unix seconds, for what is stored and what ends at a date."""
        return self.now_ms() // 1000

    def now_ms(self) -> int:
        """Return Unix milliseconds."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Return seconds that never go back, for durations."""
        return time.monotonic()


class SetClock(Clock):
    """A clock that stands still until it is moved, for tests and the test kit."""

    def __init__(self, now: int) -> None:
        self._now_ms = now * 1000
        self._monotonic = 0.0

    def now_ms(self) -> int:
        """Return the time it was set to, in milliseconds."""
        return self._now_ms

    def monotonic(self) -> float:
        """Return the seconds that have passed by `pass_seconds`."""
        return self._monotonic

    def set(self, now: int) -> None:
        """Step the wall clock, as an operator or a time server does."""
        self._now_ms = now * 1000

    def pass_seconds(self, seconds: float) -> None:
        """Let time pass on both scales."""
        self._now_ms += int(seconds * 1000)
        self._monotonic += seconds
