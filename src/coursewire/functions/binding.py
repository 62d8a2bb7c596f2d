"""A function of the catalogue: its contract and the body that fulfils it."""

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from msgspec import Struct

from coursewire.contracts.function import Function
from coursewire.domain.call import Call

P = TypeVar("P", bound=Struct)
R = TypeVar("R")
T = TypeVar("T")


class Bound(Struct, Generic[P, R], frozen=True):
    """Binds a body to its contract; a body of other params or result is a type error.

    `long` marks a read whose size has no bound (a search, a whole course): on SQLite it leaves
    the event loop for the worker thread, as every write does. `outside` marks a body that calls
    programs outside: it runs on a thread of its own, so that no other call waits for them with
    it, and must call them before it writes.
    """

    contract: Function[P, R]
    body: Callable[[Call, P], R]
    long: bool = False
    outside: bool = False
    # The same answer some items at a time, where it may be too long to be held whole.
    parts: Callable[[Call, P], Iterator[R]] | None = None

    @property
    def is_short(self) -> bool:
        """Tell whether it reads, here alone, and what it reads is bounded."""
        return self.contract.kind == "read" and not self.long and not self.outside


def in_parts(
    contract: Function[P, list[T]], parts: Callable[[Call, P], Iterator[list[T]]]
) -> Bound[P, list[T]]:
    """Bind a read that makes its list some items at a time."""

    def body(call: Call, params: P) -> list[T]:
        return [item for part in parts(call, params) for item in part]

    return Bound(contract, body, long=True, parts=parts)


AnyBound = Bound[Any, Any]
