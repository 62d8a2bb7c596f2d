"""Variables of the environment that look like settings and are none: said once, never refused."""

from collections.abc import Iterable
from difflib import get_close_matches

from coursewire.cli.showing import err
from coursewire.settings import FIELDS, PREFIX

# What other parts of the program read, and what belongs to its tests.
_OTHERS = ("TOKEN", "TOKEN_A", "TOKEN_B", "CONNECTIONS", "ADVISORIES", "POSTGRES_BIN")
_GROUPS = tuple(PREFIX + group for group in ("TEST_", "BENCH_"))
KNOWN = frozenset(PREFIX + name.upper() for name in (*FIELDS, *_OTHERS))


def warn_of_unknown(names: Iterable[str]) -> None:
    """Name the variables that are ignored, with what was perhaps meant."""
    unknown = sorted(
        name
        for name in names
        if name.startswith(PREFIX) and name not in KNOWN and not name.startswith(_GROUPS)
    )
    if unknown:
        ignored = ", ".join(map(_with_nearest, unknown))
        err.print("warning: ", style="bold yellow", end="")
        err.print(f"no such setting, ignored: {ignored}", markup=False, soft_wrap=True)


def _with_nearest(name: str) -> str:
    close = get_close_matches(name, KNOWN, n=1, cutoff=0.75)
    return f"{name} (is {close[0]} meant?)" if close else name
