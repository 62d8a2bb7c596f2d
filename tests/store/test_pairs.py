"""Looking up many pairs at once."""

from hypothesis import given
from hypothesis import strategies as st

from coursewire.store import pairs
from coursewire.store.batches import batches

numbers = st.integers(min_value=0, max_value=60)


@given(st.sets(st.tuples(numbers, numbers), max_size=300))
def test_every_pair_is_in_exactly_one_block(wanted: set[tuple[int, int]]) -> None:
    met = [
        (first, second)
        for firsts, seconds in pairs.blocks(wanted)
        for first in firsts
        for second in seconds
        if (first, second) in wanted
    ]
    assert sorted(met) == sorted(wanted)


def test_the_combinations_of_a_block_stay_few() -> None:
    wanted = {(number, number) for number in range(5_000)}
    for firsts, seconds in pairs.blocks(wanted):
        assert len(firsts) * len(seconds) <= pairs.COMBINATIONS


def test_one_first_with_many_seconds_is_one_block() -> None:
    assert len(list(pairs.blocks((1, number) for number in range(30_000)))) == 1


def test_no_pairs_make_no_block() -> None:
    assert list(pairs.blocks(set[tuple[int, int]]())) == []


def test_batches_keep_order_and_length() -> None:
    assert [list(some) for some in batches(range(5), 2)] == [[0, 1], [2, 3], [4]]
    assert list(batches([])) == []
