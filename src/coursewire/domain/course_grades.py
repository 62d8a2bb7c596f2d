"""A user's totals in all courses, as far as the caller may see them (functions.md 1.24)."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from coursewire.domain import contexts, enrolled_courses, grade_display, grade_totals
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.grade_items import COURSE
from coursewire.domain.site import Site
from coursewire.store import grades as store
from coursewire.store import roles
from coursewire.store.enrolments import CourseOfUser
from coursewire.store.grades import Grade, GradeItem

VIEW_ALL = "moodle/grade:viewall"
VIEW_OWN = "moodle/grade:view"
VIEW_HIDDEN = "moodle/grade:viewhidden"
VIEW_REPORTS = "moodle/user:viewuseractivitiesreport"

# What a total does when hidden grades go into it: the site's setting.
NOT_SHOWN, WITHOUT_HIDDEN = 0, 1


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
        _Reading(call, places[course.id], items.get(course.id, []), grades).total(
            category_hidden=course.id in hidden
        )
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

    def __init__(
        self, call: Call, place: Context, items: Sequence[GradeItem], grades: Mapping[int, Grade]
    ) -> None:
        self._call = call
        self._place = place
        self._items = items
        self._grades = grades
        self._item = next((item for item in items if item.type == COURSE), None)

    def total(self, *, category_hidden: bool) -> CourseTotal:
        value = self._value(category_hidden=category_hidden)
        return CourseTotal(
            course_id=self._place.instanceid,
            value=value,
            shown=self._shown(value),
            rank=self._rank(value),
        )

    def _value(self, *, category_hidden: bool) -> float | None:
        mine = self._mine()
        if mine is None or mine.finalgrade is None:
            return None
        if self._call.permissions.may(VIEW_HIDDEN, self._place):
            return mine.finalgrade
        if category_hidden or (self._item and self._is_hidden(self._item)):
            return None
        return self._without_hidden(mine.finalgrade)

    def _without_hidden(self, value: float) -> float | None:
        """Return the total for those who may not see hidden grades.

        A hidden item hides the total even of users who have no grade in it: otherwise they would
        learn from it that they have none.
        """
        counted = [item for item in self._items if grade_totals.counts(item)]
        open_ones = [item for item in counted if not self._is_hidden(item)]
        rule = _setting(self._call.site, "grade_report_overview_showtotalsifcontainhidden")
        if len(open_ones) == len(counted):
            return value
        if rule == WITHOUT_HIDDEN:
            return grade_totals.total(open_ones, self._grades).value
        return None if rule == NOT_SHOWN else value

    def _is_hidden(self, item: GradeItem) -> bool:
        """Tell whether an item, or the user's grade in it, is hidden for good or until later."""
        grade = self._grades.get(item.id)
        states = (item.hidden, 0 if grade is None else grade.hidden)
        return any(state == 1 or state > self._call.now for state in states)

    def _mine(self) -> Grade | None:
        return None if self._item is None else self._grades.get(self._item.id)

    def _shown(self, value: float | None) -> str:
        mine, item = self._mine(), self._item
        if value is None or mine is None or item is None:
            return grade_display.NO_GRADE
        site = self._call.site
        kind = item.display or _setting(site, "grade_displaytype")
        chosen = item.decimals
        decimals = _setting(site, "grade_decimalpoints") if chosen is None else chosen
        return grade_display.display(value, mine.rawgrademin, mine.rawgrademax, kind, decimals)

    def _rank(self, value: float | None) -> int | None:
        shows = self._call.site.settings["grade_report_overview_showrank"]
        if not shows or value is None or self._item is None:
            return None
        return 1 + store.count_above(self._call.session, self._item.id, value)


def _places_with_roles(call: Call, user_id: int) -> set[int]:
    """Return the contexts in which a user holds a role whose holders are graded."""
    held = roles.held(call.session, [user_id]).get(user_id, [])
    return {place for place, role_id in held if role_id in call.site.gradebook_roles}


def _setting(site: Site, name: str) -> int:
    value = site.settings[name]
    return value if isinstance(value, int) else 0
