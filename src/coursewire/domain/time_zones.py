"""Time zones by the names that accounts and the site give them: a place, or an offset in hours."""

from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo


def named(name: str) -> tzinfo | None:
    """Return a time zone; None where there is none of this name."""
    try:
        return timezone(timedelta(hours=float(name)))
    except (ValueError, OverflowError):
        pass
    try:
        return ZoneInfo(name)
    except (OSError, KeyError, ValueError):
        # No such file, a folder of them, or no name of a zone at all.
        return None
