"""Few lines in a log about what happens often."""

from coursewire.domain.clock import Clock

EVERY = 1.0
# What lasts until somebody does something about it need not be said each second.
LASTING = 60.0


class Rarely:
    """Lets one line through for each cause in a while, and counts the others."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next: dict[str, float] = {}
        self._silent: dict[str, int] = {}

    def may(self, cause: str, every: float = EVERY) -> int | None:
        """Return how many were left out before this one, or None to leave it out."""
        now = self._clock.monotonic()
        if now < self._next.get(cause, 0.0):
            self._silent[cause] = self._silent.get(cause, 0) + 1
            return None
        self._next[cause] = now + every
        return self._silent.pop(cause, 0)

    def over(self, cause: str) -> None:
        """Let the next line of a cause through at once: it begins anew."""
        self._next.pop(cause, None)
