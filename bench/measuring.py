"""What is measured of processes and how it is shown: CPU time, memory, limits."""

import os
import time
from pathlib import Path

from msgspec import Struct

_PAGE = os.sysconf("SC_PAGE_SIZE")


class Figure(Struct, frozen=True, kw_only=True):
    """One measured value; `most` is what it may be, None where it is told for comparison only."""

    name: str
    value: float
    unit: str
    most: float | None = None

    @property
    def is_kept(self) -> bool:
        """Tell whether the value is within its limit."""
        return self.most is None or self.value <= self.most


def show(figures: list[Figure]) -> int:
    """Print the figures as rows of a table; return the exit status: 1 when one is over."""
    for figure in figures:
        most = "" if figure.most is None else f"{figure.most:g}"
        verdict = "" if figure.most is None else ("kept" if figure.is_kept else "OVER")
        print(f"| {figure.name} | {figure.value:.3g} {figure.unit} | {most} | {verdict} |")
    return 0 if all(figure.is_kept for figure in figures) else 1


def cpu_of(process_id: int) -> float:
    """Return the seconds of CPU that a process and all that it started have used."""
    return sum(_own_cpu(found) for found in tree(process_id))


def memory_of(process_id: int) -> float:
    """Return the resident memory of a process and all that it started, in MB."""
    pages = 0
    for found in tree(process_id):
        pages += int(Path(f"/proc/{found}/statm").read_text().split()[1])
    return pages * _PAGE / 1_000_000


def tree(process_id: int) -> list[int]:
    """Return a process and its descendants."""
    found = [process_id]
    for task in Path(f"/proc/{process_id}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += tree(int(child))
    return found


def forget_peak_of(process_id: int) -> None:
    """Let the most memory that a process had be what it has now."""
    Path(f"/proc/{process_id}/clear_refs").write_text("5")


def peak_memory_of(process_id: int) -> float:
    """Return the most memory that a process ever had, in MB."""
    status = Path(f"/proc/{process_id}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1_000_000


def _own_cpu(process_id: int) -> float:
    """Return what a process used, exactly: the numbers of /proc are in hundredths of a second."""
    # The kernel's name of the clock that counts the CPU of a whole process.
    return time.clock_gettime((~process_id << 3) | 2)
