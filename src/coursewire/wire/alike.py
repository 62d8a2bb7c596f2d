"""The members of a structure, tested together: those of one type need but one test.

Which members can share a test depends on the kinds of their values alone; structures whose values
are of the same kinds are tested in the same way, so that way is worked out once.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from msgspec import UnsetType

from coursewire.contracts.kept import Kept
from coursewire.contracts.tree import Node, Scalar
from coursewire.text.types import Known
from coursewire.wire.answers import (
    Check,
    IsText,
    Quick,
    fits_by_kind,
    is_told_by_letter,
    shared_test,
    text_test,
)
from coursewire.wire.unfit import Unfit

AreFit = Callable[[Sequence[object], Known], bool]

# A way is remembered for so many combinations of kinds of values.
_KEPT = 64
# So many structures are remembered as fit.
_MOST_FIT = 4096


class _Way:
    """How structures whose values are of certain kinds are tested."""

    def __init__(self, kinds: tuple[type, ...], nodes: Sequence[Node], checks: Sequence[Check]):
        shared: dict[Quick, list[int]] = {}
        joined: dict[IsText, list[int]] = {}
        # What every site takes in the same way, and the rest.
        self._texts: list[tuple[int, Callable[[str], object]]] = []
        self._alone: list[tuple[int, Check]] = []
        for index, (kind, node) in enumerate(zip(kinds, nodes, strict=True)):
            if kind is UnsetType and node.required == "optional":
                continue
            if isinstance(node, Scalar) and fits_by_kind(node, kind):
                continue
            if not isinstance(node, Scalar):
                self._alone.append((index, checks[index]))
                continue
            test = shared_test(node, kind)
            everywhere = text_test(node) if kind is str else None
            if everywhere is not None and is_told_by_letter(node):
                joined.setdefault(everywhere, []).append(index)
            elif test is not None:
                shared.setdefault(test, []).append(index)
            elif everywhere is not None:
                self._texts.append((index, everywhere))
            else:
                self._alone.append((index, checks[index]))
        is_repeated = Kept in kinds and any(isinstance(node, Scalar) for node in nodes)
        self._repeated = _Repeated(kinds, nodes, checks) if is_repeated else None
        self._joined = [(test, _members(indexes)) for test, indexes in joined.items()]
        self._together = [(test, _members(indexes)) for test, indexes in shared.items()]

    def are_fit(self, values: Sequence[Any], known: Known) -> bool:
        """Tell whether all values fit; an exception of a test means that one does not."""
        if self._repeated is None:
            return self._tested(values, known)
        return self._repeated.are_fit(values, known, self._tested)

    def _tested(self, values: Sequence[Any], known: Known) -> bool:
        for is_text, members in self._joined:
            if not is_text("".join(members(values))):
                return False
        for test, members in self._together:
            if not test(members(values)):
                return False
        for index, is_fit in self._texts:
            if not is_fit(values[index]):
                return False
        for index, check in self._alone:
            check(values[index], known)
        return True


class _Repeated:
    """Structures that hold what a body keeps: they come again and again, most with the same values.

    The values of those that were found to fit are remembered, for one view of the site; lists are
    looked at each time.
    """

    def __init__(self, kinds: tuple[type, ...], nodes: Sequence[Node], checks: Sequence[Check]):
        scalars = [index for index, node in enumerate(nodes) if isinstance(node, Scalar)]
        self._scalars = _members(scalars)
        self._others = [
            (index, checks[index])
            for index, node in enumerate(nodes)
            if not isinstance(node, Scalar) and kinds[index] is not UnsetType
        ]
        # Together, for threads that share it.
        self._found: tuple[Known | None, set[tuple[Any, ...]]] = (None, set())

    def are_fit(self, values: Sequence[Any], known: Known, test: AreFit) -> bool:
        """Tell whether all values fit, those that did before without a test."""
        seen_by, seen = self._found
        if seen_by is not known:
            seen = set[tuple[Any, ...]]()
            self._found = (known, seen)
        scalars = self._scalars(values)
        if scalars in seen:
            for index, check in self._others:
                check(values[index], known)
            return True
        if not test(values, known):
            return False
        if len(seen) >= _MOST_FIT:
            seen.clear()
        seen.add(scalars)
        return True


def quick_members(nodes: Sequence[Node], checks: Sequence[Check]) -> AreFit:
    """Return a fast test of the values of a structure; False: look at each of them."""
    ways: dict[tuple[type, ...], _Way] = {}

    def are_fit(values: Sequence[object], known: Known) -> bool:
        kinds = tuple(map(type, values))
        way = ways.get(kinds)
        if way is None:
            way = _Way(kinds, nodes, checks)
            if len(ways) < _KEPT:
                ways[kinds] = way
        try:
            return way.are_fit(values, known)
        except Unfit:
            return False

    return are_fit


def _members(indexes: Sequence[int]) -> Callable[[Sequence[object]], tuple[Any, ...]]:
    if len(indexes) == 1:
        index = indexes[0]
        return lambda values: (values[index],)
    return itemgetter(*indexes)
