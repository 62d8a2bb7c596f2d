"""Times as people write and read them; inside the program they are Unix seconds."""

from datetime import UTC, date, datetime, time

from coursewire.cli.common import Failure
from coursewire.text import times

DAY = 86_400
NEVER = "never"
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": DAY}


def until(written: str) -> int:
    """Return the end that a person wrote: `never`, a date (to its last second, UTC) or a time."""
    if written == NEVER:
        return 0
    try:
        found = int(_moment(written).timestamp())
    except ValueError as error:
        msg = f"{written!r} is not an end date"
        remedy = f"write 2027-03-31, 2027-03-31T18:00+02:00 or {NEVER}"
        raise Failure(msg, 2, remedy=remedy) from error
    # An offset may lead out of the calendar.
    if not times.has_date(found):
        msg = f"{written!r} is not an end date: in UTC it is {times.written(found)}"
        raise Failure(msg, 2, remedy=f"write a time of the years 1 to 9999, or {NEVER}")
    return found


def _moment(written: str) -> datetime:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        found = datetime.fromisoformat(written)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return datetime.combine(day, time(23, 59, 59), UTC)


def duration(written: str) -> int:
    """Return the seconds of `0`, `90s`, `10m`, `24h` or `7d`."""
    number, unit = (written[:-1], written[-1:]) if written[-1:] in _UNITS else (written, "s")
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        msg = f"{written!r} is not a duration"
        raise Failure(msg, 2, remedy="write 0, 90s, 10m, 24h or 7d")
    return int(number) * _UNITS[unit]


def day(seconds: int, otherwise: str = NEVER) -> str:
    """Return the day of a time, or a word where there is none."""
    return times.written(seconds) if seconds else otherwise


def minute(seconds: int, otherwise: str = NEVER) -> str:
    """Return the minute of a time, or a word where there is none."""
    return times.written(seconds, "%Y-%m-%d %H:%M UTC") if seconds else otherwise
