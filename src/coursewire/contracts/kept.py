"""A list that a body keeps from call to call, as part of many answers."""

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


class Kept(list[T]):
    """Is never changed, and neither are its items: so it is checked against its contract once.

    `fits` holds what it was found to fit: the place in an answer, and what was known of the site.
    """

    __slots__ = ("fits",)

    fits: tuple[object, object] | None

    def __init__(self, items: Iterable[T]) -> None:
        """Take the items; nobody has checked them yet."""
        super().__init__(items)
        self.fits = None

    def is_known_to_fit(self, place: object, known: object) -> bool:
        """Tell whether the items were found to fit there, with the same site."""
        fits = self.fits
        return fits is not None and fits[0] is place and fits[1] is known
