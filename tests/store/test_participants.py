"""Who takes part in a course and holds a role: in each order, page by page, in long lists."""

import pytest
from msgspec.structs import replace

from coursewire.store import participants
from coursewire.store.participants import Holders
from tests.support import making
from tests.support.gradebook import Gradebook
from tests.support.sites import TestSite


@pytest.fixture
def book(site: TestSite) -> Gradebook:
    return Gradebook(site)


def holders(book: Gradebook) -> Holders:
    place = making.course_context(book.site, book.course)
    student = making.role_id(book.site, "student")
    return Holders(course_id=book.course, now=1, places=place.ids, role_ids=(student,))


def test_a_list_that_is_empty_holds_nobody(book: Gradebook) -> None:
    everybody = holders(book)
    assert participants.by_id(book.site.session, everybody, 9) == [book.ann, book.ben]
    for nobody in ({"places": ()}, {"role_ids": ()}, {"group_ids": ()}):
        assert participants.by_id(book.site.session, replace(everybody, **nobody), 9) == []
        assert participants.with_roles(book.site.session, replace(everybody, **nobody)) == []


def test_lists_longer_than_a_statement_takes_are_found_alike(book: Gradebook) -> None:
    long = replace(holders(book), places=(*holders(book).places, *range(10**6, 10**6 + 6_000)))
    assert participants.by_id(book.site.session, long, 9) == [book.ann, book.ben]
    assert participants.with_roles(book.site.session, long, 1, 1) == [
        participants.with_roles(book.site.session, holders(book))[1]
    ]


def test_pages_follow_each_other(book: Gradebook) -> None:
    read = participants.with_roles
    whole = read(book.site.session, holders(book))
    assert sorted(whole) == [book.ann, book.ben]
    assert [read(book.site.session, holders(book), 1, page) for page in range(3)] == [
        whole[:1],
        whole[1:],
        [],
    ]
    assert participants.by_id(book.site.session, holders(book), 1) == [book.ann]
