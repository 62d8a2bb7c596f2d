"""Site info by 100 users against the same on a site with very many users and tokens."""

from pathlib import Path
from statistics import median

from bench import driving, serving, sites, size
from bench.driving import Driver
from bench.measuring import Figure, show
from bench.serving import Served

MOST = 1.3
FEW = 100
CALLS = 5_000
ROUNDS = 5


def main() -> int:
    """Measure at full size; COURSEWIRE_BENCH_SIZE=full loads a million users."""
    return show([measure(size.of(100_000, 1_000_000))])


def measure(many: int, *, few: int = FEW, calls: int = CALLS, rounds: int = ROUNDS) -> Figure:
    """Return what a call costs among many users in terms of what it costs among few."""
    with sites.folder() as folder:
        small = _site(folder / "small", few, few)
        large = _site(folder / "large", many, few)
        with (
            serving.coursewire(folder / "small") as first,
            serving.coursewire(folder / "large") as second,
        ):
            value = median(
                _cpu(second, large, calls // rounds) / _cpu(first, small, calls // rounds)
                for _ in range(rounds)
            )
    name = f"site info, {many:,} users and tokens"
    return Figure(name=name, value=value, unit=f"x the cost at {few}", most=MOST)


def _site(folder: Path, users: int, callers: int) -> list[bytes]:
    """Make a site with a token for each user; return calls of tokens from all over it."""
    with sites.made(folder) as (opened, call):
        sites.allow(call, "user", "webservice/rest:use")
        service = sites.service(call, "read", [sites.SITE_INFO])
        people = sites.people(call.session, users)
        values = sites.issued(opened, call.session, people, service)
    return [driving.form(value, sites.SITE_INFO) for value in values[:: users // callers]]


def _cpu(server: Served, requests: list[bytes], calls: int) -> float:
    driver = Driver(server.port)
    driver.run(requests)
    before = server.cpu()
    driver.run(requests * (calls // len(requests)))
    used = server.cpu() - before
    driver.close()
    return used
