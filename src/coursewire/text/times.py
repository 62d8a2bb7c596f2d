"""Times as people read them; inside the program they are Unix seconds.

The protocol takes any whole number for a time, so one may lie where the calendar has no day for it:
milliseconds that were sent for seconds are some 55,000 years ahead. Whatever shows a time writes it
here, where no number is an error.
"""

from datetime import UTC, datetime, timedelta

# The first and the last second that the calendar of Python has a date for, in UTC.
FIRST, LAST = -62_135_596_800, 253_402_300_799
BEFORE, BEYOND = "before the year 1", "beyond the year 9999"
DAY = "%Y-%m-%d"
EXACT = "%Y-%m-%dT%H:%M:%S+00:00"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def has_date(seconds: int) -> bool:
    """Tell whether a time is of the years 1 to 9999."""
    return FIRST <= seconds <= LAST


def nearest(seconds: int) -> int:
    """Return a time itself, or the first or last one that has a date."""
    return min(max(seconds, FIRST), LAST)


def written(seconds: int, pattern: str = DAY) -> str:
    """Write a time in UTC by a pattern of `strftime`, or say in words that it has no date."""
    if not has_date(seconds):
        return BEFORE if seconds < FIRST else BEYOND
    found = _EPOCH + timedelta(seconds=seconds)
    # Some systems write the year 33 as `33`, others as `0033`.
    return found.strftime(pattern.replace("%Y", f"{found.year:04}"))
