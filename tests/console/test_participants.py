"""The list of participants: filtered, sorted, given out as a file; and leaving a course."""

import csv
import io

import pytest

from coursewire.domain import enrolments as ways
from coursewire.domain import group_care
from coursewire.domain.enrolments import Enrolment
from coursewire.store import enrolments
from tests.support import making
from tests.support.console import Browser, page_of
from tests.support.gradebook import Gradebook
from tests.support.sites import TestSite

PATH = "/console/courses"


@pytest.fixture
def book(site: TestSite) -> Gradebook:
    return Gradebook(site)


def listed(browser: Browser, book: Gradebook, query: str = "") -> list[str]:
    """Who stands in the file that a filter gives, in its order."""
    answer = browser.post(f"{PATH}/{book.course}/csv?{query}")
    return [row["username"] for row in csv.DictReader(io.StringIO(page_of(answer)))]


def test_participants_are_filtered(book: Gradebook, browser: Browser) -> None:
    site, now = book.site, book.site.call().now
    late, gone = making.user(site, "late"), making.user(site, "gone")
    making.enrol(site, late, book.course, timestart=now + 1000)
    making.enrol(site, gone, book.course, timestart=1, timeend=now - 1)
    making.enrol(site, book.ben, book.course, status=1)
    red = making.group(site, book.course, "Red")
    group_care.add_members(site.call(), book.course, red, [book.tina, book.ben])
    assert listed(browser, book) == ["ann", "ben", "gone", "late", "tina"]
    assert listed(browser, book, "q=school+an") == ["ann"]
    teacher = making.role_id(site, "editingteacher")
    assert listed(browser, book, f"role={teacher}") == ["tina"]
    assert listed(browser, book, f"group={red}") == ["ben", "tina"]
    assert listed(browser, book, "state=active") == ["ann", "tina"]
    assert listed(browser, book, "state=suspended") == ["ben"]
    assert listed(browser, book, "state=outside") == ["gone", "late"]
    assert listed(browser, book, "sort=-username")[0] == "tina"
    page = page_of(browser.get(f"{PATH}/{book.course}?state=outside"))
    assert "not yet" in page
    assert "ended" in page
    assert ">ann</a>" not in page


def test_the_file_tells_roles_and_states(book: Gradebook, browser: Browser) -> None:
    answer = browser.post(f"{PATH}/{book.course}/csv?q=tina")
    (row,) = csv.DictReader(io.StringIO(page_of(answer)))
    assert (row["roles"], row["way"], row["state"]) == ("editingteacher", "manual", "active")


def test_a_refused_form_keeps_the_way_to_the_other_pages(book: Gradebook, browser: Browser) -> None:
    for number in range(55):
        book.person(f"p{number}")
    here = f"{PATH}/{book.course}"
    browser.get(here)
    page = page_of(browser.post(f"{here}/enrol", {"people": "nobody"}), 422)
    assert f'href="{here}?page=2"' in page
    assert browser.get(f"{here}?page=2").status == 200


def test_the_guest_takes_part_in_no_course(book: Gradebook, browser: Browser) -> None:
    here = f"{PATH}/{book.course}"
    browser.get(here)
    student = str(making.role_id(book.site, "student"))
    making.user(book.site, "dora")
    answer = browser.post(f"{here}/enrol", {"people": "dora guest", "role": student})
    page = page_of(answer, 422)
    assert "The guest account stands for nobody" in page
    assert 'id="people-error"' in page
    assert not {"guest", "dora"} & set(listed(browser, book))


def test_unenrolling_says_what_goes(book: Gradebook, browser: Browser) -> None:
    book.by_hand("Oral", {book.ann: 5.0})
    red = making.group(book.site, book.course, "Red")
    group_care.add_members(book.site.call(), book.course, red, [book.ann])
    page = page_of(browser.get(f"{PATH}/{book.course}/unenrol?user={book.ann}"))
    for told in ("the role student", "1 group", "2 grades"):
        assert told in page
    answer = browser.post(f"{PATH}/{book.course}/unenrol", {"user": str(book.ann)})
    assert "Unenrolled." in page_of(browser.follow(answer))
    assert not enrolments.is_enrolled(book.site.session, book.ann, book.course)
    assert browser.get(f"{PATH}/{book.course}/unenrol?user={book.ann}").status == 404


def test_who_came_by_another_way_too_stays(book: Gradebook, browser: Browser) -> None:
    call = book.site.call()
    with call.transaction():
        other = ways.add_instance(call, book.course, "self")
        found = ways.get_instance(call.session, other)
        ways.enrol(call, {found: [Enrolment(user_id=book.ann)]})
    page = page_of(browser.get(f"{PATH}/{book.course}/unenrol?user={book.ann}"))
    assert "stays in the course by another way: self" in page
    assert "by self" in page_of(browser.get(f"{PATH}/{book.course}"))


def test_courses_are_sorted_and_given_out_as_a_file(site: TestSite, browser: Browser) -> None:
    arts = making.category(site, "Arts", making.category(site, "All"))
    making.course(site, "B", fullname="Ääh", category=arts, startdate=86_400)
    making.course(site, "A", fullname="=Zebra", visible=0)
    page = page_of(browser.get(f"{PATH}?sort=-shortname"))
    assert page.index(">B</a>") < page.index(">A</a>")
    answer = browser.post(f"{PATH}/csv?sort=shortname")
    rows = list(csv.DictReader(io.StringIO(page_of(answer))))
    assert [(row["short name"], row["category"], row["state"]) for row in rows] == [
        ("A", "Category 1", "hidden"),
        ("B", "All / Arts", "shown"),
    ]
    assert rows[0]["full name"] == "'=Zebra"
    only = browser.post(f"{PATH}/csv?q=%C3%84%C3%A4h")
    assert [row["id"] for row in csv.DictReader(io.StringIO(page_of(only)))] == [rows[1]["id"]]
