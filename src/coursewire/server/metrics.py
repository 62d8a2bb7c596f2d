"""Counters for Prometheus, served on a listener of their own."""

from bisect import bisect_left
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0)
# What a caller invents is counted under one name, so that nobody can make labels.
_UNKNOWN = "unknown"


class Metrics:
    """What the server counts; functions are labels, people and tokens never are."""

    def __init__(self, is_known: Callable[[str], bool], *, lost: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        self.incidents = Counter(
            "coursewire_incidents", "Unexpected errors.", registry=self.registry
        )
        self._calls = _Calls(is_known, lost)
        self.registry.register(self._calls)

    def call(self, function: str, outcome: str, microseconds: int) -> None:
        """Count one call; names that no function has are counted together."""
        self._calls.add(function, outcome, microseconds)

    def page(self) -> bytes:
        """Return the page that Prometheus reads."""
        return generate_latest(self.registry)


class _Calls:
    """Calls and their times, counted by the event loop alone and so without locks."""

    def __init__(self, is_known: Callable[[str], bool], lost: Callable[[], int]) -> None:
        self._is_known = is_known
        self._lost = lost
        self._counts: dict[tuple[str, str], int] = {}
        self._limits = [bucket * 1_000_000 for bucket in _BUCKETS]
        self._times = [0] * (len(_BUCKETS) + 1)
        self._microseconds = 0

    def add(self, function: str, outcome: str, microseconds: int) -> None:
        counts = self._counts
        key = (function, outcome)
        if key not in counts and not self._is_known(function):
            key = (_UNKNOWN, outcome)
        counts[key] = counts.get(key, 0) + 1
        self._times[bisect_left(self._limits, microseconds)] += 1
        self._microseconds += microseconds

    def collect(self) -> Iterator[Metric]:
        """Give the numbers in Prometheus' form."""
        calls = CounterMetricFamily(
            "coursewire_calls",
            "Calls of external functions by outcome.",
            labels=("function", "outcome"),
        )
        for labels, count in self._counts.copy().items():
            calls.add_metric(labels, count)
        yield calls
        seconds = HistogramMetricFamily(
            "coursewire_call_seconds",
            "Time from the request's head to the last byte handed over.",
        )
        seconds.add_metric([], self._cumulated(), self._microseconds / 1_000_000)
        yield seconds
        yield CounterMetricFamily(
            "coursewire_call_log_lost",
            "Calls that the call log could not take in.",
            value=self._lost(),
        )

    def _cumulated(self) -> list[tuple[str, float]]:
        total = 0
        found: list[tuple[str, float]] = []
        for name, count in zip((*map(str, _BUCKETS), "+Inf"), self._times, strict=True):
            total += count
            found.append((name, total))
        return found
