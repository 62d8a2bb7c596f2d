"""The long answers of `reads` on PostgreSQL: by the clock, so nothing else may run meanwhile."""

from bench import reads_bench
from bench.measuring import show
from bench.reads_bench import Cost
from tests.support.postgres import cluster


def main() -> int:
    """Measure all functions with lists of 500."""
    return show([cost.figure for cost in measure(reads_bench.ROWS)])


def measure(rows: int, *, rounds: int = reads_bench.ROUNDS) -> list[Cost]:
    """Return what each function takes whose answers are long."""
    with cluster() as server, server.fresh() as address:
        return reads_bench.measure(rows, rounds=rounds, database=address)
