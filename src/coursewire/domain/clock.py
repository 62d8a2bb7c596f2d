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
