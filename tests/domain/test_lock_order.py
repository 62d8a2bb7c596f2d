"""DUR-5: who waits for a lock has none yet that comes after it (docs/adr/0004), on PostgreSQL."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from coursewire.domain import completion_criteria, course_changes, roles
from coursewire.domain.call import Call
from coursewire.domain.cohorts import NewCohort, add_members, create
from coursewire.domain.completion_criteria import Criteria
from coursewire.store import courses, turns, users
from coursewire.store import roles as role_rows
from coursewire.store.schema.access import contexts
from coursewire.store.session import Session
from tests.support import making
from tests.support.calling import run
from tests.support.gradebook import Gradebook
from tests.support.meanwhile import MEANWHILE
from tests.support.sites import TestSite

pytestmark = [
    pytest.mark.requirement("DUR-5"),
    pytest.mark.parametrize("engine_name", ["postgres"], indirect=True),
]
Lock = Callable[[Session], object]
Work = Callable[[Call], object]


def waits_without(site: TestSite, taken: Lock, later: Lock, work: Work) -> None:
    """Let work wait for a lock that is taken; one that comes later is free meanwhile."""

    def go() -> None:
        with site.database.session() as session:
            call = site.call(session=session)
            with call.transaction():
                work(call)

    call = site.call()
    with ThreadPoolExecutor(1) as pool, site.database.session() as other:
        with call.transaction():
            taken(call.session)
            coming = pool.submit(go)
            time.sleep(MEANWHILE)
            assert not coming.done()
            other.execute(text("SET lock_timeout = '50ms'"))
            with other.transaction():
                later(other)
        coming.result(timeout=30)


def cohorts_turn(session: Session) -> None:
    turns.take(session, "cohorts")


class TestCoursesBeforeCohorts:
    """Who deletes a category has its courses before nobody else may touch cohorts."""

    @pytest.fixture
    def inner(self, site: TestSite) -> int:
        return making.category(site, "Inner", making.category(site, "Outer"))

    @pytest.mark.parametrize(
        "how",
        [{"recursive": True}, {"newparent": 1}],
        ids=["with contents", "after moving"],
    )
    def test_a_deletion_that_waits_for_a_course(
        self, site: TestSite, inner: int, how: dict[str, object]
    ) -> None:
        course = making.course(site, "ALG", category=inner)
        call = site.call()
        with call.transaction():
            create(call, NewCohort(name="Ready", category_id=inner))

        def delete(call: Call) -> None:
            run(call, "core_course_delete_categories", categories=[{"id": inner, **how}])

        waits_without(site, lambda taken: courses.lock(taken, [course]), cohorts_turn, delete)


@pytest.mark.parametrize("way", ["gather", "id", "username"])
def test_people_come_before_cohorts(site: TestSite, way: str) -> None:
    user = making.user(site, "ann")
    call = site.call()
    with call.transaction():
        cohort = create(call, NewCohort(name="Ready"))
    member = {
        "cohorttype": {"type": "id", "value": str(cohort)},
        "usertype": {"type": way, "value": "ann" if way == "username" else str(user)},
    }

    def join(call: Call) -> None:
        if way == "gather":
            add_members(call, cohort, [user])
        else:
            run(call, "core_cohort_add_cohort_members", members=[member])

    waits_without(site, lambda taken: users.hold_for_deletion(taken, [user]), cohorts_turn, join)


def test_places_come_before_roles(site: TestSite) -> None:
    role = making.role(site, "helper")
    place = making.course_context(site, making.course(site, "ALG"))

    def take(session: Session) -> None:
        session.rows(select(contexts.c.id).where(contexts.c.id == place.id).with_for_update())

    def grant(call: Call) -> None:
        roles.grant(call, role, {"moodle/course:view": 1}, place)

    waits_without(site, take, lambda other: role_rows.lock(other, role), grant)


class TestPeopleBeforeCoursesThatAreLookedAtAnew:
    """What people have done may count from then on; that they met it is noted with them."""

    @pytest.fixture
    def book(self, site: TestSite) -> Gradebook:
        made = Gradebook(site, enablecompletion=0)
        made.by_hand("Oral", {made.ann: 60})
        self.ask(site.call(), made)
        return made

    def ask(self, call: Call, book: Gradebook) -> None:
        completion_criteria.set_all(call, book.course, Criteria(grade=50))

    def track(self, call: Call, book: Gradebook) -> None:
        """As a site file does."""
        course_changes.change(call, book.course, {"enablecompletion": 1}, {})

    def track_by_call(self, call: Call, book: Gradebook) -> None:
        wanted = {"id": book.course, "enablecompletion": 1}
        assert run(call, "core_course_update_courses", courses=[wanted]) == {"warnings": []}

    @pytest.mark.parametrize("way", ["ask", "track", "track_by_call"])
    def test_whoever_takes_part(self, site: TestSite, book: Gradebook, way: str) -> None:
        if way == "ask":
            self.track(site.call(), book)
        waits_without(
            site,
            lambda taken: users.hold_for_deletion(taken, [book.ann]),
            lambda other: courses.lock(other, [book.course]),
            lambda call: getattr(self, way)(call, book),
        )
