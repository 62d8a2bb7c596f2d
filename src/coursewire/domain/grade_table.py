"""The grades of a course as a table: a line for each participant, a column for each item."""

from collections.abc import Collection, Sequence

from msgspec import Struct

from coursewire.contracts.errors import MissingRecord
from coursewire.domain import contexts, courses, grade_display, grade_report, separate_groups
from coursewire.domain.call import Call
from coursewire.domain.grade_items import COURSE
from coursewire.domain.grade_report import VIEW_ALL, Report, Row
from coursewire.domain.group_visibility import GroupViewer
from coursewire.store import group_list, participants, users
from coursewire.store.group_list import ListedGroup
from coursewire.store.users import UserRecord

_NOBODY = 0
# So many people's grades are in memory at once.
AT_ONCE = 500


class Column(Struct, frozen=True, kw_only=True):
    """An item, or the total of the course; `cmid` is the activity that it belongs to."""

    id: int
    name: str
    is_total: bool
    cmid: int | None
    minimum: float
    maximum: float
    is_hidden: bool


class Cell(Struct, frozen=True, kw_only=True):
    """A grade as it is read; `passed` is None where nothing has to be passed."""

    value: float | None
    shown: str
    passed: bool | None
    is_hidden: bool
    is_overridden: bool


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
        return [_column(row) for row in self._report([]).rows(_NOBODY)]

    def count(self) -> int:
        """Return how many people are graded."""
        return participants.count_with_roles(self._call.session, self._graded)

    def lines(self, size: int, offset: int = 0) -> list[Line]:
        """Return some of the lines, by name."""
        session = self._call.session
        ids = participants.with_roles(session, self._graded, size, offset)
        found = users.of_ids(session, ids)
        report = self._report(ids)
        return [
            Line(found[user_id], [self._cell(row) for row in report.rows(user_id)])
            for user_id in ids
            if user_id in found
        ]

    def _report(self, user_ids: Collection[int]) -> Report:
        return Report(self._call, self._place, user_ids)

    def _cell(self, row: Row) -> Cell:
        item = row.item
        kind, decimals = grade_display.chosen(item, self._call.site)
        matters = row.value is not None and item.gradepass != item.grademin
        return Cell(
            value=row.value,
            shown=grade_display.display(row.value, row.minimum, row.maximum, kind, decimals),
            passed=row.value >= item.gradepass if matters and row.value is not None else None,
            is_hidden=row.is_hidden,
            is_overridden=row.is_overridden,
        )


def _column(row: Row) -> Column:
    is_total = row.item.type == COURSE
    return Column(
        id=row.item.id,
        name="Course total" if is_total else row.item.name or f"Item {row.item.id}",
        is_total=is_total,
        cmid=row.cmid,
        minimum=row.minimum,
        maximum=row.maximum,
        is_hidden=row.is_hidden,
    )
