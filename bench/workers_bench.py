"""One worker process and two on PostgreSQL: CPU and rate of calls, how long they wait for locks.

The clients run on the same machine: the rate is what it carries together with them.
"""

import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psycopg
from msgspec import Struct

from bench import driving, loading, measuring, serving, sites
from bench.driving import Driver
from bench.measuring import Figure, show
from bench.serving import Served
from coursewire import app
from coursewire.domain import settings
from coursewire.settings import FILE_NAME, Settings
from tests.support.postgres import cluster

MOST_CPU = 1.15
MOST_WAIT = 5.0
CALLS = 3_000
ROUNDS = 5
CONNECTIONS = 8
_WRITE = "core_group_create_groups"
# One call in so many creates a group, each connection in a course of its own.
_WRITE_EVERY = 10
_WAITING = (
    "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - waitstart)), 0)"
    " FROM pg_locks WHERE NOT granted"
)


class Place(Struct, frozen=True, kw_only=True):
    """A site on PostgreSQL, a token for it, and its courses."""

    data: Path
    dsn: str
    token: str
    courses: list[int]


class Turn(Struct, frozen=True, kw_only=True):
    """What calls took of the server, of PostgreSQL and by the clock, in seconds."""

    cpu: float
    database: float
    clock: float


def main() -> int:
    """Measure at full size."""
    return show(measure())


def measure(*, calls: int = CALLS, rounds: int = ROUNDS) -> list[Figure]:
    """Return what a call costs one and two workers and PostgreSQL, and the longest wait."""
    with sites.folder() as folder, cluster() as server, server.fresh() as address:
        place = _site(folder / "site", address)

        def turn(served: Served) -> Turn:
            return _turn(served, server.keeper, place, calls)

        with (
            serving.coursewire(place.data) as one,
            serving.coursewire(place.data, "--workers", "2") as two,
        ):
            with _longest_wait(place.dsn) as waits:
                _turn(two, server.keeper, place, calls)
            turns = [(turn(one), turn(two)) for _ in range(rounds)]
    by_one, by_two = (_middle(of, calls) for of in zip(*turns, strict=True))
    return [
        Figure(name="a call on PostgreSQL, one worker", value=by_one.cpu, unit="µs CPU"),
        Figure(name="… PostgreSQL itself", value=by_one.database, unit="µs CPU"),
        Figure(name="… calls of one worker", value=1 / by_one.clock, unit="/s"),
        Figure(name="… calls of two workers", value=1 / by_two.clock, unit="/s"),
        Figure(
            name="… two workers in terms of one",
            value=by_two.cpu / by_one.cpu,
            unit="x",
            most=MOST_CPU,
        ),
        Figure(
            name="… longest wait for a lock, calls on different courses",
            value=max(waits) * 1000,
            unit="ms",
            most=MOST_WAIT,
        ),
    ]


def _middle(turns: Sequence[Turn], calls: int) -> Turn:
    """Return what one call took in the middle of the turns."""
    return Turn(
        cpu=median(turn.cpu for turn in turns) / calls * 1e6,
        database=median(turn.database for turn in turns) / calls * 1e6,
        clock=median(turn.clock for turn in turns) / calls,
    )


def _site(data: Path, address: str) -> Place:
    given = Settings(data=str(data), database=address)
    app.create_site(given)
    (data / FILE_NAME).write_text(f'database = "{address}"\naccess_log = "{data / "access.log"}"\n')
    with app.open_site(given) as opened, opened.database.session() as session:
        call = app.administrator_call(opened, session)
        with call.transaction():
            settings.put(call, "enablewebservices", value=True)
            settings.put(call, "webserviceprotocols", ("rest",))
        made = [place.course for place in loading.add_courses(call, CONNECTIONS)]
        service = sites.service(call, "mixed", [sites.SITE_INFO, _WRITE])
        (token,) = sites.issued(opened, session, [call.caller.id], service)
    return Place(data=data, dsn=address.replace("+psycopg", ""), token=token, courses=made)


_numbers = iter(range(1, 1 << 60))


def _requests(place: Place, calls: int) -> list[bytes]:
    """Return calls in the order in which the connections take them: each has its own course."""
    read = driving.form(place.token, sites.SITE_INFO)
    found: list[bytes] = []
    for number in range(calls):
        if number // CONNECTIONS % _WRITE_EVERY:
            found.append(read)
            continue
        course = place.courses[number % CONNECTIONS]
        values = {"courseid": course, "name": f"Group {next(_numbers)}", "description": ""}
        fields = {f"groups[0][{name}]": value for name, value in values.items()}
        found.append(driving.form(place.token, _WRITE, **fields))
    return found


def _turn(served: Served, database: int, place: Place, calls: int) -> Turn:
    requests = _requests(place, calls)
    driver = Driver(served.port, CONNECTIONS)
    driver.run([driving.form(place.token, sites.SITE_INFO)] * CONNECTIONS)
    cpu, theirs, begun = served.cpu(), measuring.cpu_of(database), time.perf_counter()
    driver.run(requests)
    turn = Turn(
        cpu=served.cpu() - cpu,
        database=measuring.cpu_of(database) - theirs,
        clock=time.perf_counter() - begun,
    )
    driver.close()
    return turn


@contextmanager
def _longest_wait(dsn: str) -> Generator[list[float]]:
    """Look every two milliseconds how long anybody has waited for a lock."""
    found, ended = [0.0], threading.Event()

    def look() -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            while not ended.is_set():
                row = connection.execute(_WAITING).fetchone()
                found.append(float(row[0]) if row else 0.0)
                time.sleep(0.002)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()
