"""Many ids in few words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursewire.domain.id_ranges import written


@pytest.mark.parametrize(
    ("ids", "text"),
    [
        ([], ""),
        ([7], "7"),
        ([3, 2, 1], "1-3"),
        ([1, 2, 4, 4, 9, 10, 11], "1-2, 4, 9-11"),
    ],
)
def test_runs_are_ranges(ids: list[int], text: str) -> None:
    assert written(ids) == text


@given(st.sets(st.integers(min_value=1, max_value=200)))
def test_the_words_tell_exactly_the_ids(ids: set[int]) -> None:
    told: set[int] = set()
    for part in written(ids).split(", "):
        if part:
            first, _, last = part.partition("-")
            told.update(range(int(first), int(last or first) + 1))
    assert told == ids
