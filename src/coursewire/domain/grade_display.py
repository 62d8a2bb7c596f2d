"""Grades as texts: points, percentages and letters."""

from functools import lru_cache

from coursewire.domain.grade_rounding import nearest
from coursewire.domain.site import Site
from coursewire.store.grades import GradeItem

REAL, PERCENTAGE, LETTER = 1, 2, 3
NO_GRADE = "-"
# So many decimals of a percentage are looked at for a letter.
_EARNED = 10

# Moodle's letters, each with the least percentage that earns it.
LETTERS = (
    (93, "A"),
    (90, "A-"),
    (87, "B+"),
    (83, "B"),
    (80, "B-"),
    (77, "C+"),
    (73, "C"),
    (70, "C-"),
    (67, "D+"),
    (60, "D"),
    (0, "F"),
)


# Shown with a grade of an item that can be passed: a sign, as Moodle's pages draw it.
_SIGN = (
    '<i class="icon fa {shape} fa-fw inline"  title="{word}" role="img" aria-label="{word}"></i>'
)
_PASS = _SIGN.format(shape="fa-check text-success", word="Pass")
_FAIL = _SIGN.format(shape="fa-xmark text-danger", word="Fail")


def chosen(item: GradeItem, site: Site) -> tuple[int, int]:
    """Return how grades of an item are shown, and with how many decimals: its or the site's way."""
    kind = item.display or _setting(site, "grade_displaytype")
    decimals = item.decimals
    return kind, _setting(site, "grade_decimalpoints") if decimals is None else decimals


def sign(item: GradeItem, value: float | None) -> str:
    """Return a sign for passed or failed, nothing for what cannot be failed."""
    if value is None or item.gradepass == item.grademin:
        return ""
    return _PASS if value >= item.gradepass else _FAIL


def display(value: float | None, minimum: float, maximum: float, kind: int, decimals: int) -> str:
    """Return a grade as people read it.

    A kind of two digits shows the first and, in brackets, the second: 12 is `8.00 (80.00 %)`.
    """
    if value is None:
        return NO_GRADE
    first, second = divmod(kind, 10) if kind > LETTER else (kind, 0)
    shown = _single(value, minimum, maximum, first, decimals)
    if second:
        shown = f"{shown} ({_single(value, minimum, maximum, second, decimals)})"
    return shown


def stored(value: float | None) -> str | None:
    """Return a grade as it is stored, with five decimals."""
    return None if value is None else rounded(value, 5)


# As `nearest`: to write a number takes as long as to round it.
@lru_cache(maxsize=4_096)
def rounded(value: float, decimals: int) -> str:
    """Return a number with that many decimals, halves away from zero as people expect them."""
    return str(nearest(value, decimals))


def _single(value: float, minimum: float, maximum: float, kind: int, decimals: int) -> str:
    if kind == PERCENTAGE:
        return f"{rounded(_percentage(value, minimum, maximum), decimals)} %"
    if kind == LETTER:
        # 8.7 of 10 are 87 per cent, although what a computer makes of it is a little less.
        earned = nearest(_percentage(value, minimum, maximum), _EARNED)
        return next((letter for least, letter in LETTERS if earned >= least), LETTERS[-1][1])
    return rounded(value, decimals)


def _setting(site: Site, name: str) -> int:
    value = site.settings[name]
    return value if isinstance(value, int) else 0


def _percentage(value: float, minimum: float, maximum: float) -> float:
    if maximum <= minimum:
        return 100.0
    return (value - minimum) * 100 / (maximum - minimum)
