"""Rows are counted up to a bound and no further."""

import pytest
from sqlalchemy import select

from coursewire.store import batches
from coursewire.store.counting import Count
from coursewire.store.direct_lists import among
from coursewire.store.schema.users import users
from tests.support import making
from tests.support.sites import TestSite

EVERYBODY = Count(select(users.c.id))
NAMED = Count(select(users.c.id).where(among(users.c.username, "names")))


@pytest.fixture
def people(site: TestSite) -> TestSite:
    """Five users: guest, administrator, and three more."""
    for name in ("ann", "ben", "cat"):
        making.user(site, name)
    return site


@pytest.mark.parametrize(("most", "more"), [(0, True), (4, True), (5, False), (6, False)])
def test_in_9_more_than_the_bound_is_told(people: TestSite, most: int, *, more: bool) -> None:
    assert EVERYBODY.exceeds(people.session, most) is more


@pytest.mark.parametrize(("most", "more"), [(0, True), (2, True), (3, False)])
def test_the_parts_of_a_long_list_count_together(
    people: TestSite, monkeypatch: pytest.MonkeyPatch, most: int, *, more: bool
) -> None:
    monkeypatch.setattr(batches.batches, "__defaults__", (1,))
    names = ["ann", "ben", "cat", "nobody"]
    assert NAMED.exceeds_for_all(people.session, most, "names", names) is more


def test_nothing_to_count_is_never_too_much(site: TestSite) -> None:
    assert not NAMED.exceeds_for_all(site.session, 0, "names", [])
