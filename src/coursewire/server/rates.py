"""How often tokens may be guessed at, and used, counted in this process (AUTH-10).

Guesses are counted in memory: a count in the database would cost each of them a write. Several
processes divide the limit, so that together they let no more pass than it says; which of them a
connection reaches is chance, so a single one may be refused earlier. The calls of a token with a
rate are counted here on SQLite, which one process serves; on PostgreSQL in the database
(`store/token_levels.py`).
"""

import math
import threading
from collections import OrderedDict

from msgspec import Struct

from coursewire.contracts.errors import TooManyRequests
from coursewire.text.counted import counted

MINUTE = 60.0
# Bytes that an unknown token is remembered by, and networks or tokens remembered at most.
MARK = 8
CAPACITY = 100_000


class Guesses(Struct):
    """Different unknown tokens of a network, as marks one after another, since a moment."""

    begun: float
    marks: bytes = b""

    def holds(self, mark: bytes) -> bool:
        """Tell whether a token was tried before."""
        return any(
            self.marks[start : start + MARK] == mark for start in range(0, len(self.marks), MARK)
        )


class Bucket(Struct):
    """Calls that a token may make at once, as of a moment."""

    level: float
    moment: float


class Rates:
    """The counts of one process; threads share them."""

    def __init__(self, unknown_tokens: int, processes: int = 1, capacity: int = CAPACITY) -> None:
        """Take the limit of unknown tokens a minute and network, 0 for none."""
        self._most = math.ceil(unknown_tokens / processes)
        self._capacity = capacity
        self._lock = threading.Lock()
        # Each in the order of last use; refused networks lie apart, to be forgotten last.
        self._guesses: OrderedDict[str, Guesses] = OrderedDict()
        self._refused: OrderedDict[str, float] = OrderedDict()
        self._buckets: OrderedDict[int, Bucket] = OrderedDict()

    @property
    def limits_guesses(self) -> bool:
        """Tell whether unknown tokens are counted at all."""
        return self._most > 0

    @property
    def networks(self) -> int:
        """Return how many networks are remembered."""
        return len(self._guesses) + len(self._refused)

    def guess(self, network: str, mark: bytes, now: float) -> TooManyRequests | None:
        """Count an unknown token of a network, unless the network has tried too many."""
        with self._lock:
            until = self._refused.get(network, 0.0)
            if until > now:
                return _too_many_guesses(network, until - now)
            self._refused.pop(network, None)
            found = self._guesses.pop(network, None)
            if found is None or now - found.begun >= MINUTE:
                found = Guesses(now)
            if not found.holds(mark):
                if len(found.marks) >= self._most * MARK:
                    self._refused[network] = found.begun + MINUTE
                    self._make_room(now)
                    return _too_many_guesses(network, found.begun + MINUTE - now)
                found.marks += mark
            self._guesses[network] = found
            self._make_room(now)
            return None

    def call(self, token_id: int, rate: int, burst: int, now: float) -> TooManyRequests | None:
        """Count a call of a token that may make `rate` a minute, `burst` of them at once."""
        most, a_second = float(burst or rate), rate / MINUTE
        with self._lock:
            bucket = self._buckets.pop(token_id, None) or Bucket(most, now)
            level = min(most, bucket.level + (now - bucket.moment) * a_second)
            passes = level >= 1.0
            self._buckets[token_id] = Bucket(level - 1.0 if passes else level, now)
            if len(self._buckets) > self._capacity:
                self._buckets.popitem(last=False)
        if passes:
            return None
        return too_many_calls((1.0 - level) / a_second, rate, burst)

    def take_back(self, token_id: int) -> None:
        """Leave out a call that was counted, and is made once more."""
        with self._lock:
            bucket = self._buckets.get(token_id)
            if bucket is not None:
                bucket.level += 1.0

    def _make_room(self, now: float) -> None:
        """Forget the network that was longest unused; one that is refused, last."""
        if self.networks <= self._capacity:
            return
        over = next(iter(self._refused.values()), math.inf) <= now
        if self._guesses and not over:
            self._guesses.popitem(last=False)
        else:
            self._refused.popitem(last=False)


def too_many_calls(wait: float, rate: int, burst: int) -> TooManyRequests:
    """Return the refusal of a call that may come after so many seconds."""
    return TooManyRequests(
        _seconds(wait),
        reason=f"the token may make {counted(rate, 'call')} a minute, {burst or rate} at once",
        remedy="let the client ask less often, or raise the token's rate",
    )


def _too_many_guesses(network: str, wait: float) -> TooManyRequests:
    return TooManyRequests(
        _seconds(wait),
        reason=f"too many different unknown tokens from {network} within a minute",
        remedy="give the client a token that exists; known tokens work from there all the while",
    )


def _seconds(wait: float) -> int:
    return max(1, math.ceil(wait))
