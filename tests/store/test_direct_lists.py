"""Reads by lists of values, filled in and run on the driver."""

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.exc import DBAPIError

from coursewire.store import batches
from coursewire.store.counting import Count
from coursewire.store.direct_lists import DirectListRead
from coursewire.store.schema.users import users
from tests.support import making
from tests.support.sites import TestSite

NAMES = users.c.username.in_(bindparam("names", expanding=True))
CHOSEN = select(users.c.username).where(
    users.c.deleted == bindparam("deleted"),
    NAMES,
    users.c.confirmed.in_((0, 1)),
    users.c.id.in_(bindparam("ids", expanding=True)),
)
READ = DirectListRead(CHOSEN.order_by(users.c.username))


@pytest.fixture
def ids(site: TestSite) -> list[int]:
    return [making.user(site, name) for name in ("ann", "ben", "cat")]


def test_lists_stand_among_other_values_and_constants(site: TestSite, ids: list[int]) -> None:
    for names in (["ann"], ["ann", "cat", "nobody"], ["ben", "cat"]):
        values = {"names": names, "ids": ids, "deleted": 0}
        found = [row[0] for row in READ.rows(site.session, values)]
        assert found == [name for name in names if name != "nobody"]
    assert READ.rows(site.session, {"names": ["ann"], "ids": [ids[1]], "deleted": 0}) == []


def test_a_list_of_any_length_is_read_in_parts(
    site: TestSite, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches.batches, "__defaults__", (2,))
    values = {"names": ["ann", "ben", "cat"], "deleted": 0}
    found = [row[0] for row in READ.of_all(site.session, "ids", ids, values)]
    assert found == ["ann", "ben", "cat"]
    assert list(READ.of_all(site.session, "ids", [], values)) == []


def test_what_the_driver_refuses_is_told_as_ever(site: TestSite) -> None:
    with pytest.raises(DBAPIError):
        READ.rows(site.session, {"names": [b"\0"], "ids": [object()], "deleted": 0})


def test_rows_are_counted_up_to_the_bound(
    site: TestSite, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches.batches, "__defaults__", (2,))
    count = Count(select(users.c.id).where(users.c.id.in_(bindparam("ids", expanding=True))))
    assert count.exceeds(site.session, 2, {"ids": ids})
    assert not count.exceeds(site.session, 3, {"ids": ids})
    assert count.exceeds_for_all(site.session, 2, "ids", ids)
    assert not count.exceeds_for_all(site.session, 3, "ids", ids)
    assert not count.exceeds_for_all(site.session, 0, "ids", [])
