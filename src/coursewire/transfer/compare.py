"""Playing a scenario on two sites, and telling where their answers differ."""

import secrets
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from coursewire.client import InvalidParameter, Moodle, MoodleError
from coursewire.transfer.differences import Comparison, Difference
from coursewire.transfer.scenario import RUN, Scenario, Step, at, filled, names_in

_NOT_SENT = "(not sent)"


class SiteFailed(MoodleError):
    """A site gave no answer that could be compared; the message says which site, and why."""


class Compared(Struct, frozen=True, kw_only=True):
    """What came out: how many calls were made on each site, and what differs."""

    calls: int
    differences: tuple[Difference, ...]


def compare(
    scenario: Scenario, a: Moodle, b: Moodle, progress: Callable[[int, int], None]
) -> Compared:
    """Make the calls of a scenario on both sites; a call may write, on both."""
    run = secrets.token_hex(4)
    comparison = Comparison(a.url, b.url)
    known: tuple[dict[str, Any], dict[str, Any]] = {RUN: run}, {RUN: run}
    found: list[Difference] = []
    for number, step in enumerate(scenario.calls, 1):
        answers = _asked(a, step, known[0]), _asked(b, step, known[1])
        found += comparison.answers(number, step.call, *answers, step.ignore)
        for name, place in step.save.items():
            for side in (0, 1):
                known[side][name] = at(answers[side], place)
        progress(number, len(scenario.calls))
    return Compared(calls=len(scenario.calls), differences=tuple(found))


def _asked(site: Moodle, step: Step, known: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """Return the answer, or the error without what only its own site can say."""
    try:
        return site.call_unchecked(step.call, filled(step.params, known))
    except MoodleError as error:
        was_sent = bool(error.exception) or not isinstance(error, InvalidParameter)
        if not was_sent and any(known[name] is None for name in names_in(step.params)):
            # An earlier answer lacks what was to be saved of it: that call differs, and this one.
            # Any other value that cannot be sent is a mistake in the scenario, and ends it.
            return {_NOT_SENT: error.message}
        if not was_sent:
            raise
        if not error.exception:
            raise SiteFailed(f"{site.url}: {error}") from error
        return {"exception": error.exception, "errorcode": error.errorcode}
