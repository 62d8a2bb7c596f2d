"""Grades of a course in the console: who sees them, of whom, page by page and as a file."""

import csv
import io

import pytest

from coursewire.domain import course_changes, enrolments, grade_items, group_care
from coursewire.domain.enrolments import Enrolment
from coursewire.domain.new_users import NewUser, create_many
from coursewire.store import grades
from tests.support import making
from tests.support.console import Browser, page_of, signed_in
from tests.support.gradebook import Gradebook
from tests.support.sites import TestSite
from tests.support.web import Answer, Web


@pytest.fixture
def book(site: TestSite) -> Gradebook:
    return Gradebook(site)


def here(book: Gradebook) -> str:
    return f"/console/courses/{book.course}/grades"


def rows_of(answer: Answer) -> list[dict[str, str]]:
    assert answer.header("content-disposition").startswith("attachment")
    return list(csv.DictReader(io.StringIO(page_of(answer))))


def test_items_and_the_total_stand_beside_each_participant(
    book: Gradebook, browser: Browser
) -> None:
    book.by_hand("Oral", {book.ann: 9.0, book.ben: 6.5}, grademax=10)
    essay = book.graded("Essay", grademax=20)
    book.grade(essay, {book.ann: 17.0})
    page = page_of(browser.get(here(book)))
    assert page.index("Oral") < page.index("Essay") < page.index("Course total")
    assert "0 to 20" in page
    # The teacher is not graded.
    assert "Tina" not in page
    row = page[page.index("Person, Ann") : page.index("Person, Ben")]
    assert [shown in row for shown in ("9.00", "17.00", "26.00")] == [True] * 3
    assert "6.50" in page[page.index("Person, Ben") :]


def test_the_file_holds_points_and_starts_no_formula(book: Gradebook, browser: Browser) -> None:
    book.by_hand("=Oral", {book.ann: 9.0}, grademax=10)
    rows = rows_of(browser.post(f"{here(book)}/csv"))
    assert [(row["username"], row["'=Oral"], row["Course total"]) for row in rows] == [
        ("ann", "9.0", "9.0"),
        ("ben", "", ""),
    ]


def test_one_group_is_looked_at(book: Gradebook, browser: Browser) -> None:
    item = book.by_hand("Oral", {book.ann: 9.0, book.ben: 6.5})
    assert item
    red = making.group(book.site, book.course, "Red")
    group_care.add_members(book.site.call(), book.course, red, [book.ben])
    page = page_of(browser.get(f"{here(book)}?group={red}"))
    assert "Person, Ben" in page
    assert "Person, Ann" not in page
    rows = rows_of(browser.post(f"{here(book)}/csv?group={red}"))
    assert [row["username"] for row in rows] == ["ben"]
    assert "Person, Ben" not in page_of(browser.get(f"{here(book)}?q=ann"))


def test_a_group_of_another_course_is_none_here(book: Gradebook, browser: Browser) -> None:
    other = making.course(book.site, "C2")
    foreign = making.group(book.site, other, "Foreign")
    for path in (here(book), f"{here(book)}/csv"):
        assert browser.look(f"{path}?group={foreign}").status == 404
        assert browser.look(f"{path}?group=99999").status == 404


def test_passed_failed_and_overridden_are_said_in_words(book: Gradebook, browser: Browser) -> None:
    item = book.by_hand("Exam", {book.ann: 60.0, book.ben: 40.0})
    grades.change_item(book.site.session, item, {"gradepass": 50.0})
    page = page_of(browser.get(here(book)))
    assert "passed" in page[page.index("Person, Ann") : page.index("Person, Ben")]
    assert "failed" in page[page.index("Person, Ben") :]


def test_many_items_stand_side_by_side_in_parts(book: Gradebook, browser: Browser) -> None:
    for number in range(10):
        book.by_hand(f"Task {number}", {book.ann: float(number)})
    first = page_of(browser.get(here(book)))
    assert "Task 7" in first
    assert "Task 8" not in first
    assert "of 10</p>" in first
    second = page_of(browser.get(f"{here(book)}?items=2"))
    assert "Task 9" in second
    assert "Task 0" not in second
    assert "Course total" in second


def test_people_stand_on_pages(book: Gradebook, browser: Browser) -> None:
    news = [
        NewUser(
            username=f"p{number:03}",
            firstname=f"P{number:03}",
            lastname="Zed",
            email=f"p{number}@school.example",
            password_hash="not a hash",
        )
        for number in range(60)
    ]
    call = book.site.call()
    with call.transaction():
        made = create_many(call, news)
        way = enrolments.enabled_instance(call, book.course)
        assert way is not None
        role = making.role_id(book.site, "student")
        enrolments.enrol(call, {way: [Enrolment(user_id=one.id, role_id=role) for one in made]})
    page = page_of(browser.get(here(book)))
    assert "of 62 participants" in page
    assert "P059" not in page
    assert "P059" in page_of(browser.get(f"{here(book)}?page=2"))
    assert len(rows_of(browser.post(f"{here(book)}/csv"))) == 62


def test_it_takes_the_right_to_see_all_grades(book: Gradebook, served: Web) -> None:
    book.by_hand("Oral", {book.ann: 9.0})
    viewer = signed_in(served, making.user(book.site, "looker"), "viewer")
    for path in (here(book), f"{here(book)}/csv"):
        assert "moodle/grade:viewall" in page_of(viewer.look(path), 403)
    course = f"/console/courses/{book.course}"
    assert here(book) not in page_of(viewer.get(course))
    reader = signed_in(
        served, making.user_with(book.site, "reader", "moodle/grade:viewall"), "viewer"
    )
    assert here(book) in page_of(reader.get(course))
    assert "9.00" in page_of(reader.get(here(book)))


def test_hidden_items_are_for_those_who_may_see_them(
    book: Gradebook, browser: Browser, served: Web
) -> None:
    book.by_hand("Secret", {book.ann: 77.0}, hidden=True)
    page = page_of(browser.get(here(book)))
    assert "Secret" in page
    assert "0 to 100, hidden" in page
    reader = signed_in(
        served, making.user_with(book.site, "reader", "moodle/grade:viewall"), "viewer"
    )
    for path in (here(book), f"{here(book)}/csv"):
        shown = page_of(reader.look(path))
        assert "Secret" not in shown
        assert "77.0" not in shown


def test_separate_groups_confine_who_may_not_see_all(book: Gradebook, served: Web) -> None:
    book.by_hand("Oral", {book.ann: 9.0, book.ben: 6.5})
    red, blue = (making.group(book.site, book.course, name) for name in ("Red", "Blue"))
    course_changes.change(book.site.call(), book.course, {"groupmode": 1}, {})
    reader_id = making.user_with(book.site, "reader", "moodle/grade:viewall")
    making.enrol(book.site, reader_id, book.course, "teacher")
    making.override(
        book.site,
        "teacher",
        "moodle/site:accessallgroups",
        -1,
        making.course_context(book.site, book.course),
    )
    group_care.add_members(book.site.call(), book.course, red, [book.ann, reader_id])
    group_care.add_members(book.site.call(), book.course, blue, [book.ben])
    reader = signed_in(served, reader_id, "viewer")
    page = page_of(reader.get(here(book)))
    assert "Person, Ann" in page
    assert "Person, Ben" not in page
    assert "your own" in page
    assert reader.get(f"{here(book)}?group={blue}").status == 404


def test_a_course_without_grades_says_so(site: TestSite, browser: Browser) -> None:
    course = making.course(site, "C1")
    page = page_of(browser.get(f"/console/courses/{course}/grades"))
    assert "Nobody is graded" in page
    assert grade_items.of_course(site.session, course)
    assert browser.get("/console/courses/99999/grades").status == 404
