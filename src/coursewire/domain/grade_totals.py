"""Course totals by natural aggregation: the points of everything that was graded, added up."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from coursewire.domain.grade_rounding import nearest
from coursewire.store.grades import Grade, GradeItem

PRECISION = 5
VALUE, SCALE = 1, 2


class Total(Struct, frozen=True):
    """What a user reached in a course, None before anything is graded, and what was to be had."""

    value: float | None
    maximum: float


def counts(item: GradeItem) -> bool:
    """Tell whether an item goes into the total: texts and ungraded items have no points."""
    return item.type != "course" and item.gradetype in {VALUE, SCALE}


def total(items: Iterable[GradeItem], grades: Mapping[int, Grade]) -> Total:
    """Add up a user's grades, given by item; what is not graded neither counts nor is to be had."""
    points, maximum, graded = 0.0, 0.0, False
    for item in items:
        grade = grades.get(item.id)
        if not counts(item) or grade is None or grade.finalgrade is None or grade.excluded:
            continue
        points += grade.finalgrade
        maximum += item.grademax
        graded = True
    if not graded:
        return Total(value=None, maximum=highest(items))
    return Total(value=bounded(points, 0, maximum), maximum=round(maximum, PRECISION))


def highest(items: Iterable[GradeItem]) -> float:
    """Return what somebody could reach who is graded in everything."""
    return round(sum(item.grademax for item in items if counts(item)), PRECISION)


def weights(items: Sequence[GradeItem]) -> dict[int, float]:
    """Return each item's share of the highest total."""
    whole = highest(items)
    return {
        item.id: round(item.grademax / whole, PRECISION) if whole else 0.0
        for item in items
        if counts(item)
    }


def final(item: GradeItem, raw: float) -> float:
    """Return the grade that counts for what an activity gave, as its item scales and bounds it."""
    return bounded(raw * item.multfactor + item.plusfactor, item.grademin, item.grademax)


def bounded(value: float, minimum: float, maximum: float) -> float:
    """Return the value, or the nearest that the item can have, as precisely as it is stored."""
    return precise(min(max(value, minimum), maximum))


def precise(value: float) -> float:
    """Return a number of grading as precisely as it is stored."""
    return float(nearest(value, PRECISION))
