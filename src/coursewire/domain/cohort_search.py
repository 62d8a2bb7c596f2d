"""Finding cohorts in a place, and in the places above it."""

from typing import NamedTuple

from coursewire.contracts.errors import CodingError
from coursewire.domain import answer_rows, cohort_places, contexts, search_limits
from coursewire.domain.call import Call
from coursewire.domain.cohort_places import MANAGE, VIEW
from coursewire.domain.contexts import Context
from coursewire.store import cohorts as store
from coursewire.store.cohorts import CohortRecord


class Found(NamedTuple):
    """What was found: cohorts of the place itself, and those of the places above it."""

    own: list[CohortRecord]
    above: list[CohortRecord]


class Page(NamedTuple):
    """How many cohorts are wanted, and how many are left out before; 0 wanted means all."""

    start: int
    size: int


def search(call: Call, place: Context, query: str, includes: str, page: Page) -> Found:
    """Return the cohorts whose name, id number or description holds the text."""
    search_limits.require_short(query)
    with search_limits.in_time(call, "ask for one place: includes=self"):
        return _search(call, place, query, includes, page)


def _search(call: Call, place: Context, query: str, includes: str, page: Page) -> Found:
    # All cohorts are read before a page of them is cut out.
    answer_rows.require_few(call, "cohorts", store.are_more)
    # The reference takes the start for a number of pages, except in the places above.
    pages = _within(Page(page.start * page.size, page.size))
    if includes == "self":
        return Found(_part([place.id], call, query, pages), [])
    if includes == "parents":
        return Found(
            _part([place.id], call, query, pages), _above(call, place, query, _within(page))
        )
    if includes == "all":
        cohort_places.require_either(call, (MANAGE, VIEW), call.site.system)
        return Found(_part(None, call, query, pages), [])
    raise CodingError(f"{includes!r} is none of self, parents and all")


def _within(page: Page) -> Page:
    """Return a page whose numbers say something: less than nothing counts as 0."""
    return Page(max(page.start, 0), max(page.size, 0))


def _part(context_ids: list[int] | None, call: Call, query: str, page: Page) -> list[CohortRecord]:
    return store.search(call.session, query, context_ids=context_ids, page=page)


def _above(call: Call, place: Context, query: str, page: Page) -> list[CohortRecord]:
    """Return cohorts of the places above: the hidden ones where the caller may see them."""
    places = [each for each in contexts.above(call.session, place) if each.id != place.id]
    open_ = [each.id for each in places if call.permissions.may(VIEW, each)]
    return store.search(
        call.session,
        query,
        context_ids=[each.id for each in places],
        hidden_in=open_,
        page=page,
    )
