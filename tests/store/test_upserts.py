"""Rows stored new or in place of those with the same key, one by one and many at once."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from coursewire.store import upserts
from coursewire.store.schema.completion import activity_completions as table
from coursewire.store.schema.users import users
from tests.support import making
from tests.support.sites import TestSite

KEY = ("course_module_id", "user_id")


@pytest.fixture
def cmid(site: TestSite) -> int:
    course = making.course(site, "History")
    return making.activity(site, course)


def stored(site: TestSite) -> list[tuple[Any, ...]]:
    columns = select(table.c.user_id, table.c.state, table.c.viewed, table.c.overrideby)
    return [tuple(row) for row in site.session.rows(columns.order_by(table.c.user_id))]


def put(site: TestSite, *rows: dict[str, Any], changing: tuple[str, ...] = ("state",)) -> None:
    with site.session.transaction():
        upserts.put(site.session, table, KEY, changing, rows)


def test_one_row_is_new_then_changed_in_what_changes(site: TestSite, cmid: int) -> None:
    row = {"course_module_id": cmid, "user_id": 2, "state": 1, "viewed": 1, "overrideby": None}
    put(site, row)
    assert stored(site) == [(2, 1, 1, None)]
    put(site, {**row, "state": 2, "viewed": 0, "overrideby": 2})
    assert stored(site) == [(2, 2, 1, None)]


def test_columns_that_are_not_given_have_their_defaults(site: TestSite, cmid: int) -> None:
    put(site, {"course_module_id": cmid, "user_id": 2})
    assert stored(site) == [(2, 0, 0, None)]


def test_nothing_changes_where_nothing_is_to_change(site: TestSite, cmid: int) -> None:
    row = {"course_module_id": cmid, "user_id": 2, "state": 1}
    put(site, row, changing=())
    put(site, {**row, "state": 3}, changing=())
    assert stored(site) == [(2, 1, 0, None)]


def test_many_rows_some_of_them_known(site: TestSite, cmid: int) -> None:
    other = making.user(site, "learner")
    put(site, {"course_module_id": cmid, "user_id": 2, "state": 1})
    both = [{"course_module_id": cmid, "user_id": each, "state": 2} for each in (2, other)]
    put(site, *both)
    assert stored(site) == [(2, 2, 0, None), (other, 2, 0, None)]
    put(site)


def test_what_the_database_refuses_has_its_name_and_is_undone(site: TestSite, cmid: int) -> None:
    nobody = site.session.scalar(select(users.c.id).order_by(users.c.id.desc())) + 1
    with pytest.raises(IntegrityError):
        put(site, {"course_module_id": cmid, "user_id": nobody, "state": 1})
    assert stored(site) == []
