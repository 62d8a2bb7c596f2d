"""A page of people and how many there are: the two agree, however one searches."""

import itertools

import pytest

from coursewire.store import people_list
from coursewire.store.people_list import Wanted
from tests.support import making
from tests.support.sites import TestSite


@pytest.fixture
def people(site: TestSite) -> TestSite:
    for number in range(7):
        making.user(site, f"anna{number}", firstname="Änna", idnumber=f"N-{number}")
    making.user(site, "otto", lastname="Anna 100%")
    making.user(site, "gone", firstname="Anna", suspended=True)
    return site


@pytest.mark.parametrize("words", ["", " ", "anna", "änna person", "n-3", "%", "_", "nobody"])
def test_rows_and_number_agree_on_every_page(people: TestSite, words: str) -> None:
    for sort, size in itertools.product(("username", "-name", "email"), (1, 3, 50)):
        wanted = Wanted(words=words, sort=sort)
        total = people_list.count(people.session, wanted)
        whole = people_list.page(people.session, wanted, 1000)
        assert len(whole) == total
        for offset in range(0, total + 2 * size, size):
            rows, told = people_list.found(people.session, wanted, size, offset)
            assert rows == whole[offset : offset + size]
            assert told == total


def test_words_are_found_in_any_column_and_signs_mean_themselves(people: TestSite) -> None:
    def names(words: str) -> list[str]:
        rows, _ = people_list.found(people.session, Wanted(words=words), 50, 0)
        return [row.username for row in rows]

    assert names("100%") == ["otto"]
    assert names("N-3") == ["anna3"]
    assert names("ÄNNA school.example") == [f"anna{number}" for number in range(7)]
