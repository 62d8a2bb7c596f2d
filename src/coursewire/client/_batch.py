"""Many rows for one function: in parts, and where a part is refused, down to the row at fault."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

from coursewire.client._contracts import Plan
from coursewire.client._errors import (
    AccessDenied,
    InvalidParameter,
    InvalidToken,
    MoodleError,
    SiteUnavailable,
    UnexpectedAnswer,
)
from coursewire.client._exchange import Steps
from coursewire.client._protocol import Protocol

R = TypeVar("R")

# These are about the token or the site: the next part would fare no better.
_STOPS = (InvalidToken, AccessDenied, SiteUnavailable, UnexpectedAnswer)

# Of more than 1,000 fields PHP drops the last ones without a word, where it was not told to take
# more; a few are the protocol's own.
_MOST_FIELDS = 990


class Progress(Struct, frozen=True):
    """How far a batch is: rows that need no more work, of how many, and the failed among them."""

    settled: int
    total: int
    failed: int


class Done(Struct, Generic[R], frozen=True):
    """Rows that went through in one call, by their places among all rows, and its answer."""

    rows: tuple[int, ...]
    answer: R


class Failed(Struct, frozen=True):
    """A row that was refused.

    `alone` is false where it was refused together with others and cannot be told from them: the
    function may have carried out some rows of the call, so that it is not repeated in parts.
    """

    row: int
    error: MoodleError
    alone: bool = True


class Report(Struct, Generic[R]):
    """What became of each row of a batch; rows are named by their places, from 0.

    `stopped` is the error that ended the batch early, if one did. The rows of the call that met it
    are `unknown` where they may have been carried out, all rows behind it `untried`.
    """

    total: int
    done: list[Done[R]] = field(default_factory=list[Any])
    failed: list[Failed] = field(default_factory=list[Failed])
    unknown: list[int] = field(default_factory=list[int])
    untried: list[int] = field(default_factory=list[int])
    stopped: MoodleError | None = None

    @property
    def ok(self) -> bool:
        """Tell whether every row went through."""
        return not self.failed and self.stopped is None

    def results(self) -> dict[int, Any]:
        """Return what a function answered to each row, where its answers are lists by row."""
        found: dict[int, Any] = {}
        for part in self.done:
            answer: object = part.answer
            if isinstance(answer, list) and len(answer) == len(part.rows):  # pyright: ignore[reportUnknownArgumentType] - any list
                found.update(zip(part.rows, answer, strict=True))  # pyright: ignore[reportUnknownArgumentType] - any list
        return found

    def require_all(self) -> None:
        """Raise the error that stopped the batch, or else that of the first failed row."""
        if self.stopped is not None:
            raise self.stopped
        for failure in sorted(self.failed, key=lambda failure: failure.row):
            raise failure.error


Watch = Callable[[Progress], object]


def batch(
    protocol: Protocol, plan: Plan, rows: Sequence[object], size: int, progress: Watch | None
) -> Steps[Report[Any]]:
    """Send rows in parts; bisect refused ones where the function is all or nothing."""
    if not plan.rows_key:
        msg = f"{plan.name} has no single parameter that is a list of rows"
        raise ValueError(msg)
    if size < 1:
        msg = f"size is {size}; 1 is the least"
        raise ValueError(msg)
    report: Report[Any] = Report(total=len(rows))
    fitting = _fitting(protocol, plan, rows, report)
    _tell(report, progress)
    parts = deque(_parts(fitting, size))
    while parts:
        part = parts.popleft()
        try:
            answer = yield from protocol.call_rows(plan, [rows[row] for row in part])
        except _STOPS as error:
            _stop(report, error, part, [row for rest in parts for row in rest])
            break
        except MoodleError as error:
            parts.extendleft(reversed(_refused(report, plan, error, part)))
        else:
            report.done.append(Done(part, answer))
        _tell(report, progress)
    return report


def _fitting(
    protocol: Protocol, plan: Plan, rows: Sequence[object], report: Report[Any]
) -> dict[int, int]:
    """Return how many fields each row takes that fits."""
    found: dict[int, int] = {}
    for place, row in enumerate(rows):
        try:
            found[place] = protocol.fields_of_row(plan, row)
        except InvalidParameter as error:
            report.failed.append(Failed(place, error))
    return found


def _parts(fields: Mapping[int, int], size: int) -> Iterator[tuple[int, ...]]:
    part: list[int] = []
    taken = 0
    for row, number in fields.items():
        if part and (len(part) == size or taken + number > _MOST_FIELDS):
            yield tuple(part)
            part, taken = [], 0
        part.append(row)
        taken += number
    if part:
        yield tuple(part)


def _refused(
    report: Report[Any], plan: Plan, error: MoodleError, part: tuple[int, ...]
) -> list[tuple[int, ...]]:
    """Return the halves to try next; none where the part is a single row, or not to be divided."""
    if len(part) > 1 and plan.is_all_or_nothing:
        middle = len(part) // 2
        return [part[:middle], part[middle:]]
    report.failed.extend(Failed(row, error, alone=len(part) == 1) for row in part)
    return []


def _stop(report: Report[Any], error: MoodleError, part: tuple[int, ...], rest: list[int]) -> None:
    report.stopped = error
    may_have_run = bool(getattr(error, "may_have_run", False))
    (report.unknown if may_have_run else report.untried).extend(part)
    report.untried.extend(rest)


def _tell(report: Report[Any], progress: Watch | None) -> None:
    if progress is not None:
        failed = len(report.failed)
        settled = sum(len(part.rows) for part in report.done) + failed
        progress(Progress(settled, report.total, failed))
