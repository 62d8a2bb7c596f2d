"""Searches that take too long are stopped on both engines, and only those."""

import pytest
from sqlalchemy import Select, func, literal, select
from sqlalchemy.exc import OperationalError

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import user_search
from coursewire.store import call_time, search_time, users
from coursewire.store.problems import CallStopped
from coursewire.store.schema.users import users as table
from coursewire.store.search_time import SearchTooLong
from tests.support.refusals import refused
from tests.support.sites import TestSite


def endless() -> Select[int]:
    """A statement that counts for ever."""
    first = select(literal(1).label("number")).cte("numbers", recursive=True)
    numbers = first.union_all(select(first.c.number + 1))
    return select(func.count()).select_from(numbers)


def test_a_long_statement_is_stopped_and_the_session_goes_on(site: TestSite) -> None:
    session = site.session
    with pytest.raises(SearchTooLong), search_time.bounded(session, 0.05):
        session.scalar(endless())
    assert session.scalar(select(func.count()).select_from(table)) == 2


def test_net_6_a_search_that_ends_with_its_call_was_not_too_long(site: TestSite) -> None:
    end = call_time.bounded(site.session)

    def search() -> None:
        with end, search_time.bounded(site.session, 0.05):
            end.stop()
            site.session.scalar(endless())

    with pytest.raises(CallStopped):
        search()


def test_the_limit_ends_with_the_block(site: TestSite) -> None:
    session = site.session
    with search_time.bounded(session, 0.05):
        assert len(users.of_ids(session, [1, 2])) == 2
    numbers = select(literal(1).label("number")).cte("numbers", recursive=True)
    some = numbers.union_all(select(numbers.c.number + 1).where(numbers.c.number < 200_000))
    assert session.scalar(select(func.count()).select_from(some)) == 200_000


def test_postgres_has_its_own_limit_again(site: TestSite) -> None:
    if site.engine_name == "sqlite":
        return
    session = site.session
    setting = select(func.current_setting("statement_timeout"))
    before = session.scalar(setting)
    with search_time.bounded(session, 5):
        assert session.scalar(setting) == "5s"
    assert session.scalar(setting) == before
    with session.transaction(), search_time.bounded(session, 5):
        assert session.scalar(setting) == "5s"
    assert session.scalar(setting) == before


def test_inside_a_transaction_everything_is_undone(site: TestSite) -> None:
    session = site.session

    def change_and_search() -> None:
        with session.transaction(), search_time.bounded(session, 0.05):
            users.change(session, 2, {"city": "Leeds"})
            session.scalar(endless())

    with pytest.raises(SearchTooLong):
        change_and_search()
    admin = users.get(session, 2)
    assert admin is not None
    assert admin.city == ""


def test_other_troubles_pass_through(site: TestSite) -> None:
    with pytest.raises(OperationalError), search_time.bounded(site.session, 5):
        raise OperationalError("statement", {}, RuntimeError("disk"))


def test_in_8_a_search_that_was_stopped_is_refused(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_time, "SECONDS", 0.001)
    wanted = user_search.asked([("email", "%x%")], extended_usernames=False)
    if site.engine_name == "sqlite":
        people = [{"username": f"user{n}", "email": f"{n}@x.example"} for n in range(5_000)]
        with site.session.transaction():
            users.add_many(site.session, people)
        with refused(InvalidParameter):
            user_search.search(site.call(), wanted)
        return
    call = site.call()
    with site.database.session() as other, other.transaction():
        other.execute(select(table.c.id).with_for_update())
        other.connection.exec_driver_sql("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        with refused(InvalidParameter):
            user_search.search(call, wanted)
