"""How the cost of reads grows with people, courses and enrolments; draws it for docs/scale.md."""

import os
from contextlib import closing
from pathlib import Path
from random import Random
from statistics import median

from bench import driving, plot, scale_bench, scale_site, serving, sites
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
_PARTS = (0.0005, 0.002, 0.01)


def main() -> int:
    """Measure sites of three sizes, or the folders of `COURSEWIRE_BENCH_SITES`, with `:` between.

    The picture goes to `COURSEWIRE_BENCH_PICTURE`.
    """
    named = os.environ.get("COURSEWIRE_BENCH_SITES")
    picture = Path(os.environ.get("COURSEWIRE_BENCH_PICTURE") or PICTURE)
    with sites.folder() as folder:
        if named:
            places = [Path(each) for each in named.split(":")]
        else:
            places = [scale_bench.loaded(folder / str(part), part) for part in _PARTS]
        return show(measure(places, picture))


def measure(places: list[Path], picture: Path, *, calls: int = CALLS) -> list[Figure]:
    """Measure the middle of each function's times at each size, and draw them."""
    found = [_times(place, calls) for place in places]
    users = [size for size, _ in found]
    values = {name: [times[name] for _, times in found] for name in FUNCTIONS}
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(plot.lines("Median of a call in ms, by users of the site", users, values))
    return [
        Figure(name=f"{name}, {size:,} users", value=value, unit="ms")
        for name, line in values.items()
        for size, value in zip(users, line, strict=True)
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
