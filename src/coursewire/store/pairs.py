"""Many pairs looked up by an index over two columns, in few statements."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

A = TypeVar("A", int, str)
B = TypeVar("B", int, str)

# Both engines look up every combination of two lists, so the lists must not multiply to much;
# one statement for each pair would cost more still.
COMBINATIONS = 20_000


def blocks(pairs: Iterable[tuple[A, B]]) -> Iterator[tuple[list[A], list[B]]]:
    """Cut pairs into blocks of firsts and seconds, for `first IN (…) AND second IN (…)`.

    The combinations of a block hold all its pairs and others: the caller keeps what it wanted.
    """
    by_first: dict[A, set[B]] = {}
    for first, second in pairs:
        by_first.setdefault(first, set()).add(second)
    firsts: list[A] = []
    seconds: set[B] = set()
    for first in sorted(by_first):
        both = seconds | by_first[first]
        if firsts and (len(firsts) + 1) * len(both) > COMBINATIONS:
            yield firsts, sorted(seconds)
            firsts, both = [], by_first[first]
        firsts.append(first)
        seconds = both
    if firsts:
        yield firsts, sorted(seconds)
