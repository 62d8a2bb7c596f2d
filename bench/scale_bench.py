"""Every read function on a small and on a very large site: how much slower it is there."""

import os
import sys
from contextlib import closing
from pathlib import Path
from random import Random
from statistics import median, quantiles

from msgspec import Struct

from bench import driving, load, scale_site, serving, sites
from bench.driving import Connection
from bench.measuring import Figure, show
from bench.scale_cases import CASES, Case
from bench.scale_site import Place

MOST = 3.0
CALLS = 60
WARMING = 5
# Of 1,000,000 users, 50,000 courses and 5,000,000 enrolments.
WHOLE = (1_000_000, 50_000, 5_000_000)


class Compared(Struct, frozen=True, kw_only=True):
    """How long a function takes on both sites, in milliseconds."""

    function: str
    small: float
    large: float

    @property
    def figure(self) -> Figure:
        """Return it as a figure: the slowdown."""
        name = f"{self.function}: p95 {self.small:.1f} ms, {self.large:.1f} ms"
        return Figure(name=name, value=self.large / self.small, unit="x", most=MOST)


def main() -> int:
    """Compare 1 % with 0.05 % of a million users; named folders of loaded sites are taken instead.

    `COURSEWIRE_BENCH_SITES=SMALL:LARGE` names the folders that `python -m bench.load` filled.
    """
    named = os.environ.get("COURSEWIRE_BENCH_SITES")
    with sites.folder() as folder:
        if named:
            small, large = (Path(each) for each in named.split(":"))
        else:
            small, large = loaded(folder / "small", 0.0005), loaded(folder / "large", 0.01)
        return show([found.figure for found in measure(small, large)])


def loaded(data: Path, part: float) -> Path:
    """Load a part of the whole site; return its folder."""
    return load.site(data, *(round(size * part) for size in WHOLE))


def measure(small: Path, large: Path, *, calls: int = CALLS) -> list[Compared]:
    """Call each function on both sites in turn."""
    first, second = scale_site.prepare(small), scale_site.prepare(large)
    with (
        serving.coursewire(small) as here,
        serving.coursewire(large) as there,
        closing(Connection(here.port)) as near,
        closing(Connection(there.port)) as far,
    ):
        found: list[Compared] = []
        for function, case in CASES.items():
            taken = _taken(function, case, (near, first), (far, second), calls)
            found.append(Compared(function=function, small=taken[0], large=taken[1]))
    return found


def _taken(
    function: str,
    case: Case,
    small: tuple[Connection, Place],
    large: tuple[Connection, Place],
    calls: int,
) -> tuple[float, float]:
    """Return the 95th percentiles; a call on one site is followed by the same on the other."""
    times: tuple[list[float], list[float]] = ([], [])
    chance = Random(7)
    for number in range(calls + WARMING):
        for (connection, place), into in zip((small, large), times, strict=True):
            request = driving.form(place.token, function, **case(place, chance))
            if number < WARMING:
                _require_answer(function, connection.ask(request))
            else:
                into.append(driving.timed(connection, request) * 1000)
    return _p95(times[0]), _p95(times[1])


def _require_answer(function: str, answer: bytes) -> None:
    """What is refused costs nothing and says nothing."""
    if answer.startswith(b'{"exception"'):
        raise ConnectionError(f"{function}: {answer[:300]!r}")


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[18] if len(times) > 1 else median(times)


if __name__ == "__main__":
    sys.exit(main())
