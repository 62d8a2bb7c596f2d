"""Properties that are worked out once."""

import pytest

from coursewire.domain.once import once


class Counted:
    def __init__(self) -> None:
        self.made = 0

    @once
    def number(self) -> int:
        """How often it was worked out."""
        self.made += 1
        if self.made == 3:
            return 1 // (self.made - 3)
        return self.made


def test_the_value_is_kept() -> None:
    counted = Counted()
    assert (counted.number, counted.number, counted.made) == (1, 1, 1)
    assert Counted().number == 1


def test_what_was_set_or_taken_out_counts() -> None:
    counted = Counted()
    counted.number = 7
    assert (counted.number, counted.made) == (7, 0)
    counted.__dict__.pop("number")
    assert (counted.number, counted.number) == (1, 1)


def test_an_error_is_kept_by_nobody() -> None:
    counted = Counted()
    counted.made = 2
    with pytest.raises(ZeroDivisionError):
        counted.number  # noqa: B018
    assert counted.number == 4


def test_the_class_has_the_property_with_its_text() -> None:
    assert isinstance(Counted.number, once)
    assert Counted.number.__doc__ == "How often it was worked out."
