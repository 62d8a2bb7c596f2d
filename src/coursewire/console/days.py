"""Days as date fields hold them: `2027-02-28`, in UTC."""

from datetime import UTC, datetime

from coursewire.console.visit import Visit
from coursewire.text import times

_DAY = 86_400


def day(seconds: int) -> str:
    """Return a time as the value of a date field: one without a date as the nearest that has one.

    An empty field would be read as no time at all, and take the place of what was there.
    """
    return times.written(times.nearest(seconds)) if seconds else ""


def instant(visit: Visit, field: str, *, ends: bool = False, before: int = 0) -> int:
    """Return the start of the day in a field, or its last second; 0 for an empty field.

    As long as the field names the day that was there, the exact second stays.
    """
    written = visit.form.text(field)
    if not written:
        return 0
    if before and written == day(before):
        return before
    try:
        start = datetime.strptime(written, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        visit.errors.add(field, f"{written[:20]!r} is no day; write it as 2027-02-28.")
        return 0
    return int(start.timestamp()) + (_DAY - 1 if ends else 0)
