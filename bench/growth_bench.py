"""How the cost of reads grows with people, courses and enrolments; draws it for docs/scale.md."""

import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from statistics import median

from bench import driving, load, plot, scale_bench, scale_site, serving, sites
from bench.driving import Connection
from bench.measuring import Figure, show
from bench.scale_cases import CASES

PICTURE = Path("build/scale.svg")
FUNCTIONS = (
    "core_webservice_get_site_info",
    "core_user_get_users",
    "core_user_get_users_by_field",
    "core_course_search_courses",
    "core_enrol_get_enrolled_users",
    "core_enrol_get_users_courses",
    "core_course_get_contents",
)
CALLS = 40
AXES = ("users", "courses", "enrolments")
_PARTS = (0.0005, 0.002, 0.01)
# Where one of the three grows, the others stay at this part of the whole, and it grows so much.
_BASE = 0.002
_TIMES = (1, 4, 16)


def main() -> int:
    """Measure sites where all three grow, or the folders of `COURSEWIRE_BENCH_SITES` (`a:b:c`).

    The picture goes to `COURSEWIRE_BENCH_PICTURE`; those where one grows alone lie beside it.
    """
    named = os.environ.get("COURSEWIRE_BENCH_SITES")
    picture = Path(os.environ.get("COURSEWIRE_BENCH_PICTURE") or PICTURE)
    with sites.folder() as folder:
        if named:
            places = [Path(each) for each in named.split(":")]
        else:
            places = [scale_bench.loaded(folder / str(part), part) for part in _PARTS]
        found = measure(places, picture)
        base = [round(size * _BASE) for size in scale_bench.WHOLE]
        for axis in AXES:
            found += along(folder / axis, axis, base, picture.with_stem(f"{picture.stem}-{axis}"))
    return show(found)


def measure(places: list[Path], picture: Path, *, calls: int = CALLS) -> list[Figure]:
    """Measure the middle of each function's times at each size, and draw them."""
    found = [_times(place, calls) for place in places]
    return _drawn("users", [size for size, _ in found], [times for _, times in found], picture)


def along(
    folder: Path,
    axis: str,
    base: Sequence[int],
    picture: Path,
    *,
    times: Sequence[int] = _TIMES,
    calls: int = CALLS,
) -> list[Figure]:
    """Let one of users, courses and enrolments grow from a base, measure each, and draw it."""
    at = AXES.index(axis)
    sizes = [
        [size * n if number == at else size for number, size in enumerate(base)] for n in times
    ]
    places = [load.site(folder / str(each[at]), *each) for each in sizes]
    taken = [_times(place, calls)[1] for place in places]
    return _drawn(axis, [each[at] for each in sizes], taken, picture)


def _drawn(
    axis: str, sizes: Sequence[int], taken: Sequence[dict[str, float]], picture: Path
) -> list[Figure]:
    values = {name: [times[name] for times in taken] for name in FUNCTIONS}
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(plot.lines(f"Median of a call in ms, by {axis} of the site", sizes, values))
    return [
        Figure(name=f"{name}, {size:,} {axis}", value=value, unit="ms")
        for name, line in values.items()
        for size, value in zip(sizes, line, strict=True)
    ]


def _times(data: Path, calls: int) -> tuple[int, dict[str, float]]:
    place = scale_site.prepare(data)
    chance = Random(11)
    with serving.coursewire(data) as served, closing(Connection(served.port)) as connection:
        return len(place.people), {
            name: median(
                driving.timed(
                    connection, driving.form(place.token, name, **CASES[name](place, chance))
                )
                * 1000
                for _ in range(calls)
            )
            for name in FUNCTIONS
        }
