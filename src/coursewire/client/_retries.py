"""When a request is sent again, and how long after (CLI-2)."""

from collections.abc import Callable
from email.utils import parsedate_to_datetime

from coursewire.client._exchange import Answer, Kind, Outcome, Request

LONGEST_WAIT = 60.0
"""A site that wants to be left alone for longer is not waited for."""

_FIRST_WAIT = 0.5
_ASKS_FOR_TIME = (429, 503)
_PASSING = (502, 503, 504)


def wait_before_next(
    request: Request, outcome: Outcome, attempt: int, now: Callable[[], float]
) -> float | None:
    """Return the seconds to wait before sending again, or None to leave it at this outcome."""
    pause = _FIRST_WAIT * 2.0**attempt
    if isinstance(outcome, Answer):
        wanted = retry_after(outcome, now)
        if wanted is not None:
            return wanted if wanted <= LONGEST_WAIT else None
        return pause if request.is_repeatable and outcome.status in _PASSING else None
    if outcome.kind is Kind.UNREACHED:
        return pause
    return pause if request.is_repeatable and outcome.kind is Kind.BROKEN else None


def may_have_run(outcome: Outcome, now: Callable[[], float]) -> bool:
    """Tell whether a request that is sent again may have been carried out all the same."""
    if isinstance(outcome, Answer):
        return retry_after(outcome, now) is None
    return outcome.kind is not Kind.UNREACHED


def retry_after(answer: Answer, now: Callable[[], float]) -> float | None:
    """Return in how many seconds a site that is busy or closed wants the next request."""
    written = answer.headers.get("retry-after", "").strip()
    if answer.status not in _ASKS_FOR_TIME or not written:
        return None
    if written.isascii() and written.isdigit():
        return float(written[:9])
    try:
        return max(0.0, parsedate_to_datetime(written).timestamp() - now())
    except (ValueError, TypeError, OverflowError):
        return None
