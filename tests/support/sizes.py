"""Sizes for tests that count: `make test` runs the small one, `make nightly` the large one.

`COURSEWIRE_TEST_SIZE=night/20` runs a twentieth of the large one, for a machine or an hour that
has no room for it; what was run is told by the test.
"""

import os

VARIABLE = "COURSEWIRE_TEST_SIZE"
_NAME, _, _PART = os.environ.get(VARIABLE, "").partition("/")
NIGHT = _NAME == "night"


def size(ci: int, night: int) -> int:
    """How many repetitions, rows or examples this run takes; never fewer than the small size."""
    return max(min(ci, night), night // int(_PART or 1)) if NIGHT else ci
