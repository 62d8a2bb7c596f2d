"""A clock that stands still until a test moves it."""

from coursewire.domain.clock import Clock


class SetClock(Clock):
    """The time that it was set to, and what has passed since."""

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
