"""Rows are counted up to a bound and no further."""

import pytest
from sqlalchemy import select

from coursewire.store.counting import exceed
from coursewire.store.schema.users import users
from tests.support import making
from tests.support.sites import TestSite
from tests.support.statements import noted

IDS = select(users.c.id)


@pytest.fixture
def people(site: TestSite) -> TestSite:
    """Five users: guest, administrator, and three more."""
    for name in ("ann", "ben", "cat"):
        making.user(site, name)
    return site


@pytest.mark.parametrize(("most", "more"), [(0, True), (4, True), (5, False), (6, False)])
def test_in_9_more_than_the_bound_is_told(people: TestSite, most: int, *, more: bool) -> None:
    assert exceed(people.session, most, [IDS]) is more


def test_statements_count_together_and_the_rest_is_not_asked(people: TestSite) -> None:
    one = IDS.where(users.c.username == "ann")
    with noted(people.session) as statements:
        assert not exceed(people.session, 3, [one, one, one])
    assert len(statements) == 3
    with noted(people.session) as statements:
        assert exceed(people.session, 1, [one, one, one])
    assert len(statements) == 2


def test_nothing_to_count_is_never_too_much(site: TestSite) -> None:
    assert not exceed(site.session, 0, [])
