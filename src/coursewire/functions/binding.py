"""A function of the catalogue: its contract and the body that fulfils it."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from msgspec import Struct

from coursewire.contracts.function import Function
from coursewire.domain.call import Call

P = TypeVar("P", bound=Struct)
R = TypeVar("R")


class Bound(Struct, Generic[P, R], frozen=True):
    """Binds a body to its contract; a body of other params or result is a type error.

    `long` marks a read whose size has no bound (a search, a whole course): on SQLite it leaves the
    event loop for the worker thread, as every write does.
    """

    contract: Function[P, R]
    body: Callable[[Call, P], R]
    long: bool = False


AnyBound = Bound[Any, Any]
