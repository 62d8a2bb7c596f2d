"""The grades of one course, item by item, as the caller sees them."""

from collections.abc import Collection, Sequence
from functools import cached_property, lru_cache

from msgspec import Struct

from coursewire.domain import (
    activity_access,
    answer_rows,
    grade_display,
    grade_items,
    grade_totals,
    seen_totals,
)
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.grade_display import NO_GRADE, PERCENTAGE
from coursewire.domain.grade_items import ACTIVITY, COURSE
from coursewire.domain.grades import BY_PERSON, BY_SYSTEM
from coursewire.domain.seen_totals import VIEW_HIDDEN, Book, SeenTotal
from coursewire.store import grades as store
from coursewire.store import participants
from coursewire.store.grades import Grade, GradeItem
from coursewire.store.participants import Holders
from coursewire.text.long import format_text
from coursewire.text.settings import FileArea

VIEW_ALL = "moodle/grade:viewall"

# An item that is not graded at all.
UNGRADED = 0

# A course has one category, and its items stand one below it.
DEPTH = 2

NOT_GRADED, LEFT_OUT = "novalue", "excluded"


def people(call: Call, place: Context, group_ids: Collection[int] | None) -> list[int]:
    """Return by name who is graded in a course: in the whole of it, or in some groups."""
    return participants.with_roles(call.session, graded(call, place, group_ids))


def graded(
    call: Call, place: Context, group_ids: Collection[int] | None, words: str = ""
) -> Holders:
    """Return who is graded in a course, to be counted or read in parts."""
    return Holders(
        course_id=place.instanceid,
        now=call.now,
        places=place.ids,
        role_ids=call.site.gradebook_roles,
        group_ids=group_ids,
        words=words,
    )


class Value(Struct, frozen=True, gc=False):
    """An item and a user's grade in it, as numbers."""

    item: GradeItem
    grade: Grade | None
    value: float | None
    minimum: float
    maximum: float
    is_hidden: bool

    @property
    def is_overridden(self) -> bool:
        """Tell whether somebody set the grade by hand, whatever its activity gave."""
        return bool(self.grade and self.grade.overridden)


class Row(Struct, frozen=True, kw_only=True):
    """An item and a user's grade in it; the weight is the item's share in the shown total."""

    item: GradeItem
    cmid: int | None
    value: float | None
    shown: str
    percentage: str
    range: str
    minimum: float
    maximum: float
    graded_at: int | None
    is_hidden: bool
    hidden_until: bool
    is_locked: bool
    is_overridden: bool
    feedback: str
    feedbackformat: int
    weight: float | None = None
    status: str | None = None


class Report:
    """The items of a course that the caller sees, and people's grades in them."""

    def __init__(self, call: Call, place: Context, user_ids: Collection[int]) -> None:
        self._call = call
        self._place = place
        self._sees_hidden = call.permissions.may(VIEW_HIDDEN, place)
        self._items = grade_items.of_course(call.session, place.instanceid)
        answer_rows.require_count(call, "grade items", len(self._items) * len(user_ids))
        self._hidden = store.hidden_categories(call.session, [place.instanceid])
        ids = [item.id for item in self._items]
        self._grades = store.of_users(call.session, ids, user_ids)
        self._modules = {
            (activity.module, activity.instance): activity.id
            for activity in activity_access.open_in(call, place.instanceid)
        }
        # How an item is set up beyond what its grades tell is for those who grade.
        self.shows_setup = call.permissions.may(VIEW_ALL, place)

    def rows(self, user_id: int) -> list[Row]:
        """Return a user's rows: items in their order, the course total after them."""
        book, total = self._book(user_id)
        return [self._row(self._known(item, book, total), book, total) for item in self._shown]

    def values(self, user_id: int) -> list[Value]:
        """Return the numbers of the rows alone: texts made of them are most of the work."""
        book, total = self._book(user_id)
        return [self._known(item, book, total) for item in self._shown]

    def _book(self, user_id: int) -> tuple[Book, SeenTotal | None]:
        book = Book(
            items=self._items,
            grades={grade.item_id: grade for grade in self._grades.get(user_id, [])},
            is_category_hidden=bool(self._hidden),
        )
        rule = self._call.site.settings["grade_report_user_showtotalsifcontainhidden"]
        return book, seen_totals.seen(
            self._call, self._place, book, rule if isinstance(rule, int) else 0
        )

    @cached_property
    def _shown(self) -> Sequence[GradeItem]:
        ordered = sorted(self._items, key=lambda item: item.type == COURSE)
        return [item for item in ordered if self._is_shown(item)]

    def _is_shown(self, item: GradeItem) -> bool:
        if item.type == COURSE:
            return True
        if item.gradetype == UNGRADED:
            return False
        if item.type == ACTIVITY and (item.module, item.instance) not in self._modules:
            return False
        return self._sees_hidden or not seen_totals.is_hidden(item, None, self._call.now)

    def _known(self, item: GradeItem, book: Book, total: SeenTotal | None) -> Value:
        grade = book.grades.get(item.id)
        is_hidden = seen_totals.is_hidden(item, grade, self._call.now)
        if item.type == COURSE and total is not None:
            return Value(item, grade, total.value, total.minimum, total.maximum, is_hidden)
        value = None if item.type == COURSE else self._value(item, grade, is_hidden=is_hidden)
        return Value(item, grade, value, *_bounds(item, grade), is_hidden)

    def _row(self, known: Value, book: Book, total: SeenTotal | None) -> Row:
        item, grade = known.item, known.grade
        value, minimum, maximum = known.value, known.minimum, known.maximum
        weight, status = (None, None) if item.type == COURSE else _weight(item, book, total)
        shown, percentage = self._texts(known)
        feedback, feedbackformat = self._feedback(known, book)
        return Row(
            item=item,
            cmid=self._modules.get((item.module or "", item.instance or 0)),
            value=value,
            shown=shown,
            percentage=percentage,
            range=_range(minimum, maximum, self._decimals_of_ranges),
            minimum=minimum,
            maximum=maximum,
            graded_at=_graded_at(item, grade),
            is_hidden=known.is_hidden,
            hidden_until=_hidden_until(item, grade),
            is_locked=bool(item.locked or (grade and grade.locked)),
            is_overridden=known.is_overridden,
            feedback=feedback,
            feedbackformat=feedbackformat,
            weight=weight,
            status=status,
        )

    def _texts(self, known: Value) -> tuple[str, str]:
        """Return a grade as it is shown, and its percentage."""
        item, value, minimum, maximum = known.item, known.value, known.minimum, known.maximum
        if value is None:
            return NO_GRADE, NO_GRADE
        kind, decimals = grade_display.chosen(item, self._call.site)
        shown = grade_display.display(value, minimum, maximum, kind, decimals)
        percentage = grade_display.display(value, minimum, maximum, PERCENTAGE, decimals)
        return grade_display.sign(item, value) + shown, percentage

    def _value(self, item: GradeItem, grade: Grade | None, *, is_hidden: bool) -> float | None:
        # What was given while an item had points is not told where it has feedback alone.
        if grade is None or not grade_totals.counts(item) or (is_hidden and not self._sees_hidden):
            return None
        return grade.finalgrade

    def _feedback(self, known: Value, book: Book) -> tuple[str, int]:
        """Return what is said of a grade, and its format; it tells as much as the grade does."""
        grade = known.grade
        number = _feedbackformat(grade, book)
        if grade is None or (known.is_hidden and not self._sees_hidden):
            return "", number
        call = self._call
        files = FileArea(call.site.url, self._place.id, "grade", "feedback", grade.id)
        return format_text(grade.feedback, number, call.text, files)

    @cached_property
    def _decimals_of_ranges(self) -> int:
        decimals = self._call.site.settings["grade_report_user_rangedecimals"]
        return decimals if isinstance(decimals, int) else 0


# As `grade_display.rounded`: most items have the range of many others.
@lru_cache(maxsize=4_096)
def _range(minimum: float, maximum: float, decimals: int) -> str:
    rounded = grade_display.rounded
    return f"{rounded(minimum, decimals)}&ndash;{rounded(maximum, decimals)}"


def _bounds(item: GradeItem, grade: Grade | None) -> tuple[float, float]:
    """Return the range of a grade; a total has that of what the user was graded in."""
    if item.type == COURSE and grade is not None and grade.finalgrade is not None:
        return grade.rawgrademin, grade.rawgrademax
    return item.grademin, item.grademax


def _weight(
    item: GradeItem, book: Book, total: SeenTotal | None
) -> tuple[float | None, str | None]:
    """Return an item's share in a user's total, and why it has none."""
    if total is None or not grade_totals.counts(item):
        return None, None
    grade = book.grades.get(item.id)
    if grade is None or grade.finalgrade is None:
        return 0.0, NOT_GRADED
    if grade.excluded:
        return 0.0, LEFT_OUT
    whole = total.maximum
    return (item.grademax / whole if whole else 0.0), None


def _graded_at(item: GradeItem, grade: Grade | None) -> int | None:
    if grade is None or grade.finalgrade is None:
        return None
    return grade.timemodified if item.type == COURSE or grade_totals.counts(item) else None


def _hidden_until(item: GradeItem, grade: Grade | None) -> bool:
    """Tell whether a moment is set until which the grade is hidden: 1 hides it for good."""
    return item.hidden > 1 or (grade is not None and grade.hidden > 1)


def _feedbackformat(grade: Grade | None, book: Book) -> int:
    if grade is not None:
        return grade.feedbackformat
    # Who has a total has been worked out in every item.
    return BY_PERSON if book.total is None else BY_SYSTEM
