"""Long lists in pieces that both engines take as the parameters of one statement."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

# SQLite takes 32,766 parameters a statement, PostgreSQL 65,535.
SIZE = 5_000


def batches(items: Sequence[T], size: int = SIZE) -> Iterator[Sequence[T]]:
    """Cut a list into pieces of at most `size`; none for an empty list."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
