"""Times, numbers and counts as pages write them."""

from collections.abc import Callable, Mapping

from markupsafe import Markup

from coursewire.text import times

MINUTE, HOUR, DAY = 60, 3600, 86_400
_UNITS = ((365 * DAY, "year"), (DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (1, "second"))
_NEVER = "never"
# An IPv4 address still fits; one of version 6 may break.
_SHORT = 16


def moment(seconds: int) -> str:
    """Return a time to the minute, with its zone."""
    return times.written(seconds, "%-d %b %Y %H:%M UTC") if seconds else _NEVER


def day(seconds: int) -> str:
    """Return the day of a time."""
    return times.written(seconds, "%-d %b %Y") if seconds else _NEVER


def span(seconds: int) -> str:
    """Return a length of time in its largest unit."""
    for size, unit in _UNITS:
        if abs(seconds) >= size:
            return counted(abs(seconds) // size, unit)
    return "0 seconds"


def ago(seconds: int, now: int) -> str:
    """Return how far a time lies back or ahead."""
    if not seconds:
        return _NEVER
    if abs(now - seconds) < MINUTE:
        return "just now"
    if seconds < now:
        return f"{span(now - seconds)} ago"
    # A token of 90 days that was made this minute ends in 90 days, not in 89.
    ahead = seconds - now
    unit = next(size for size, _ in _UNITS if ahead >= size)
    return f"in {span(ahead + min(unit, DAY) // 2)}"


def when(seconds: int, now: int, none: str = _NEVER) -> Markup:
    """Return a time as people read it, with the exact one on hover and for machines."""
    if not seconds:
        return Markup('<span class="quiet">{}</span>').format(none)
    told, exact = ago(seconds, now), moment(seconds)
    if not times.has_date(seconds):
        return Markup('<span title="{}">{}</span>').format(exact, told)
    machines = times.written(seconds, times.EXACT)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(machines, exact, told)


def counted(number: int, word: str, plural: str = "") -> str:
    """Return a number with its word."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}".replace(",", "\u202f")


def whole_if_short(text: str) -> str:
    """Return the class of a cell whose words stay in one piece; none where one is long.

    A narrow column breaks every word anywhere, so that a long one never pushes others out of sight.
    """
    return "whole" if all(len(word) <= _SHORT for word in text.split()) else ""


FILTERS: Mapping[str, Callable[..., str]] = {
    "moment": moment,
    "day": day,
    "span": span,
    "ago": ago,
    "when": when,
    "counted": counted,
    "whole_if_short": whole_if_short,
}
