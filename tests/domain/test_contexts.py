"""The tree of places: paths, look-ups, moves, removals."""

import pytest
from sqlalchemy import func, select

from coursewire.contracts.errors import MissingRecord
from coursewire.domain import contexts, role_assignments
from coursewire.domain.contexts import Context
from coursewire.domain.role_definitions import ALLOW
from coursewire.store.schema.access import role_assignments as held
from coursewire.store.schema.access import role_capabilities
from tests.support import making
from tests.support.sites import TestSite


def test_a_path_that_only_begins_alike_is_another_place() -> None:
    place = Context(70, contexts.COURSE, 9, "/1/70", 2)
    assert place.is_within("/1/70")
    assert place.is_within("/1")
    assert not place.is_within("/1/7")
    assert place.ids == (1, 70)


def test_each_kind_is_found_softly_and_hard(site: TestSite) -> None:
    course = making.course(site, "ALG")
    page = making.activity(site, course)
    user = making.user(site, "ann")
    session = site.session
    for level, soft, key in [
        (contexts.COURSE, contexts.course, course),
        (contexts.MODULE, contexts.module, page),
        (contexts.USER, contexts.user, user),
        (contexts.CATEGORY, contexts.category, 1),
    ]:
        found = contexts.get(session, level, key)
        assert soft(session, key) == found == contexts.by_id(session, found.id)
        assert soft(session, 4711) is None
        with pytest.raises(MissingRecord):
            contexts.get(session, level, 4711)


def test_things_stand_where_they_belong(site: TestSite) -> None:
    outer = making.category(site, "Outer")
    inner = making.category(site, "Inner", parent=outer)
    course = making.course(site, "ALG", category=inner)
    page = making.activity(site, course)
    place = making.context(site, contexts.MODULE, page)
    around = contexts.above(site.session, place)
    assert [(one.level, one.instanceid) for one in around] == [
        (contexts.SYSTEM, 0),
        (contexts.CATEGORY, outer),
        (contexts.CATEGORY, inner),
        (contexts.COURSE, course),
        (contexts.MODULE, page),
    ]
    assert [one.depth for one in around] == [1, 2, 3, 4, 5]
    assert place.path == "/" + "/".join(str(one.id) for one in around)
    assert place.ids == tuple(one.id for one in around)
    assert contexts.course_of(site.session, place) == around[3]
    assert contexts.course_of(site.session, around[3]) == around[3]
    assert contexts.course_of(site.session, around[2]) is None
    assert making.context(site, contexts.USER, 2).depth == 2


def test_many_are_made_and_found_at_once(site: TestSite) -> None:
    root = contexts.system(site.session)
    contexts.create_many(site.session, contexts.USER, range(1000, 1300), root)
    found = contexts.of_users(site.session, [*range(1000, 1300), 4711])
    assert set(found) == set(range(1000, 1300))
    assert all(one.path == f"/1/{one.id}" and one.depth == 2 for one in found.values())
    assert contexts.of_users(site.session, []) == {}


def test_a_move_takes_everything_below_along(site: TestSite) -> None:
    source, target = making.category(site, "Source"), making.category(site, "Target")
    inner = making.category(site, "Inner", parent=source)
    course = making.course(site, "ALG", category=inner)
    session = site.session
    aside = making.course_context(site, making.course(site, "BIO", category=source))
    moved = contexts.get(session, contexts.CATEGORY, inner)
    contexts.move(session, moved, contexts.get(session, contexts.CATEGORY, target))
    new = contexts.get(session, contexts.CATEGORY, inner)
    assert new.path == f"{contexts.get(session, contexts.CATEGORY, target).path}/{inner_id(new)}"
    below = making.course_context(site, course)
    assert (below.path, below.depth) == (f"{new.path}/{below.id}", 4)
    contexts.move(session, new, contexts.system(session))
    assert making.course_context(site, course).depth == 3
    assert making.course_context(site, aside.instanceid) == aside


def inner_id(context: Context) -> int:
    return context.ids[-1]


def test_neighbours_with_longer_numbers_are_left_alone(site: TestSite) -> None:
    """The path `/1/9` must not reach `/1/90`, whichever ids the database gives."""
    root = contexts.system(site.session)
    contexts.create_many(site.session, contexts.CATEGORY, range(1000, 1200), root)
    short = next(one for one in contexts.below(site.session, root) if one.id > 9)
    long = contexts.by_id(site.session, short.id * 10)
    assert long is not None
    assert contexts.below(site.session, short) == []
    contexts.delete(site.session, short)
    assert contexts.by_id(site.session, short.id) is None
    assert contexts.by_id(site.session, long.id) == long


def test_a_removal_takes_roles_and_overrides_with_it(site: TestSite) -> None:
    category = making.category(site, "Doomed")
    course = making.course(site, "ALG", category=category)
    user = making.user(site, "ann")
    place = making.course_context(site, course)
    making.assign(site, "teacher", user, place)
    making.override(site, "teacher", "moodle/course:view", ALLOW, place)
    contexts.delete(site.session, making.context(site, contexts.CATEGORY, category))
    assert contexts.course(site.session, course) is None
    assert role_assignments.of_user(site.session, user) == []
    for table in (held, role_capabilities):
        count = select(func.count()).where(table.c.context_id == place.id)
        assert site.session.scalar(count) == 0
