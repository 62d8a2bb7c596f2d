"""`coursewire serve` on an existing site: CPU to the first answer, memory ten seconds later."""

import time
from pathlib import Path
from statistics import median

from bench import driving, installed, measuring, serving, sites
from bench.measuring import Figure, show

MOST_CPU = 1.0
MOST_MEMORY = 110.0
ROUNDS = 5
SETTLED_AFTER = 10.0


def main() -> int:
    """Measure at full size."""
    with sites.folder() as folder:
        return show(measure(installed.command(folder)))


def measure(
    command: Path, *, rounds: int = ROUNDS, settled_after: float = SETTLED_AFTER
) -> list[Figure]:
    """Return the CPU of a start by this command, and the memory of the server some time later."""
    with sites.folder() as folder:
        with sites.made(folder / "site") as (opened, call):
            service = sites.service(call, "read", [sites.SITE_INFO])
            (token,) = sites.issued(opened, call.session, [call.caller.id], service)
        starts = [
            _start(command, folder / "site", token, settled_after if number == 0 else 0)
            for number in range(rounds)
        ]
    return [
        Figure(
            name="serve: process start to first answer",
            value=median(cpu for cpu, _ in starts),
            unit="s CPU",
            most=MOST_CPU,
        ),
        Figure(
            name=f"serve: memory after {settled_after:g} s",
            value=starts[0][1],
            unit="MB",
            most=MOST_MEMORY,
        ),
    ]


def _start(command: Path, data: Path, token: str, settled_after: float) -> tuple[float, float]:
    with serving.coursewire(data, command=command) as served:
        driving.ask(served.port, driving.form(token, sites.SITE_INFO))
        cpu = served.cpu()
        time.sleep(settled_after)
        return cpu, measuring.memory_of(served.process.pid)
