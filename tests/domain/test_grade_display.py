"""Grades as people read them."""

import pytest

from coursewire.domain import grade_display
from coursewire.domain.grade_display import LETTER, PERCENTAGE, REAL


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (12.34567, 2, "12.35"),
        (66.666, 2, "66.67"),
        (39.333, 2, "39.33"),
        (0.0, 2, "0.00"),
        (120.0, 5, "120.00000"),
        (2.675, 2, "2.68"),
        (0.5, 0, "1"),
        (-2.675, 2, "-2.68"),
        (1e-07, 5, "0.00000"),
        (-0.001, 2, "0.00"),
        # As near as a computer comes to 57.115 and to 0.285.
        (57.114999999999995, 2, "57.12"),
        (0.28500000000000003, 2, "0.29"),
        (99_999.999995, 5, "100000.00000"),
    ],
)
def test_halves_are_rounded_away_from_zero(value: float, decimals: int, written: str) -> None:
    assert grade_display.rounded(value, decimals) == written


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (REAL, "8.25"),
        (PERCENTAGE, "82.50 %"),
        (LETTER, "B-"),
        (12, "8.25 (82.50 %)"),
        (21, "82.50 % (8.25)"),
        (32, "B- (82.50 %)"),
        (13, "8.25 (B-)"),
    ],
)
def test_a_grade_is_shown_in_its_kind(kind: int, written: str) -> None:
    assert grade_display.display(8.25, 0, 10, kind, 2) == written


@pytest.mark.parametrize("kind", [REAL, PERCENTAGE, LETTER, 12])
def test_no_grade_is_a_dash(kind: int) -> None:
    assert grade_display.display(None, 0, 10, kind, 2) == "-"


@pytest.mark.parametrize(
    ("value", "letter"), [(10, "A"), (9.3, "A"), (9.29, "A-"), (6, "D"), (5.99, "F"), (0, "F")]
)
def test_a_letter_is_the_best_that_was_earned(value: float, letter: str) -> None:
    assert grade_display.display(value, 0, 10, LETTER, 2) == letter


@pytest.mark.parametrize(
    ("value", "maximum", "letter"),
    [(8.7, 10, "B+"), (8.69999, 10, "B"), (2.01, 3, "D+"), (4.35, 5, "B+"), (18.9, 21, "A-")],
)
def test_who_reached_the_least_of_a_letter_has_earned_it(
    value: float, maximum: float, letter: str
) -> None:
    assert grade_display.display(value, 0, maximum, LETTER, 2) == letter


def test_the_letters_begin_with_their_percentages_whatever_the_maximum() -> None:
    wrong = [
        (least, maximum)
        for least, letter in grade_display.LETTERS
        for maximum in range(1, 400)
        if grade_display.display(maximum * least / 100, 0, maximum, LETTER, 2) != letter
    ]
    assert wrong == []


def test_a_percentage_is_rounded_by_the_digits_that_it_shows() -> None:
    assert grade_display.display(11.423, 0, 20, PERCENTAGE, 2) == "57.12 %"


def test_an_item_without_points_counts_as_full() -> None:
    assert grade_display.display(0, 0, 0, PERCENTAGE, 2) == "100.00 %"


def test_a_letter_below_the_range_is_the_last_one() -> None:
    assert grade_display.display(-1, 0, 10, LETTER, 2) == "F"


def test_what_is_stored_has_five_decimals() -> None:
    assert grade_display.stored(12.34567) == "12.34567"
    assert grade_display.stored(7) == "7.00000"
    assert grade_display.stored(None) is None
