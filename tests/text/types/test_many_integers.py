"""Integers read together are those that are read one by one."""

from hypothesis import given
from hypothesis import strategies as st

from coursewire.text.types.numbers import LARGEST_INTEGER, integer, integers

TEXTS = (
    st.integers().map(str)
    | st.integers(-(2**65), 2**65).map(str)
    | st.sampled_from(["", "-0", "+1", "01", " 1", "1_0", "1\n", "\u0661", "1" * 5000, "-", "0x1"])
    | st.text(st.characters(exclude_categories=()), max_size=3)
)


@given(st.lists(TEXTS, max_size=4))
def test_together_as_one_by_one(texts: list[str]) -> None:
    alone = [integer(text) for text in texts]
    assert integers(texts) == (None if None in alone else alone)


def test_the_ends_of_what_fits() -> None:
    ends = [str(LARGEST_INTEGER), str(-LARGEST_INTEGER), "0"]
    assert integers(ends) == [LARGEST_INTEGER, -LARGEST_INTEGER, 0]
    assert integers([*ends, str(LARGEST_INTEGER + 1)]) is None
    assert integers([]) == []
