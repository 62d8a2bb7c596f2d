"""Writes the table of cells anew: `python -m tests.rules.write_matrix`; look at what changed."""

import tempfile
from pathlib import Path

from tests.rules import matrix
from tests.rules.line import Line
from tests.rules.samples import SAMPLES
from tests.rules.world import World
from tests.support.sites import opened, prepare


def main() -> None:
    """Run every cell on a fresh SQLite site."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        address = f"sqlite:///{folder / 'site.sqlite'}"
        prepare(address)
        with opened(address, folder) as site:
            line = Line(World(site))
            matrix.store(
                {function: matrix.rows(matrix.outcomes(line, function)) for function in SAMPLES}
            )
            line.close()


if __name__ == "__main__":
    main()
