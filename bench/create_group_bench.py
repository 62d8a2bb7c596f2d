"""Creating one group over HTTP: commits and syncs counted, CPU against a bare echo."""

import re
import signal
import subprocess
from contextlib import closing
from itertools import count
from pathlib import Path
from statistics import median

from bench import driving, serving, sites, turns
from bench.driving import Connection
from bench.measuring import Figure, show
from bench.serving import Served

FUNCTION = "core_group_create_groups"
MOST_CPU = 12.0
CALLS = 5_000
ROUNDS = 5
COUNTED = 20
_numbers = count(1)


def main() -> int:
    """Measure at full size."""
    return show(measure())


def measure(*, calls: int = CALLS, rounds: int = ROUNDS, counted: int = COUNTED) -> list[Figure]:
    """Return the cost of a call in echoes, and its commits and syncs."""
    with sites.folder() as folder:
        token = _site(folder / "site")
        with serving.coursewire(folder / "site") as served:
            length = len(driving.ask(served.port, _call(token)))
            syncs, commits = _counted(served, token, counted, folder / "trace")
            with serving.echo(length, folder) as echo:
                ratio = median(
                    turns.ratio(served, echo, [_call(token) for _ in range(calls // rounds)])
                    for _ in range(rounds)
                )
    return [
        Figure(name="create one group: commits a call", value=commits, unit="", most=1.0),
        Figure(name="create one group: syncs a call", value=syncs, unit="", most=1.0),
        Figure(name="create one group: CPU", value=ratio, unit="x echo", most=MOST_CPU),
    ]


def _site(folder: Path) -> str:
    with sites.made(folder) as (opened, call):
        service = sites.service(call, "write", [FUNCTION])
        (token,) = sites.issued(opened, call.session, [call.caller.id], service)
    return token


def _call(token: str) -> bytes:
    values = {"courseid": 1, "name": f"Group {next(_numbers)}", "description": ""}
    return driving.form(
        token, FUNCTION, **{f"groups[0][{name}]": value for name, value in values.items()}
    )


def _counted(served: Served, token: str, calls: int, trace: Path) -> tuple[float, float]:
    """Return syncs and commits a call as the kernel sees them.

    A commit is what takes SQLite's lock on writing (byte 120 of the shared memory) and lets go.
    What is written behind, once a second, is not the call's: the calls run between two of those,
    and the smallest of some rounds is free of it.
    """
    with closing(Connection(served.port)) as connection:
        rounds = [_trace(served, connection, token, calls, trace) for _ in range(3)]
    return min(syncs for syncs, _ in rounds), min(commits for _, commits in rounds)


def _trace(
    served: Served, connection: Connection, token: str, calls: int, trace: Path
) -> tuple[float, float]:
    wanted = "trace=fsync,fdatasync,fcntl"
    command = ["strace", "-f", "-qq", "-e", wanted, "-o", str(trace), "-p", str(served.process.pid)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as tracer:
        connection.ask(_call(token))
        while not trace.exists() or not trace.stat().st_size:
            connection.ask(_call(token))
        before = len(trace.read_text().splitlines())
        for _ in range(calls):
            connection.ask(_call(token))
        tracer.send_signal(signal.SIGINT)
    lines = trace.read_text().splitlines()[before:]
    trace.unlink()
    syncs = sum("sync(" in line for line in lines)
    locked = re.compile(r"F_SETLK, \{l_type=F_WRLCK, l_whence=SEEK_SET, l_start=120,")
    commits = sum(locked.search(line) is not None for line in lines)
    return syncs / calls, commits / calls
