"""Site info on SQLite while a write of some seconds runs: how long its slowest calls take."""

import threading
import time
from contextlib import closing
from pathlib import Path
from statistics import quantiles

from bench import driving, serving, sites
from bench.driving import Connection
from bench.measuring import Figure, show

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
    p99 = quantiles(taken, n=100)[98] * 1000
    return [
        Figure(name="site info during a write: p99", value=p99, unit="ms", most=MOST),
        Figure(name="… calls measured", value=len(taken), unit=""),
        Figure(name="… the longest write took", value=longest, unit="s"),
    ]


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
