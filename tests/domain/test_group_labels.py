"""Which names and id numbers are taken, while one call gives and takes them."""

import pytest

from coursewire.contracts.errors import DatabaseWrite
from coursewire.domain import text_limits as limits
from coursewire.domain.group_labels import NEW, PENDING, Taken

PLACE = (3, "Red")


def test_a_row_does_not_stand_in_its_own_way() -> None:
    taken = Taken([(5, 3, "Red")])
    assert not taken.by_other(5, PLACE)
    assert taken.by_other(6, PLACE)
    assert taken.by_other(NEW, PLACE)
    assert not taken.by_other(NEW, (4, "Red"))


def test_a_row_of_this_call_stands_in_the_way_of_the_next() -> None:
    taken = Taken([])
    taken.add(PENDING, PLACE)
    assert taken.by_other(NEW, PLACE)


def test_what_is_given_up_is_free_unless_another_row_has_it_too() -> None:
    taken = Taken([(5, 3, "Red"), (6, 3, "Red")])
    taken.free(5, PLACE)
    assert taken.by_other(NEW, PLACE)
    taken.free(6, PLACE)
    taken.free(6, (9, "never there"))
    assert not taken.by_other(NEW, PLACE)


@pytest.mark.parametrize("blank", [" ", "\t", "\n", "\r", "\0", "\x0b"])
def test_blanks_around_a_text_are_trimmed(blank: str) -> None:
    assert limits.trimmed(f"{blank}a b{blank}") == "a b"


@pytest.mark.parametrize("kept", ["\u00a0", "\u200b", "\x0c"])
def test_nothing_else_is(kept: str) -> None:
    assert limits.trimmed(f"{kept}a{kept}") == f"{kept}a{kept}"


def test_small_numbers_have_limits() -> None:
    limits.require_small("format", -32_768)
    limits.require_small("format", 32_767)
    for number in (-32_769, 32_768):
        with pytest.raises(DatabaseWrite):
            limits.require_small("format", number)
