"""Body of mod_book: the books of courses."""

from coursewire.contracts import mod_book as c
from coursewire.contracts.activity_parts import InCourses
from coursewire.domain import listed_activities
from coursewire.domain.call import Call
from coursewire.domain.listed_activities import Listed
from coursewire.functions.binding import Bound


def get_books_by_courses(call: Call, params: InCourses) -> c.Books:
    """List the books of the courses that the caller may enter."""
    entered = listed_activities.enter(call, params.courseids)
    found = listed_activities.find(call, entered.courses, "book")
    return c.Books(books=[_book(call, each) for each in found], warnings=entered.warnings)


def _book(call: Call, listed: Listed) -> c.Book:
    return c.Book(
        **listed_activities.described(call, listed),
        numbering=0,
        navstyle=0,
        customtitles=0,
        timecreated=listed.record.added,
        timemodified=listed.details.timemodified,
    )


FUNCTIONS = (Bound(c.get_books_by_courses, get_books_by_courses, long=True),)
