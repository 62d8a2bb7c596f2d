"""The chart of calls on Home, as numbers that a template draws: no script and no library."""

from collections.abc import Sequence

from msgspec import Struct

from coursewire.console.wording import counted
from coursewire.store.call_log import Hour

WIDTH, HEIGHT = 480, 96
_GAP = 3


class Bar(Struct, frozen=True):
    """One hour: its calls, and the refused ones among them, in the picture's units."""

    x: int
    width: int
    top: int
    height: int
    bad_top: int
    bad_height: int
    words: str


class Chart(Struct, frozen=True):
    """Everything that the picture shows, and the same in words for who does not see it."""

    bars: tuple[Bar, ...]
    calls: int
    refused: int
    highest: int
    words: str
    width: int = WIDTH
    height: int = HEIGHT


def of_hours(hours: Sequence[Hour]) -> Chart:
    """Return the chart of some hours, the oldest first."""
    calls, refused = sum(hour.calls for hour in hours), sum(hour.refused for hour in hours)
    highest = max((hour.calls for hour in hours), default=0)
    step = WIDTH // max(1, len(hours))
    return Chart(
        bars=tuple(_bar(number * step, step, hour, highest) for number, hour in enumerate(hours)),
        calls=calls,
        refused=refused,
        highest=highest,
        words=_words(calls, refused, hours),
    )


def _bar(x: int, step: int, hour: Hour, highest: int) -> Bar:
    height, bad = _scaled(hour.calls, highest), _scaled(hour.refused, highest)
    clock = f"{hour.start // 3600 % 24:02}:00 UTC"
    return Bar(
        x=x,
        width=step - _GAP,
        top=HEIGHT - height,
        height=height,
        bad_top=HEIGHT - bad,
        bad_height=bad,
        words=f"{clock}: {counted(hour.calls, 'call')}, {hour.refused} refused",
    )


def _scaled(number: int, highest: int) -> int:
    """Return a height; what is not nothing is seen."""
    return max(2, round(number * HEIGHT / highest)) if number else 0


def _words(calls: int, refused: int, hours: Sequence[Hour]) -> str:
    if not calls:
        return "No call in the last 24 hours."
    busiest = max(hours, key=lambda hour: hour.calls)
    clock = f"{busiest.start // 3600 % 24:02}:00 UTC"
    return (
        f"{counted(calls, 'call')} in the last 24 hours, {refused} of them refused; "
        f"most of them, {busiest.calls}, in the hour from {clock}."
    )
