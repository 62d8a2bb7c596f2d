"""A course that comes into a category while that is being deleted is not left without a place."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import exists, select, text

from coursewire.contracts.errors import Refusal
from coursewire.domain import categories, category_changes, category_deletion, course_changes
from coursewire.domain import courses as domain_courses
from coursewire.domain.call import Call
from coursewire.domain.courses import NewCourse
from coursewire.domain.site import SITE_COURSE
from coursewire.store import categories as category_rows
from coursewire.store import courses as course_rows
from coursewire.store.schema.access import contexts as context_table
from coursewire.store.schema.courses import categories as category_table
from coursewire.store.schema.courses import courses
from tests.support import making
from tests.support.calling import run
from tests.support.sites import TestSite

# Long enough for the second to come to the place where it has to wait.
MEANWHILE = 0.3
Change = Callable[[Call, int], object]


def create(call: Call, category_id: int) -> object:
    new = NewCourse(category=category_id, fullname="New", shortname="NEW")
    return domain_courses.create(call, new)


def move(call: Call, category_id: int) -> None:
    [course] = named(call, "OLD")
    course_changes.change(call, course, {"category": category_id}, {})


def named(call: Call, shortname: str) -> list[int]:
    return call.session.scalars(select(courses.c.id).where(courses.c.shortname == shortname))


def with_contents(call: Call, category_id: int) -> None:
    category = categories.require(call.session, category_id)
    category_deletion.delete_with_contents(call, category)


def after_moving(call: Call, category_id: int) -> None:
    category = categories.require(call.session, category_id)
    category_deletion.delete_after_moving(call, category, categories.require(call.session, 1))


def empty(call: Call, category_id: int) -> None:
    category_changes.remove(call, category_id)


@pytest.fixture
def inner(site: TestSite) -> Iterator[int]:
    """A category below another one; afterwards every course stands in one that exists."""
    making.course(site, "OLD")
    yield making.category(site, "Inner", making.category(site, "Outer"))
    there = exists().where(category_table.c.id == courses.c.category)
    assert (
        site.session.scalars(select(courses.c.shortname).where(courses.c.id != SITE_COURSE, ~there))
        == []
    )
    paths = site.session.scalars(select(context_table.c.path))
    assert {path.rpartition("/")[0] for path in paths} <= {*paths, ""}


@pytest.mark.parametrize("put", [create, move])
@pytest.mark.parametrize("deletion", [with_contents, after_moving, empty])
def test_dur_6_a_course_comes_into_a_category_just_before_its_deletion(
    site: TestSite, inner: int, deletion: Change, put: Change
) -> None:
    def second() -> str | None:
        with site.database.session() as session:
            try:
                deletion(site.call(session=session), inner)
            except Refusal as refusal:
                return refusal.errorcode
            return None

    call = site.call()
    with ThreadPoolExecutor(1) as pool:
        with call.transaction():
            put(call, inner)
            coming = pool.submit(second)
            time.sleep(MEANWHILE)
        assert coming.result(timeout=30) == ("invalidparameter" if deletion is empty else None)


def test_dur_6_a_course_goes_elsewhere_just_before_its_category_is_deleted(
    site: TestSite, inner: int
) -> None:
    """It no longer stands in what is deleted."""
    elsewhere = making.category(site, "Elsewhere", 1)
    move(site.call(), inner)

    def second() -> None:
        with site.database.session() as session:
            with_contents(site.call(session=session), inner)

    call = site.call()
    with ThreadPoolExecutor(1) as pool:
        with call.transaction():
            move(call, elsewhere)
            coming = pool.submit(second)
            time.sleep(MEANWHILE)
        coming.result(timeout=30)
    assert len(named(site.call(), "OLD")) == 1


@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
@pytest.mark.parametrize("function", ["domain", "call"])
def test_a_course_that_moves_waits_for_its_category_before_it_is_locked(
    site: TestSite, function: str
) -> None:
    """Who changes a category with its courses locks the category first, and must not wait."""
    course, category = making.course(site, "OLD"), making.category(site, "Inner")

    def go() -> None:
        with site.database.session() as session:
            call = site.call(session=session)
            if function == "domain":
                move(call, category)
            else:
                change = {"id": course, "categoryid": category}
                run(call, "core_course_update_courses", courses=[change])

    call = site.call()
    with ThreadPoolExecutor(1) as pool, site.database.session() as other:
        with call.transaction():
            category_rows.lock(call.session, [category])
            coming = pool.submit(go)
            time.sleep(MEANWHILE)
            other.execute(text("SET lock_timeout = '50ms'"))
            course_rows.lock(other, [course])
        coming.result(timeout=30)
    found = course_rows.get(site.session, course)
    assert found is not None
    assert found.category == category
