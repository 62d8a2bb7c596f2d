"""How large a run is: COURSEWIRE_BENCH_SIZE=full takes the large sizes."""

import os

FULL = os.environ.get("COURSEWIRE_BENCH_SIZE") == "full"


def of(usual: int, full: int) -> int:
    """Return the size that this run takes."""
    return full if FULL else usual
