"""Numbers of things in messages."""

import pytest

from coursewire.text.counted import counted, some


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 calls"), (1, "1 call"), (2, "2 calls"), (1234, "1,234 calls")]
)
def test_a_number_has_its_noun(number: int, told: str) -> None:
    assert counted(number, "call") == told
    assert counted(number, "activity", "activities").endswith("y" if number == 1 else "ies")


@pytest.mark.parametrize(
    ("names", "told"),
    [([], ""), (["a"], "a"), (["a", "b", "c"], "a, b, c"), (list("abcde"), "a, b, c and 2 more")],
    ids=["none", "one", "three", "five"],
)
def test_the_first_names_stand_for_all(names: list[str], told: str) -> None:
    assert some(names) == told
