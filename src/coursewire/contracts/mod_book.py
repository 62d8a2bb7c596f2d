"""Contract of mod_book: books of courses."""

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.activity_parts import InCourses, ListedActivity
from coursewire.contracts.fields import UNSET, Int, Unset
from coursewire.contracts.function import Function
from coursewire.contracts.parts import CallWarning


class Book(ListedActivity, frozen=True, kw_only=True):
    """A book."""

    numbering: Int
    navstyle: Int
    customtitles: Int
    revision: Int | Unset = UNSET
    timecreated: Int | Unset = UNSET
    timemodified: Int | Unset = UNSET


class Books(Struct, frozen=True, kw_only=True):
    """The books of the courses, and courses left out."""

    books: list[Book]
    warnings: list[CallWarning] | Unset = UNSET


get_books_by_courses: Function[InCourses, Books] = Function(
    name="mod_book_get_books_by_courses",
    component="mod_book",
    params=InCourses,
    returns=Books,
    kind="read",
    access=Access(
        at=(Place("course", "courseids[]"),),
        asks=(
            "mod/*:view",
            "moodle/course:manageactivities",
            "moodle/course:viewhiddenactivities",
            *VIEW_COURSE,
        ),
    ),
    services=("moodle_mobile_app",),
    summary="List the books of courses.",
)
