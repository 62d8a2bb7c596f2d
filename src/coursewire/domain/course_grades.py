"""A user's totals in all courses, as far as the caller may see them (functions.md 1.24)."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from coursewire.domain import contexts, enrolled_courses, grade_display, seen_totals
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.seen_totals import Book, SeenTotal
from coursewire.domain.site import Site
from coursewire.store import grades as store
from coursewire.store import roles
from coursewire.store.enrolments import CourseOfUser

VIEW_ALL = "moodle/grade:viewall"
VIEW_OWN = "moodle/grade:view"
VIEW_REPORTS = "moodle/user:viewuseractivitiesreport"


class CourseTotal(Struct, frozen=True, kw_only=True):
    """A total as the caller sees it; the rank only where the site shows ranks."""

    course_id: int
    value: float | None
    shown: str
    rank: int | None = None


def of_user(call: Call, user_id: int) -> list[CourseTotal]:
    """Return a user's totals, in the order of the user's courses."""
    oneself = user_id == call.caller.id
    active_at = call.now if oneself else None
    enrolled = enrolled_courses.of_user(call.session, user_id, call.site, active_at)
    places = contexts.of_courses(call.session, [course.id for course in enrolled])
    courses = _Readable(call, user_id, places).among(enrolled)
    items = store.items_of(call.session, [course.id for course in courses])
    item_ids = [item.id for some in items.values() for item in some]
    held = store.of_users(call.session, item_ids, [user_id]).get(user_id, [])
    grades = {grade.item_id: grade for grade in held}
    hidden = store.hidden_categories(call.session, items)
    return [
        _Reading(
            call,
            places[course.id],
            Book(
                items=items.get(course.id, []),
                grades=grades,
                is_category_hidden=course.id in hidden,
            ),
        ).total()
        for course in courses
    ]


class _Readable:
    """Which courses' totals the caller may read at all."""

    def __init__(self, call: Call, user_id: int, places: Mapping[int, Context]) -> None:
        self._call = call
        self._oneself = user_id == call.caller.id
        self._places = places
        self._graded_in = _places_with_roles(call, user_id)
        own_place = contexts.user(call.session, user_id)
        self._reads_reports = own_place is not None and call.permissions.may(
            VIEW_REPORTS, own_place
        )

    def among(self, courses: Sequence[CourseOfUser]) -> list[CourseOfUser]:
        return [course for course in courses if self._is_readable(course)]

    def _is_readable(self, course: CourseOfUser) -> bool:
        place = self._places.get(course.id)
        if place is None or not course.showgrades or place.id not in self._graded_in:
            return False
        may = self._call.permissions.may
        if not course.visible and not may(enrolled_courses.SEE_HIDDEN, place):
            return False
        return (
            self._reads_reports or may(VIEW_ALL, place) or (self._oneself and may(VIEW_OWN, place))
        )


class _Reading:
    """The reading of one course's total."""

    def __init__(self, call: Call, place: Context, book: Book) -> None:
        self._call = call
        self._place = place
        self._book = book

    def total(self) -> CourseTotal:
        rule = _setting(self._call.site, "grade_report_overview_showtotalsifcontainhidden")
        seen = seen_totals.seen(self._call, self._place, self._book, rule)
        return CourseTotal(
            course_id=self._place.instanceid,
            value=None if seen is None else seen.value,
            shown=self._shown(seen),
            rank=self._rank(seen),
        )

    def _shown(self, seen: SeenTotal | None) -> str:
        item = self._book.total_item
        if seen is None or item is None:
            return grade_display.NO_GRADE
        kind, decimals = grade_display.chosen(item, self._call.site)
        return grade_display.display(seen.value, seen.minimum, seen.maximum, kind, decimals)

    def _rank(self, seen: SeenTotal | None) -> int | None:
        """Return the place among all totals, which is told of a whole one only.

        A part of a total has no place among whole ones, and its place would tell of what is hidden.
        """
        shows = self._call.site.settings["grade_report_overview_showrank"]
        item = self._book.total_item
        if not shows or seen is None or not seen.is_whole or item is None:
            return None
        return 1 + store.count_above(self._call.session, item.id, seen.value)


def _places_with_roles(call: Call, user_id: int) -> set[int]:
    """Return the contexts in which a user holds a role whose holders are graded."""
    held = roles.held(call.session, [user_id]).get(user_id, [])
    return {place for place, role_id in held if role_id in call.site.gradebook_roles}


def _setting(site: Site, name: str) -> int:
    value = site.settings[name]
    return value if isinstance(value, int) else 0
