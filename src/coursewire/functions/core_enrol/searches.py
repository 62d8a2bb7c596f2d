"""Bodies of core_enrol for searches: people of a course, and people who could become some."""

from coursewire.contracts import core_enrol as c
from coursewire.contracts.core_user.profiles import User
from coursewire.domain import people_search
from coursewire.domain.call import Call
from coursewire.domain.people_search import Asked
from coursewire.domain.user_details import shown_as
from coursewire.functions.binding import Bound


def search_users(call: Call, params: c.SearchUsers) -> list[User]:
    """List the people of a course who are found, a page of them."""
    found = people_search.participants(call, params.courseid, params.contextid, _asked(params))
    return shown_as(User, found)


def get_potential_users(call: Call, params: c.GetPotentialUsers) -> list[User]:
    """List those found who do not use a way into a course yet, a page of them."""
    found = people_search.potential(call, params.courseid, params.enrolid, _asked(params))
    return shown_as(User, found)


def _asked(params: c.SearchUsers | c.GetPotentialUsers) -> Asked:
    return Asked(
        piece=params.search,
        anywhere=params.searchanywhere,
        page=params.page,
        size=params.perpage,
    )


FUNCTIONS = (
    Bound(c.search_users, search_users, long=True),
    Bound(c.get_potential_users, get_potential_users, long=True),
)
