"""A user's course total as the caller sees it: what hidden grades do to it."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from coursewire.domain import grade_totals
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.grade_items import COURSE
from coursewire.domain.once import once
from coursewire.store.grades import Grade, GradeItem

VIEW_HIDDEN = "moodle/grade:viewhidden"

# What a total does when hidden grades go into it: the site's setting.
NOT_SHOWN, WITHOUT_HIDDEN = 0, 1


class Book(Struct, frozen=True, kw_only=True, dict=True):
    """A user's grades in one course, by item, and what is graded there."""

    items: Sequence[GradeItem]
    grades: Mapping[int, Grade]
    is_category_hidden: bool = False

    @once
    def total_item(self) -> GradeItem | None:
        """Return the item of the course total."""
        return next((item for item in self.items if item.type == COURSE), None)

    @once
    def total(self) -> Grade | None:
        """Return the user's total, hidden or not."""
        item = self.total_item
        return None if item is None else self.grades.get(item.id)


class SeenTotal(Struct, frozen=True, gc=False):
    """A total as it may be seen, the range of what went into it, and whether that is everything."""

    value: float
    minimum: float
    maximum: float
    is_whole: bool = True


def is_hidden(item: GradeItem, grade: Grade | None, now: int) -> bool:
    """Tell whether an item, or the user's grade in it, is hidden for good or until later."""
    return _hides(item.hidden, now) or (grade is not None and _hides(grade.hidden, now))


def _hides(state: int, now: int) -> bool:
    return state == 1 or state > now


def seen(call: Call, place: Context, book: Book, rule: int) -> SeenTotal | None:
    """Return the total, None where there is none or where the caller must not see it."""
    total, item = book.total, book.total_item
    if total is None or item is None or total.finalgrade is None:
        return None
    whole = SeenTotal(total.finalgrade, total.rawgrademin, total.rawgrademax)
    if call.permissions.may(VIEW_HIDDEN, place):
        return whole
    if book.is_category_hidden or is_hidden(item, total, call.now):
        return None
    return _without_hidden(book, whole, call.now, rule)


def _without_hidden(book: Book, whole: SeenTotal, now: int, rule: int) -> SeenTotal | None:
    """Return the total for those who may not see hidden grades.

    A hidden item hides the total even of users who have no grade in it: otherwise they would
    learn from it that they have none.
    """
    counted = [item for item in book.items if grade_totals.counts(item)]
    open_ones = [item for item in counted if not is_hidden(item, book.grades.get(item.id), now)]
    if len(open_ones) == len(counted):
        return whole
    if rule == WITHOUT_HIDDEN:
        rest = grade_totals.total(open_ones, book.grades)
        if rest.value is None:
            return None
        # Neither do hidden grades show in what was to be had.
        return SeenTotal(rest.value, 0, rest.maximum, is_whole=False)
    return None if rule == NOT_SHOWN else whole
