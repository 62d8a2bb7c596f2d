"""Grades given, and the totals that follow them in the same transaction."""

import pytest

from coursewire.contracts.errors import MissingRecord
from coursewire.domain import grade_items, grade_totals, grades
from coursewire.domain.grade_items import COURSE
from coursewire.store import audit as audit_rows
from coursewire.store import grades as store
from coursewire.store.grades import Grade, GradeItem
from coursewire.store.schema.grades import grades as table
from tests.support import making
from tests.support.refusals import unchanged
from tests.support.school import UNKNOWN
from tests.support.sites import TestSite


class Book:
    """The grades of one course with two people in it."""

    def __init__(self, site: TestSite) -> None:
        self.site = site
        self.course = making.course(site, "GRA")
        self.ann, self.ben = making.user(site, "ann"), making.user(site, "ben")
        for user in (self.ann, self.ben):
            making.enrol(site, user, self.course)

    def item(self, name: str, grademax: float = 100, *, hidden: bool = False) -> int:
        call = self.site.call()
        return grade_items.add_manual(call, self.course, name, grademax=grademax, hidden=hidden)

    def grade(self, item: int, **values: float | None) -> None:
        people = {"ann": self.ann, "ben": self.ben}
        given = {people[name]: value for name, value in values.items()}
        grades.set_grades(self.site.call(), item, given)

    def items(self) -> dict[str, GradeItem]:
        found = grade_items.of_course(self.site.session, self.course)
        return {item.name or "total": item for item in found}

    def row(self, user: int, item: int) -> Grade:
        return store.of_users(self.site.session, [item], [user])[user][0]

    def total(self, user: int) -> tuple[float | None, float]:
        row = self.row(user, self.items()["total"].id)
        return row.finalgrade, row.rawgrademax


@pytest.fixture
def book(site: TestSite) -> Book:
    return Book(site)


def test_a_total_adds_up_what_was_graded(book: Book) -> None:
    one, two, three = book.item("One"), book.item("Two", 3), book.item("Three", 10)
    book.grade(one, ann=33.333, ben=100)
    book.grade(two, ann=1)
    book.grade(three, ann=5)
    assert book.total(book.ann) == (39.333, 113)
    assert book.total(book.ben) == (100, 100)


def test_without_a_grade_there_is_no_total(book: Book) -> None:
    item = book.item("One")
    book.item("Two", 50)
    book.grade(item, ann=5)
    book.grade(item, ann=None)
    assert book.total(book.ann) == (None, 150)
    assert book.row(book.ann, item).finalgrade is None


def test_a_nought_is_a_grade(book: Book) -> None:
    book.grade(book.item("One"), ann=0)
    assert book.total(book.ann) == (0, 100)


@pytest.mark.parametrize(("given", "kept"), [(11, 10), (-1, 0), (9.876543, 9.87654)])
def test_a_grade_is_drawn_into_the_range_of_its_item(book: Book, given: float, kept: float) -> None:
    item = book.item("One", 10)
    book.grade(item, ann=given)
    assert book.row(book.ann, item).finalgrade == kept


def test_a_new_grade_takes_the_place_of_the_old(book: Book) -> None:
    item = book.item("One")
    book.grade(item, ann=5)
    first = book.row(book.ann, item)
    book.site.clock.pass_seconds(60)
    book.grade(item, ann=6)
    second = book.row(book.ann, item)
    assert (second.id, second.finalgrade) == (first.id, 6)
    assert (second.timecreated, second.timemodified) == (first.timecreated, book.site.now)
    assert book.total(book.ann) == (6, 100)


def test_a_total_that_stays_is_not_written_again(book: Book) -> None:
    item = book.item("One")
    book.grade(item, ann=5)
    total = book.items()["total"].id
    before = book.row(book.ann, total)
    book.site.clock.pass_seconds(60)
    book.grade(item, ann=5)
    assert book.row(book.ann, total) == before


def test_an_overridden_total_stays(book: Book) -> None:
    item = book.item("One")
    book.grade(item, ann=5)
    total = book.row(book.ann, book.items()["total"].id)
    book.site.session.execute(
        table.update().where(table.c.id == total.id),
        {"overridden": 1, "finalgrade": 77.0},
    )
    book.grade(item, ann=6)
    assert book.total(book.ann)[0] == 77


def test_an_excluded_grade_does_not_count(book: Book) -> None:
    one, two = book.item("One"), book.item("Two")
    book.grade(one, ann=5)
    excluded = book.row(book.ann, one)
    book.site.session.execute(table.update().where(table.c.id == excluded.id), {"excluded": 1})
    book.grade(two, ann=6)
    assert book.total(book.ann) == (6, 100)


def test_the_highest_total_and_the_shares_follow_the_items(book: Book) -> None:
    # A course has a total from the start.
    assert [item.grademax for item in book.items().values()] == [0]
    book.item("One", 60)
    last = book.item("Two", 20)
    assert book.items()["total"].grademax == 80
    assert [book.items()[name].weight for name in ("One", "Two")] == [0.75, 0.25]
    grades.remove_item(book.site.call(), last)
    assert book.items()["total"].grademax == 60
    assert book.items()["One"].weight == 1


def test_removing_an_item_takes_it_out_of_everybodys_total(book: Book) -> None:
    one, two = book.item("One"), book.item("Two")
    book.grade(one, ann=5, ben=7)
    book.grade(two, ann=6)
    grades.remove_item(book.site.call(), one)
    assert book.total(book.ann) == (6, 100)
    assert book.total(book.ben) == (None, 100)


def test_texts_have_no_points(book: Book) -> None:
    one, two = book.item("One"), book.item("Two")
    store.change_item(book.site.session, one, {"gradetype": 3})
    book.grade(one, ann=5)
    book.grade(two, ann=6)
    assert book.total(book.ann) == (6, 100)
    assert grade_totals.highest(list(book.items().values())) == 100


def test_a_course_has_one_total_and_one_category(book: Book) -> None:
    call = book.site.call()
    first = grade_items.prepare_course(call, book.course)
    assert grade_items.prepare_course(call, book.course) == first
    root = store.root_category(book.site.session, book.course)
    assert [item.instance for item in book.items().values()] == [root]
    book.item("One")
    assert book.items()["One"].category_id == root


def test_the_item_of_an_activity_is_found_by_it(book: Book) -> None:
    call = book.site.call()
    item = grade_items.add_activity(call, book.course, "assign", 7, "Essay", grademax=20)
    found = grade_items.of_activity(book.site.session, book.course, "assign", 7)
    assert found is not None
    assert (found.id, found.name, found.grademax, found.type) == (item, "Essay", 20, "mod")
    assert grade_items.of_activity(book.site.session, book.course, "quiz", 7) is None
    book.grade(item, ann=5)
    assert book.row(book.ann, item).rawgrade == 5


def test_items_stand_in_the_order_they_were_made(book: Book) -> None:
    book.item("One")
    book.item("Two")
    found = grade_items.of_course(book.site.session, book.course)
    assert [(item.type, item.name) for item in found] == [
        (COURSE, None),
        ("manual", "One"),
        ("manual", "Two"),
    ]


def test_an_unknown_item_is_a_missing_record(book: Book) -> None:
    with unchanged(book.site.session), pytest.raises(MissingRecord):
        book.grade(UNKNOWN, ann=5)


def test_one_record_tells_of_the_grading(book: Book) -> None:
    item = book.item("One")
    before = len(audit_rows.records(book.site.session))
    book.grade(item, ann=5, ben=6)
    records = audit_rows.records(book.site.session)
    assert len(records) == before + 1
    assert (records[0].action, records[0].target) == ("grade.set", f"grade item {item}")
