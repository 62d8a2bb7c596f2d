"""The grades of a course as a table: a line for each participant, a column for each item."""

from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct

from coursewire.contracts.errors import MissingRecord
from coursewire.domain import contexts, courses, grade_display, grade_report, separate_groups
from coursewire.domain.call import Call
from coursewire.domain.grade_items import COURSE
from coursewire.domain.grade_report import VIEW_ALL, Report, Value
from coursewire.domain.group_visibility import GroupViewer
from coursewire.domain.site import Site
from coursewire.store import group_list, participants, users
from coursewire.store.batches import batches
from coursewire.store.group_list import ListedGroup
from coursewire.store.users import UserRecord

_NOBODY = 0
# So many people's grades are in memory at once.
_AT_ONCE = 500


class Column(Struct, frozen=True, kw_only=True):
    """An item, or the total of the course."""

    id: int
    name: str
    is_total: bool
    minimum: float
    maximum: float
    is_hidden: bool


class Cell(Struct, frozen=True, kw_only=True, gc=False):
    """A grade; `passed` is None where nothing has to be passed."""

    value: float | None
    passed: bool | None
    is_overridden: bool
    known: Value
    site: Site

    @property
    def shown(self) -> str:
        """Return the grade as its item is read: points, a percentage, a letter."""
        known = self.known
        kind, decimals = grade_display.chosen(known.item, self.site)
        return grade_display.display(known.value, known.minimum, known.maximum, kind, decimals)


class Line(Struct, frozen=True):
    """A participant with a cell for each column."""

    user: UserRecord
    cells: Sequence[Cell]


class GradeTable:
    """The grades of a course as far as the caller may see them, in all of it or in one group."""

    def __init__(self, call: Call, course_id: int, group_id: int = 0, words: str = "") -> None:
        course = courses.require(call.session, course_id)
        self._call = call
        self._place = contexts.get(call.session, contexts.COURSE, course_id)
        call.permissions.require(VIEW_ALL, self._place)
        self._participating = group_list.Wanted(
            course_id=course_id,
            scope=GroupViewer(call).scope(self._place),
            participating=True,
        )
        group_ids = separate_groups.chosen(call, course, self._place, group_id)
        if group_id and not group_ids:
            raise MissingRecord("group", group_id)
        self._graded = grade_report.graded(call, self._place, group_ids, words)

    @property
    def group_ids(self) -> Collection[int] | None:
        """The groups that are looked at; None is the whole course."""
        return self._graded.group_ids

    def groups(self, most: int) -> list[ListedGroup]:
        """Return the first groups that can be looked at."""
        return group_list.page(self._call.session, self._participating, most)

    def columns(self) -> list[Column]:
        """Return the items that the caller sees in their order, the total of the course last."""
        return [_column(known) for known in self._report([]).values(_NOBODY)]

    def count(self) -> int:
        """Return how many people are graded."""
        return participants.count_with_roles(self._call.session, self._graded)

    def lines(self, size: int, offset: int = 0) -> list[Line]:
        """Return some of the lines, by name."""
        return self._lines(participants.with_roles(self._call.session, self._graded, size, offset))

    def every_line(self) -> Iterator[Line]:
        """Return all lines, by name, read some at a time."""
        for some in batches(participants.with_roles(self._call.session, self._graded), _AT_ONCE):
            yield from self._lines(some)

    def _lines(self, ids: Sequence[int]) -> list[Line]:
        found = users.of_ids(self._call.session, ids)
        report = self._report(ids)
        return [
            Line(found[user_id], [self._cell(known) for known in report.values(user_id)])
            for user_id in ids
            if user_id in found
        ]

    def _report(self, user_ids: Collection[int]) -> Report:
        return Report(self._call, self._place, user_ids)

    def _cell(self, known: Value) -> Cell:
        item, value = known.item, known.value
        matters = item.gradepass != item.grademin
        return Cell(
            value=value,
            passed=value >= item.gradepass if matters and value is not None else None,
            is_overridden=known.is_overridden,
            known=known,
            site=self._call.site,
        )


def _column(known: Value) -> Column:
    item = known.item
    is_total = item.type == COURSE
    return Column(
        id=item.id,
        name="Course total" if is_total else item.name or f"Item {item.id}",
        is_total=is_total,
        minimum=known.minimum,
        maximum=known.maximum,
        is_hidden=known.is_hidden,
    )
