"""Site info on SQLite while a write of some seconds runs: how long its slowest calls take.

No single call takes that long, so calls of 5,000 groups follow one another; and then one
transaction of another process, as `coursewire apply` makes them, lasts all the while.
"""

import itertools
import multiprocessing
import threading
import time
from contextlib import closing
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from statistics import quantiles

from bench import driving, serving, sites
from bench.driving import Connection
from bench.measuring import Figure, show
from coursewire import app
from coursewire.contracts.core_group.groups import NewGroup
from coursewire.domain import groups
from coursewire.settings import Settings

MOST = 50.0
SECONDS = 5.0
_WRITE = "core_group_create_groups"
# As many groups as one call may create.
_GROUPS = 5_000


def main() -> int:
    """Measure at full size."""
    return show(measure())


def measure(*, groups: int = _GROUPS, least: float = SECONDS) -> list[Figure]:
    """Return the 99th percentile of site info in ms; calls of many groups run all the while."""
    with sites.folder() as folder:
        reader, writer = _site(folder / "site")
        with serving.coursewire(folder / "site") as served:
            request = driving.form(reader, sites.SITE_INFO)
            with closing(Connection(served.port)) as connection:
                connection.ask(request)
                taken, longest = _together(served.port, connection, request, writer, groups, least)
                beside, held = _beside_another(folder / "site", connection, request, least)
    return [
        Figure(name="site info during writes: p99", value=_p99(taken), unit="ms", most=MOST),
        Figure(name="… calls measured", value=len(taken), unit=""),
        Figure(name="… the longest write took", value=longest, unit="s"),
        Figure(
            name="site info beside one transaction: p99", value=_p99(beside), unit="ms", most=MOST
        ),
        Figure(name="… calls measured", value=len(beside), unit=""),
        Figure(name="… the transaction took", value=held, unit="s"),
    ]


def _p99(taken: list[float]) -> float:
    return quantiles(taken, n=100)[98] * 1000


def _together(
    port: int, connection: Connection, request: bytes, writer: str, groups: int, least: float
) -> tuple[list[float], float]:
    writes: list[float] = []
    begin = time.perf_counter()

    def write() -> None:
        number = 0
        while time.perf_counter() - begin < least:
            call = _call(writer, groups, number)
            with closing(Connection(port)) as own:
                writes.append(driving.timed(own, call))
            number += 1

    thread = threading.Thread(target=write)
    thread.start()
    taken: list[float] = []
    while thread.is_alive():
        taken.append(driving.timed(connection, request))
        time.sleep(0.002)
    thread.join()
    return taken, max(writes)


def _beside_another(
    site: Path, connection: Connection, request: bytes, least: float
) -> tuple[list[float], float]:
    """Call while another process writes rows for some seconds in one transaction."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=hold, args=(site, least, theirs))
    process.start()
    ours.recv()
    taken: list[float] = []
    while not ours.poll():
        taken.append(driving.timed(connection, request))
        time.sleep(0.002)
    held: float = ours.recv()
    process.join()
    return taken, held


def hold(site: Path, seconds: float, told: "Pipe[float, float]") -> None:
    """Write groups in one transaction; say when it has begun, and at its end how long it took."""
    settings = Settings(data=str(site))
    with app.open_site(settings) as opened, opened.database.session() as session:
        call = app.administrator_call(opened, session)
        with call.transaction():
            told.send(0.0)
            begun = time.perf_counter()
            for number in itertools.count():
                groups.create_many(call, [_group(f"Held {number} {item}") for item in range(100)])
                if time.perf_counter() - begun >= seconds:
                    break
        told.send(time.perf_counter() - begun)


def _group(name: str) -> NewGroup:
    return NewGroup(courseid=1, name=name, description="")


def _site(folder: Path) -> tuple[str, str]:
    with sites.made(folder) as (opened, call):
        read = sites.service(call, "read", [sites.SITE_INFO])
        write = sites.service(call, "write", [_WRITE])
        (reader,) = sites.issued(opened, call.session, [call.caller.id], read)
        (writer,) = sites.issued(opened, call.session, [call.caller.id], write)
    return reader, writer


def _call(token: str, groups: int, number: int) -> bytes:
    fields: dict[str, object] = {}
    for index in range(groups):
        fields[f"groups[{index}][courseid]"] = 1
        fields[f"groups[{index}][name]"] = f"Group {number} {index}"
        fields[f"groups[{index}][description]"] = ""
    return driving.form(token, _WRITE, **fields)
