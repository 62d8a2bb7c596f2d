"""A clock that runs like the machine's until a test moves or stops it."""

import time

from coursewire.domain.clock import Clock
from coursewire.testkit.problems import KitError
from coursewire.text import times


class KitClock(Clock):
    """The machine's time, moved by so much, or standing still."""

    def __init__(self) -> None:
        self._ahead_ms = 0
        self._passed = 0.0
        self._stands_at: int | None = None

    @property
    def stands(self) -> bool:
        """Tell whether the clock stands still."""
        return self._stands_at is not None

    def now_ms(self) -> int:
        """Return Unix milliseconds."""
        if self._stands_at is not None:
            return self._stands_at
        return super().now_ms() + self._ahead_ms

    def monotonic(self) -> float:
        """Return seconds that never go back; time that a test lets pass counts."""
        return time.monotonic() + self._passed

    def set(self, now: int) -> None:
        """Step to a time, in Unix seconds; a running clock goes on from there."""
        require_date(now)
        if self._stands_at is not None:
            self._stands_at = now * 1000
        else:
            self._ahead_ms = now * 1000 - super().now_ms()

    def advance(self, seconds: float) -> None:
        """Let so much time pass at once; a negative number steps back."""
        require_date(self.now() + seconds)
        if self._stands_at is not None:
            self._stands_at += int(seconds * 1000)
        else:
            self._ahead_ms += int(seconds * 1000)
        self._passed += max(seconds, 0.0)

    def stop(self) -> None:
        """Stand still."""
        self._stands_at = self.now_ms()

    def go_on(self) -> None:
        """Run on from the present time."""
        if self._stands_at is not None:
            self._ahead_ms, self._stands_at = self._stands_at - super().now_ms(), None

    def reset(self) -> None:
        """Show the machine's time again."""
        self._ahead_ms, self._stands_at = 0, None


def require_date(seconds: float) -> None:
    """Refuse a time that no calendar has: the server could neither store nor tell it."""
    if not times.FIRST <= seconds <= times.LAST:
        msg = f"{seconds} is outside the years 1 to 9999"
        raise KitError("badtime", msg, remedy="give seconds, not milliseconds")
