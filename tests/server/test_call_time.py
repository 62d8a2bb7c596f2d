"""A call that keeps the database busy for too long is stopped, told so, and leaves nothing."""

import time

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from coursewire.store import call_time, courses, search_time, troubles
from coursewire.store.problems import CallStopped
from coursewire.store.session import Session
from coursewire.store.troubles import Trouble
from tests.store.test_search_time import endless
from tests.support import making
from tests.support.sites import TestSite
from tests.support.web import Web

STOPPED = ("core\\exception\\moodle_exception", "calltoolong")
# Storing a group takes longer than anybody waits here: on SQLite it never ends, on PostgreSQL it
# lasts for almost the thirty seconds that its server allows a statement.
NEVER_ENDING = {
    "sqlite": (
        "CREATE VIEW numbers AS WITH RECURSIVE counted(number) AS"
        " (SELECT 1 UNION ALL SELECT number + 1 FROM counted) SELECT number FROM counted",
        "CREATE TRIGGER slow AFTER INSERT ON groups BEGIN SELECT max(number) FROM numbers; END",
    ),
    "postgresql": (
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_sleep(25); RETURN NEW; END $$",
        "CREATE TRIGGER slow AFTER INSERT ON groups FOR EACH ROW EXECUTE FUNCTION slow()",
    ),
}
WITHIN = 15.0
ENDED = {"sqlite": "DROP TRIGGER slow", "postgresql": "DROP TRIGGER slow ON groups"}


def run(site: TestSite, *statements: str) -> None:
    with site.session.transaction():
        for statement in statements:
            site.session.execute(text(statement))


@pytest.mark.alone
@pytest.mark.requirement("NET-1", "DUR-10")
def test_a_call_that_does_not_end_is_stopped(
    web: Web, site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_time, "SECONDS", 0.3)
    course, token = making.course(site, "C"), web.token()
    group = {"courseid": course, "name": "G", "description": ""}
    run(site, *NEVER_ENDING[site.engine_name])
    began = time.monotonic()
    stopped = web.call("core_group_create_groups", token, groups=[group])
    assert time.monotonic() - began < WITHIN
    assert (stopped.status, stopped.error) == (503, STOPPED)
    assert stopped.header("retry-after") == ""
    assert web.call("core_group_get_course_groups", token, courseid=course).json == []
    run(site, ENDED[site.engine_name])
    made = web.call("core_group_create_groups", token, groups=[group])
    assert [one["name"] for one in made.json] == ["G"]


@pytest.mark.requirement("NET-6")
def test_a_call_that_was_stopped_commits_nothing_and_begins_nothing(site: TestSite) -> None:
    made = list[int]()

    def stopped_before_its_commit() -> None:
        end = call_time.bounded(site.session)
        with end, site.session.transaction():
            made.append(making.course(site, "C"))
            end.stop()

    def stopped_before_it_begins() -> None:
        end = call_time.bounded(site.session)
        end.stop()
        with end, site.session.transaction():
            made.append(making.course(site, "D"))

    for work in (stopped_before_its_commit, stopped_before_it_begins):
        with pytest.raises(CallStopped):
            work()
    # The next call on the same session is none of theirs.
    (course,) = made
    with call_time.bounded(site.session):
        assert courses.get(site.session, course) is None
        assert making.course(site, "C")


def sleep_bit_by_bit(session: Session) -> None:
    with call_time.bounded(session, 0.3):
        for _ in range(600):
            session.scalar(select(func.pg_sleep(0.05)))


@pytest.mark.alone
@pytest.mark.requirement("NET-1")
@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
def test_a_call_of_many_short_statements_is_stopped_and_its_connection_given_up(
    site: TestSite,
) -> None:
    with site.database.session() as session:
        driver = session.driver
        began = time.monotonic()
        with pytest.raises(OperationalError) as caught:
            sleep_bit_by_bit(session)
        assert time.monotonic() - began < WITHIN
        assert troubles.of(caught.value) is Trouble.SLOW
    assert driver.closed
    # A call that is over is stopped no more, and neither is the next one on its connection.
    with site.database.session() as session, call_time.bounded(session, 0.3):
        driver = session.driver
    with site.database.session() as session:
        assert session.driver is driver
        session.scalar(select(func.pg_sleep(1.5)))


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_search_leaves_the_bound_of_its_call_in_force(site: TestSite) -> None:
    with call_time.bounded(site.session, 0.4):
        with search_time.bounded(site.session, 5):
            pass
        # Without a bound this would never end.
        with pytest.raises(OperationalError) as caught:
            site.session.scalar(endless())
    assert troubles.of(caught.value) is Trouble.SLOW
