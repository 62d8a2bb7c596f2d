"""Numbers in texts that may hold anything."""

import pytest

from coursewire.domain.loose_numbers import whole_number

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
        ("-" + "9" * 19, -LARGEST),
        ("1e999", LARGEST),
        ("-1e999", -LARGEST),
        ("\u0663", 0),  # a digit of another script
        ("\u00a07", 0),  # a no-break space
    ],
)
def test_what_a_text_begins_with_is_its_number(text: str, number: int) -> None:
    assert whole_number(text) == number
