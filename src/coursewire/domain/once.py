"""A property that is worked out at the first look and kept by its object."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 - it is used as a decorator
    """`functools.cached_property` without the lock that each first look takes before Python 3.12.

    For objects that belong to one thread and live for one call: there the first look is the usual
    one. The value lies under the property's name in `__dict__`, where it may be set or taken out.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self._name = make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> "once[T]": ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> "T | once[T]":
        """Work the value out and keep it; from then on nobody asks here."""
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._make(instance)
        return value

    if TYPE_CHECKING:
        # There is none when the program runs, so that what `__dict__` holds comes first.
        def __set__(self, instance: object, value: T) -> None: ...
