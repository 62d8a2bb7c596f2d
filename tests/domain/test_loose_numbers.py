"""Numbers in texts that may hold anything."""

import pytest

from coursewire.domain.loose_numbers import is_number, is_whole_number, whole_number

LARGEST = 2**63 - 1


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        ("x", 0),
        ("7", 7),
        (" \t7", 7),
        ("7 ", 7),
        ("-7x", -7),
        ("+7", 7),
        ("1.9", 1),
        ("1e3", 1000),
        ("1.5e1", 15),
        ("25e-1", 2),
        ("1e", 1),
        ("0x10", 0),
        ("9" * 19, LARGEST),
        ("9" * 40, LARGEST),
        ("-" + "9" * 19, -LARGEST - 1),
        ("1e300", LARGEST),
        ("1e999", 0),
        ("-1e999", 0),
        ("9" * 400, 0),
        (".5e1", 5),
        ("-.5e1x", -5),
        (".", 0),
        ("1.e2", 100),
        ("\u0663", 0),  # a digit of another script
        ("\u00a07", 0),  # a no-break space
    ],
)
def test_what_a_text_begins_with_is_its_number(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["0", "-1.5", " .5", "1e3 ", "\t7.\n", "+1E-2", "1e999"])
def test_a_number_may_have_blanks_around_it(text: str) -> None:
    assert is_number(text)


@pytest.mark.parametrize(
    "text", ["", " ", "x", "7x", "x7", "0x1A", "1_0", ".", "e3", "1e", "\u0663", "\u00a07", "NAN"]
)
def test_what_holds_more_than_a_number_is_none(text: str) -> None:
    assert not is_number(text)


@pytest.mark.parametrize(
    "text", ["7", "007", "+7", " 7", "7 ", "7.0", "70e-1", ".7e1", str(LARGEST)]
)
def test_a_whole_number_may_be_written_in_many_ways(text: str) -> None:
    assert is_whole_number(text)


@pytest.mark.parametrize("text", ["", "x", "1.5", "5e-1", "7x", "1e999", "9" * 20])
def test_what_is_cut_to_be_a_number_is_no_whole_one(text: str) -> None:
    assert not is_whole_number(text)
