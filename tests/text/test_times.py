"""Times as people read them: any whole number can be written."""

from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coursewire.text import times

ANY_NUMBER = st.integers(-(2**63), 2**63 - 1)


@given(ANY_NUMBER)
@example(times.FIRST)
@example(times.FIRST - 1)
@example(times.LAST)
@example(times.LAST + 1)
@example(0)
def test_any_number_can_be_written(seconds: int) -> None:
    found = times.written(seconds, times.EXACT)
    if times.has_date(seconds):
        assert datetime.fromisoformat(found).timestamp() == seconds
    else:
        assert found == (times.BEYOND if seconds > 0 else times.BEFORE)


@given(ANY_NUMBER)
@example(times.FIRST)
@example(times.LAST)
def test_the_nearest_time_has_a_date(seconds: int) -> None:
    found = times.nearest(seconds)
    assert times.has_date(found)
    assert found == seconds or not times.has_date(seconds)
    assert times.written(found)[4:8:3] == "--"


@pytest.mark.parametrize(
    ("seconds", "day"),
    [
        (0, "1970-01-01"),
        (-1, "1969-12-31"),
        (1_803_108_427, "2027-02-20"),
        (times.FIRST, "0001-01-01"),
        (times.LAST, "9999-12-31"),
        (1_803_108_427_000, "beyond the year 9999"),
        (-1_803_108_427_000, "before the year 1"),
    ],
)
def test_a_time_is_told_by_its_day_or_in_words(seconds: int, day: str) -> None:
    assert times.written(seconds) == day
