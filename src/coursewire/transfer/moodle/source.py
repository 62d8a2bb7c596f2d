"""The Moodle that is read: paced, from the journal if it is there, noting what stays hidden."""

import html
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from coursewire.client import (
    AccessDenied,
    InvalidToken,
    Moodle,
    MoodleError,
    SiteUnavailable,
    UnexpectedAnswer,
)
from coursewire.transfer.moodle.journal import Journal
from coursewire.transfer.moodle.numbers import with_numbers
from coursewire.transfer.moodle.problems import ImportRefused

SITE_INFO = "core_webservice_get_site_info"
Tell = Callable[[str, int, int], None]
# By section and name of an entry: the fields of it that no answer told.
Untold = Mapping[str, Mapping[str, frozenset[str]]]
# How a site says that it broke on an answer, or made one that is too long: of less at once, or of
# others, it may well tell.
_BROKEN_ANSWERS = ("", "answertoolarge", "codingerror", "invalidresponse")


class NoAnswer(Exception):
    """A site that is there does not answer a question; the text says which, and how it failed."""


def pieces(numbers: Iterable[int], size: int) -> Iterator[tuple[int, ...]]:
    """Return numbers in pieces of at most a size."""
    left = iter(numbers)
    while piece := tuple(islice(left, size)):
        yield piece


def name_of(written: object) -> str:
    """Return a name as it was typed: Moodle sends names ready for a page, with `&amp;` for `&`."""
    return html.unescape(str(written))


class Hidden:
    """What the token could not see, with how often and the first reason."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, str]] = {}
        self._fields: dict[str, dict[str, frozenset[str]]] = {}

    def add(self, what: str, why: str, times: int = 1) -> None:
        """Note something that is missing in the result."""
        if times:
            before, reason = self._found.get(what, (0, why))
            self._found[what] = (before + times, reason)

    def add_fields(self, section: str, name: str, fields: Iterable[str]) -> None:
        """Note fields of an entry that were not told: in a file they are as in a new one."""
        self._fields.setdefault(section, {})[name] = frozenset(fields)

    @property
    def fields(self) -> Untold:
        """Return the fields of entries that were not told."""
        return self._fields

    def as_rows(self) -> list[tuple[str, int, str]]:
        """Return what, how often, and why (the first time)."""
        return [(what, times, why) for what, (times, why) in self._found.items()]


class Source:
    """Calls reading functions of one Moodle."""

    def __init__(
        self,
        moodle: Moodle,
        journal: Journal,
        *,
        per_second: float,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the client; at most `per_second` calls are made."""
        self._moodle = moodle
        self._journal = journal
        self._gap = 1 / per_second
        self._sleep = sleep
        self._clock = clock
        self._next = clock()
        self.hidden = Hidden()
        self.calls = 0
        info = self._ask(SITE_INFO, {})
        self.release = str(info.get("release", ""))
        self.name = name_of(info.get("sitename", ""))
        self._offered = {str(function["name"]) for function in info.get("functions", [])}
        journal.belong_to(int(info.get("userid", 0)))

    def offers(self, function: str, lost: str) -> bool:
        """Tell whether the service has a function; note what is lost when not."""
        if function in self._offered:
            return True
        self.hidden.add(lost, f"the token's service has no {function}")
        return False

    def ask(self, function: str, **params: object) -> Any:  # noqa: ANN401 - JSON
        """Return the answer of a function, kept or fresh."""
        try:
            return self._journal.get(function, params)
        except KeyError:
            answer = self._ask(function, params)
            self._journal.keep(function, params, answer)
            return answer

    def ask_for(self, what: str, function: str, **params: object) -> Any:  # noqa: ANN401 - JSON
        """Return an answer, or None when the site refuses; the refusal is noted for `what`.

        A site that does not answer, or does not take the token any more, stops the import: it can
        go on later.
        """
        try:
            return self.attempt(what, function, **params)
        except NoAnswer as problem:
            self.hidden.add(what, str(problem))
            return None

    def attempt(self, what: str, function: str, **params: object) -> Any:  # noqa: ANN401 - JSON
        """Do the same, but raise NoAnswer where the site may still answer a smaller question."""
        if not self.offers(function, what):
            return None
        try:
            return self._ask_twice(function, params)
        except (SiteUnavailable, InvalidToken) as problem:
            raise _stopped(problem) from problem
        except MoodleError as problem:
            if isinstance(problem, AccessDenied | UnexpectedAnswer):
                self._require_open()
            why = f"{function} answered {problem.errorcode or problem}"
            if problem.errorcode in _BROKEN_ANSWERS:
                raise NoAnswer(why) from problem
            self.hidden.add(what, why)
            return None

    def _ask_twice(self, function: str, params: Mapping[str, object]) -> Any:  # noqa: ANN401
        """Ask once more where a site that is there gave no answer: it may have been restarting."""
        for is_last in (False, True):
            try:
                return self.ask(function, **params)
            except SiteUnavailable as problem:
                if not problem.may_have_run:
                    raise
                self._require_open()
                if is_last:
                    raise NoAnswer(f"{function}: {problem.message}") from problem
        return None

    def rows(self, what: str, function: str, **params: object) -> list[dict[str, Any]]:
        """Return the answer of a function that lists things; nothing when the site refuses."""
        found: list[dict[str, Any]] | None = self.ask_for(what, function, **params)
        return [] if found is None else found

    def _require_open(self) -> None:
        """Refuse to go on when not one function, but the site as a whole answers no more."""
        try:
            self._ask(SITE_INFO, {})
        except MoodleError as problem:
            raise _stopped(problem) from problem

    def _ask(self, function: str, params: Mapping[str, object]) -> Any:  # noqa: ANN401 - JSON
        wait = self._next - self._clock()
        if wait > 0:
            self._sleep(wait)
        self._next = max(self._clock(), self._next) + self._gap
        self.calls += 1
        return with_numbers(function, self._moodle.call_by_name(function, params))


def _stopped(problem: MoodleError) -> ImportRefused:
    return ImportRefused(f"{problem}; run the same command again and it goes on from here")
