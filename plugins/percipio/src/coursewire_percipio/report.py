"""The report of attempts: filtered rows, and the same as CSV."""

from collections.abc import Sequence
from datetime import UTC, datetime

from coursewire.plugin import (
    AnyRow,
    Call,
    InvalidParameter,
    Session,
    contexts,
    text,
    users,
)
from coursewire_percipio import attempts
from coursewire_percipio.attempts import Wanted

VIEW = "mod/percipio:viewreports"
ROWS = 50
LONGEST = 100_000
HEADINGS = (
    "course",
    "user",
    "username",
    "state",
    "grade",
    "passing score",
    "last score",
    "percent complete",
    "duration",
    "created",
    "revisited",
    "completed",
    "modified",
)
STATES = ("incomplete", "complete", "passed", "failed")


def rows(
    call: Call, wanted: Wanted, limit: int = ROWS, offset: int = 0
) -> list[tuple[object, ...]]:
    """Return what the caller may see: one course's report, or with the right for all, all."""
    _require_permission(call, wanted)
    found = attempts.listed(call.session, wanted, limit, offset)
    return _shown(call.session, found)


def csv(call: Call, wanted: Wanted) -> str:
    """Return the report as a CSV file."""
    return text.csv_document([HEADINGS, *rows(call, wanted, LONGEST)])


def day(written: str | None, after: int = 0) -> int | None:
    """Return when a day such as 2026-11-21 begins, or so many days after it; None for no day."""
    if not written:
        return None
    try:
        found = datetime.strptime(written, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        reason = f"{written[:20]!r} is no day"
        raise InvalidParameter(reason, remedy="write it as 2026-11-21") from None
    return int(found.timestamp()) + after * 86_400


def _require_permission(call: Call, wanted: Wanted) -> None:
    place = call.site.system
    if wanted.course_id:
        place = contexts.get(call.session, contexts.COURSE, wanted.course_id)
    call.permissions.require(VIEW, place)


def _shown(session: Session, found: Sequence[AnyRow]) -> list[tuple[object, ...]]:
    people = users.of_ids(session, {row.user_id for row in found})
    return [
        (
            row.percipioid,
            f"{people[row.user_id].firstname} {people[row.user_id].lastname}",
            people[row.user_id].username,
            STATES[row.state],
            row.grade,
            row.passingscore,
            row.lastscore,
            row.percentcomplete,
            row.totalduration,
            _time(row.timecreated),
            _time(row.timerevisited),
            _time(row.timecompleted),
            _time(row.timemodified),
        )
        for row in found
    ]


def _time(milliseconds: int | None) -> str:
    if milliseconds is None:
        return ""
    return text.written_time(milliseconds // 1000, "%Y-%m-%d %H:%M:%S")
