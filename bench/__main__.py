"""Run the benchmarks of this folder, all or those named.

A benchmark is a module `<name>_bench.py` here with a function `main() -> int`, its exit status.
"""

import importlib
import sys
from pathlib import Path

SUFFIX = "_bench"


def available() -> list[str]:
    found = Path(__file__).parent.glob(f"*{SUFFIX}.py")
    return sorted(path.stem.removesuffix(SUFFIX) for path in found)


def main(names: list[str]) -> int:
    known = available()
    unknown = [name for name in names if name not in known]
    if unknown or not known:
        print(f"Unknown: {', '.join(unknown)}. " if unknown else "", end="")
        print(f"Benchmarks: {', '.join(known) or 'none yet'}.")
        return 2 if unknown else 0
    worst = 0
    for name in names or known:
        print(f"== {name}", flush=True)
        status: int = importlib.import_module(f"bench.{name}{SUFFIX}").main()
        worst = max(worst, status)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
