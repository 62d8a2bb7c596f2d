"""Counters for Prometheus, served on a listener of their own."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest


class Metrics:
    """What the server counts; functions are labels, people and tokens never are."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.calls = Counter(
            "coursewire_calls",
            "Calls of external functions by outcome.",
            ("function", "outcome"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "coursewire_call_seconds",
            "Time from the request's head to the last byte handed over.",
            registry=self.registry,
            buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30),
        )
        self.incidents = Counter(
            "coursewire_incidents", "Unexpected errors.", registry=self.registry
        )
        self._counters: dict[tuple[str, str], Counter] = {}

    def call(self, function: str, outcome: str, microseconds: int) -> None:
        """Count one call; names that no function has are counted together."""
        key = (function, outcome)
        counter = self._counters.get(key)
        if counter is None:
            # Bounded: a caller may invent function names, but not labels.
            known = len(self._counters) < 4000
            counter = self.calls.labels(function if known else "other", outcome)
            if known:
                self._counters[key] = counter
        counter.inc()
        self.seconds.observe(microseconds / 1_000_000)

    def page(self) -> bytes:
        """Return the page that Prometheus reads."""
        return generate_latest(self.registry)
