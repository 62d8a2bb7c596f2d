"""Times as pages write them."""

import pytest

from coursewire.console.wording import DAY, HOUR, MINUTE, ago, day, moment, when, whole_if_short

NOW = 1_700_000_000


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (59, "just now"),
        (61, "in 1 minute"),
        (HOUR - 5, "in 1 hour"),
        (23 * HOUR + 50 * MINUTE, "in 1 day"),
        (90 * DAY - 60, "in 90 days"),
        (13 * DAY + 5 * HOUR, "in 13 days"),
        (365 * DAY - 60, "in 1 year"),
        (600 * DAY, "in 1 year"),
        (-90 * DAY + 60, "89 days ago"),
        (-MINUTE, "1 minute ago"),
    ],
)
def test_a_time_ahead_is_told_to_the_nearest_and_one_behind_by_what_is_over(
    ahead: int, words: str
) -> None:
    assert ago(NOW + ahead, NOW) == words


def test_no_time_is_never() -> None:
    assert ago(0, NOW) == "never"


def test_a_time_has_its_exact_form_for_machines() -> None:
    found = when(NOW, NOW + 90)
    assert '<time datetime="2023-11-14T22:13:20+00:00" title="14 Nov 2023 22:13 UTC">' in found
    assert "1 minute ago" in found


def test_a_time_that_no_calendar_has_is_told_in_words() -> None:
    assert moment(NOW * 1000) == day(NOW * 1000) == "beyond the year 9999"
    assert when(NOW * 1000, NOW).startswith('<span title="beyond the year 9999">in ')
    assert when(-NOW * 1000, NOW).startswith('<span title="before the year 1">')


def test_a_cell_stays_whole_while_all_of_its_words_are_short() -> None:
    assert whole_if_short("255.255.255.255") == whole_if_short("student, teacher") == "whole"
    assert whole_if_short("2001:db8:0:1:2:3:4:5") == whole_if_short("a " + "b" * 17) == ""
