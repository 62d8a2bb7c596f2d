"""End dates as people write them in forms: days, a date, `never`."""

from datetime import UTC, date, datetime, time

from coursewire.contracts.errors import InvalidParameter
from coursewire.text import times

DAY = 86_400
NEVER = "never"
_LONGEST_DAYS = 3_660


def end(written: str, now: int) -> int | None:
    """Return the end that was written, 0 for none; nothing written is the usual 90 days.

    A date means the end of that day, UTC.
    """
    text = written.strip().lower()
    if not text:
        return None
    if text == NEVER:
        return 0
    found = now + int(text) * DAY if _is_days(text) else _moment(text)
    if found <= now:
        reason = f"{written} has passed"
        raise InvalidParameter(reason, remedy="choose a later date, or never")
    return found


def require_ahead(found: int | None, now: int) -> None:
    """Refuse an end that has passed; 0 and None are none."""
    if found and found <= now:
        passed = times.written(found, "%Y-%m-%d %H:%M UTC")
        reason = f"the end date {passed} has passed"
        raise InvalidParameter(reason, remedy="choose a later end date, or none")


def _is_days(text: str) -> bool:
    fits = text.isascii() and text.isdecimal() and len(text) <= len(str(_LONGEST_DAYS))
    return fits and 0 < int(text) <= _LONGEST_DAYS


def _moment(text: str) -> int:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        reason = f"{text[:40]!r} is not a date"
        remedy = "write a date of the calendar such as 2027-03-31, or choose one of the buttons"
        raise InvalidParameter(reason, remedy=remedy) from None
    return int(datetime.combine(day, time(23, 59, 59), UTC).timestamp())
