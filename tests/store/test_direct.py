"""Reads on the driver itself: what refuses one is told by its own name, in a transaction too."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from sqlalchemy import bindparam, event, func, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from coursewire.store import call_time, troubles
from coursewire.store.direct import DirectAppend, DirectRead
from coursewire.store.direct_lists import DirectListRead
from coursewire.store.schema.users import users
from coursewire.store.search_time import SearchTooLong, bounded
from coursewire.store.session import Session
from coursewire.store.troubles import Trouble
from tests.support import making
from tests.support.sites import TestSite

COUNTED = (
    "(SELECT max(number) FROM (WITH RECURSIVE counted(number) AS"
    " (SELECT 1 UNION ALL SELECT (number + 1) % 1000 FROM counted) SELECT number FROM counted) c)"
)
ENDLESS = select(users.c.id).where(users.c.id == text(COUNTED))
CLASHING = (
    "CREATE FUNCTION clash() RETURNS bigint LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$"
)
CLASH = DirectRead(select(func.clash()))


def one(session: Session) -> None:
    DirectRead(ENDLESS).one(session, {})


def rows(session: Session) -> None:
    DirectRead(ENDLESS).rows(session, {})


def rows_of_a_list(session: Session) -> None:
    among = users.c.deleted.in_(bindparam("states", expanding=True))
    DirectListRead(ENDLESS.where(among)).rows(session, {"states": [0, 1]})


@pytest.mark.requirement("NET-1", "NET-6")
@pytest.mark.parametrize("read", [one, rows, rows_of_a_list])
def test_a_read_that_is_stopped_in_a_transaction_says_that_it_was(
    site: TestSite, read: Callable[[Session], None]
) -> None:
    making.user(site, "ann")
    with (
        pytest.raises(OperationalError) as stopped,
        call_time.bounded(site.session, 0.1),
        site.session.transaction(),
    ):
        read(site.session)
    assert troubles.of(stopped.value) is Trouble.SLOW


@pytest.mark.requirement("IN-8")
def test_a_search_that_is_stopped_is_not_begun_again(site: TestSite) -> None:
    begun = list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        begun.append(statement)

    making.user(site, "ann")
    event.listen(site.session.connection, "before_cursor_execute", note)
    with pytest.raises(SearchTooLong), bounded(site.session, 0.1):
        rows(site.session)
    assert not [statement for statement in begun if "counted" in statement]


@pytest.mark.requirement("DUR-10")
def test_a_transaction_that_postgres_asks_for_again_is_run_again(site: TestSite) -> None:
    if site.engine_name == "sqlite":
        return
    run = 0

    def clash_once() -> None:
        nonlocal run
        run += 1
        with site.session.transaction():
            if run == 1:
                CLASH.one(site.session, {})
            making.user(site, "ann")

    with site.session.transaction():
        site.session.execute(text(CLASHING))
    site.database.retrying(clash_once)
    assert run == 2


def test_rows_that_cannot_be_added_are_told_as_ever(site: TestSite) -> None:
    add = insert(users).values(id=bindparam("id"), username=bindparam("username"))
    ann = SimpleNamespace(id=making.user(site, "ann"), username="ann")
    with pytest.raises(IntegrityError), site.session.transaction():
        DirectAppend(add).many(site.session, [ann])
