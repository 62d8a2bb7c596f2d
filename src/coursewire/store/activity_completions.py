"""Rows of activity completion: how far people are with activities."""

from collections.abc import Collection, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, select

from coursewire.store import upserts
from coursewire.store.batches import batches
from coursewire.store.direct import DirectRead
from coursewire.store.direct_lists import DirectListRead, among
from coursewire.store.schema.completion import activity_completions
from coursewire.store.session import Session


class ActivityCompletionRecord(Struct, frozen=True, gc=False):
    """How far a user is with an activity; `overrideby` names who set it by hand for them."""

    course_module_id: int
    user_id: int
    state: int = 0
    viewed: int = 0
    overrideby: int | None = None
    timemodified: int = 0


_columns = activity_completions.c
_EVERYTHING = select(
    _columns.course_module_id,
    _columns.user_id,
    _columns.state,
    _columns.viewed,
    _columns.overrideby,
    _columns.timemodified,
)
_CHANGING = ("state", "viewed", "overrideby", "timemodified")


_ONE = DirectRead(
    _EVERYTHING.where(
        _columns.course_module_id == bindparam("cmid"), _columns.user_id == bindparam("user")
    )
)

_OF_USER = DirectListRead(
    _EVERYTHING.where(
        _columns.user_id == bindparam("user"), among(_columns.course_module_id, "cmids")
    )
)


def get(session: Session, cmid: int, user_id: int) -> ActivityCompletionRecord | None:
    """Return how far a user is with an activity, None where it is untouched."""
    row = _ONE.one(session, {"cmid": cmid, "user": user_id})
    return None if row is None else ActivityCompletionRecord(*row)


def of_user(
    session: Session, user_id: int, cmids: Collection[int]
) -> dict[int, ActivityCompletionRecord]:
    """Return how far a user is with activities, by course module; untouched ones are left out."""
    rows = _OF_USER.of_all(session, "cmids", sorted(set(cmids)), {"user": user_id})
    return {row[0]: ActivityCompletionRecord(*row) for row in rows}


def of_activities(
    session: Session, cmids: Collection[int], user_ids: Collection[int]
) -> list[ActivityCompletionRecord]:
    """Return how far people are with some activities."""
    found: list[ActivityCompletionRecord] = []
    for some in batches(sorted(set(user_ids))):
        statement = _EVERYTHING.where(
            _columns.course_module_id.in_(cmids), _columns.user_id.in_(some)
        )
        found.extend(ActivityCompletionRecord(*row) for row in session.rows(statement))
    return found


def put_many(session: Session, records: Sequence[ActivityCompletionRecord]) -> None:
    """Store completions, each new or in place of what the user had for the activity."""
    key = ("course_module_id", "user_id")
    rows = [_row(record) for record in records]
    upserts.put(session, activity_completions, key, _CHANGING, rows)


def _row(record: ActivityCompletionRecord) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__struct_fields__}
