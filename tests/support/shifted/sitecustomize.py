"""Moves the wall clock of every Python process that finds this folder on its path (DUR-12).

The machine's clock stays as it is. `time.monotonic` and the times of files do, too: what compares
them with the wall clock would show here.
"""

import os
import time

_SHIFT = int(os.environ["COURSEWIRE_TEST_SHIFT"])
_time, _time_ns = time.time, time.time_ns


def shifted() -> float:
    """Return Unix seconds, so much later."""
    return _time() + _SHIFT


def shifted_ns() -> int:
    """Return Unix nanoseconds, so much later."""
    return _time_ns() + _SHIFT * 10**9


vars(time).update(time=shifted, time_ns=shifted_ns)
