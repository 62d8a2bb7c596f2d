"""Times as pages write them."""

import pytest

from coursewire.console.wording import DAY, HOUR, MINUTE, ago

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
